"""What no client should send: a clear answer each time, never a 500, never a hang."""

from __future__ import annotations

import base64
import json
import socket
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.behaviours.hub_seed import pact, publication

if TYPE_CHECKING:
    import httpx

    from tests.behaviours.hub import HubProcess

JSON = {"content-type": "application/json"}
PACT = "/pacts/provider/P/consumer/C/version/1"


def contract(**changes: Any) -> dict[str, Any]:
    """A publication with one contract that was changed."""
    body = publication("C", ["P"], "1", 1)
    body["contracts"][0] |= changes
    return body


def encoded(document: Any) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


BODIES: list[tuple[str, str, Any, int, str]] = [
    ("POST", "/contracts/publish", b"{", 400, "Error parsing JSON"),
    ("POST", "/contracts/publish", b"[1, 2]", 400, "must be a hash"),
    ("POST", "/contracts/publish", b"\xff\xfe", 400, "Error parsing JSON"),
    ("POST", "/contracts/publish", b"", 400, "has no body"),
    ("POST", "/contracts/publish", {}, 400, "is missing"),
    ("POST", "/contracts/publish", contract(content="%%%"), 400, "content is not valid Base64 (at index 0)"),
    ("POST", "/contracts/publish", contract(content=encoded([1])), 400, "must be a JSON object"),
    ("POST", "/contracts/publish", contract(content=base64.b64encode(b"\xff{}").decode()), 400, "invalid UTF-8"),
    ("POST", "/contracts/publish", contract(content=base64.b64encode(b'{"a":NaN}').decode()), 400, "is not JSON"),
    ("POST", "/contracts/publish", contract(content=base64.b64encode(nested(5000).encode()).decode()), 400, "content"),
    ("POST", "/contracts/publish", contract(content=base64.b64encode(b'{"a":"\\ud800"}').decode()), 400, "half of a character"),
    ("POST", "/contracts/publish", contract(specification="avro"), 400, "specification must be one of: pact"),
    ("POST", "/contracts/publish", contract(onConflict="shrug"), 400, "onConflict must be one of"),
    ("POST", "/contracts/publish", contract(consumerName="Other"), 400, "must match pacticipantName"),
    ("POST", "/contracts/publish", contract(providerName=7), 400, "providerName must be a string"),
    ("POST", "/contracts/publish", {**contract(), "pacticipantVersionNumber": "a\nb"}, 400, "one line"),
    ("POST", "/contracts/publish", {**contract(), "pacticipantName": "x" * 300}, 400, "at most 255"),
    ("POST", "/contracts/publish", {**contract(), "pacticipantName": ".."}, 400, "pacticipantName"),
    ("POST", "/contracts/publish", {**contract(), "tags": "dev"}, 400, "tags"),
    ("POST", "/contracts/publish", b'{"pacticipantName": "a\\u0000b"}', 400, "NUL"),
    ("PUT", PACT, b"not json", 400, "Error parsing JSON"),
    ("PUT", PACT, b"[]", 400, "must be a JSON object"),
    ("PUT", PACT, pact("Other", "P", 1), 400, "does not match name in URL path"),
    ("POST", "/pacts/provider/P0/for-verification", {"consumerVersionSelectors": "x"}, 400, "must be an array"),
    ("POST", "/pacts/provider/P0/for-verification", {"consumerVersionSelectors": [{}]}, 400, "must specify a value for"),
    ("POST", "/pacts/provider/P0/for-verification", {"consumerVersionSelectors": [{"branch": []}]}, 400, "(at index 0)"),
    ("POST", "/pacts/provider/P0/for-verification", {"consumerVersionSelectors": [{"matchingBranch": True}]}, 400, "providerVersionBranch must be"),
    ("POST", "/pacts/provider/P0/for-verification", {"consumerVersionSelectors": [{"environment": "nowhere"}]}, 400, "does not exist"),
    ("POST", "/pacts/provider/P0/for-verification", {"includeWipPactsSince": "yesterday"}, 400, "must be a date"),
    ("POST", "/pacts/provider/Nobody/for-verification", {}, 404, "No provider with name 'Nobody' found"),
    ("POST", "/environments", {"name": "a b", "production": True}, 400, "cannot contain spaces"),
    ("POST", "/environments", {"name": "x"}, 400, "production"),
    ("POST", "/webhooks", {"request": {"method": "POST", "url": "https://e.org"}, "events": [{"name": "x"}]}, 400, "must be one of"),
    ("POST", "/webhooks", {"request": {"method": "DELETE", "url": "https://e.org"}}, 400, "must be POST"),
    ("POST", "/webhooks", {"request": {"method": "POST", "url": "https://e.org", "headers": {"a": "x\r\ny: z"}}}, 400, "headers"),
    ("POST", "/webhooks", {"consumer": {"name": "Nobody"}, "request": {"method": "POST", "url": "https://e.org"}}, 400, "does not match an existing"),
    ("PUT", "/webhooks/short", {"request": {"method": "POST", "url": "https://e.org"}}, 400, "16 or more"),
    ("PUT", "/pacticipants/A", {"name": "B"}, 400, "must match"),
    ("PUT", "/pacticipants/A/versions/1/evidence/scan", {"success": "yes"}, 400, "must be boolean"),
    ("PATCH", "/deployed-versions/nope", {"currentlyDeployed": False}, 404, "not found"),
]  # fmt: skip

QUERIES = [
    ("/matrix", 400, "1 or more version selectors"),
    ("/matrix?q[][version]=1", 400, "specify the pacticipant name"),
    ("/matrix?q=1", 400, "specify the pacticipant name"),
    ("/matrix?q[][pacticipant]=Nobody", 400, "Pacticipant Nobody not found"),
    ("/matrix?q[][pacticipant]=C0&q[][version]=1&q[][latest]=true", 400, "cannot both be specified"),
    ("/matrix?q[][pacticipant]=C0&latestby=moon", 400, "latestby must be"),
    ("/matrix?q[][pacticipant]=C0&limit=-1", 400, "limit must be 1 or greater"),
    ("/matrix?q[][pacticipant]=C0&environment=nowhere", 400, "does not exist"),
    ("/matrix?q[][pacticipant]=C0&q[a]=b", 400, "two ways"),
    ("/matrix?q[][pacticipant]=%ff", 400, "cannot be read"),
    ("/matrix?q[][pacticipant]=a%00b", 400, "NUL"),
    ("/can-i-deploy", 400, "is missing"),
    ("/can-i-deploy?pacticipant=Nobody&version=1&to=prod", 400, "not found"),
    ("/pacticipants/C0/versions?pageSize=x", 400, "must be a number"),
    ("/pacts/provider/P0/consumer/C0/pact-version/xyz/verification-results/latest", 404, "not found"),
    ("/pacts/provider/P0/consumer/C0/pact-version/xyz/verification-results/99999999999999999999", 404, "not found"),
    ("/pacticipants/a%ffb", 400, "not UTF-8"),
    ("/pacticipants/a%0Ab", 400, "new line"),
    ("/pacticipants/a%00b", 400, "NUL"),
    ("/nothing/here", 404, "was not found on this server"),
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def published(client: httpx.Client) -> None:
    assert client.post("/contracts/publish", json=publication("C0", ["P0"], "1", 1)).status_code == 200


@pytest.mark.parametrize("given", BODIES, ids=lambda given: f"{given[0]} {given[1]}: {given[4]}")
def test_a_bad_body_gets_a_clear_answer(client: httpx.Client, given: tuple[str, str, Any, int, str]) -> None:
    method, path, body, status, said = given
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.request(method, path, content=content, headers=JSON)
    assert (answer.status_code, said in json.dumps(answer.json(), ensure_ascii=False)) == (status, True), answer.text


@pytest.mark.parametrize(("path", "status", "said"), QUERIES)
def test_a_bad_address_gets_a_clear_answer(client: httpx.Client, path: str, status: int, said: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, said in answer.text) == (status, True), answer.text


def test_another_method_media_type_or_kind_of_answer_is_refused(client: httpx.Client) -> None:
    wrong_method = client.put("/pacticipants")
    assert (wrong_method.status_code, wrong_method.headers["allow"]) == (405, "GET, POST, OPTIONS")
    assert client.post("/contracts/publish", content="a=1", headers={"content-type": "text/plain"}).status_code == 415
    assert client.get("/pacticipants", headers={"accept": "application/xml"}).status_code == 406
    problem = client.get("/pacticipants/Nobody", headers={"accept": "application/problem+json"})
    assert problem.headers["content-type"].startswith("application/problem+json")
    assert problem.json()["detail"] == "No pacticipant with name 'Nobody' found"


@pytest.mark.parametrize(
    "name",
    [
        "a/b",
        "ä ö ü",
        "<script>alert(1)</script>",
        "50% off?",
        "日本語",
        "a+b&c=d",
        "#1",
        "'; DROP TABLE versions; --",
    ],
)
def test_any_name_can_be_published_found_and_linked(client: httpx.Client, name: str) -> None:
    version = f"1.0/{name}"
    answer = client.post(
        "/contracts/publish", json={**publication(name, [f"P {name}"], version, 1, branch=f"feat/{name}")}
    )
    assert answer.status_code == 200, answer.text
    links = answer.json()["_links"]
    assert client.get(links["pb:pacticipant"]["href"]).json()["name"] == name
    assert client.get(links["pb:pacticipant-version"]["href"]).json()["number"] == version
    (pact_link,) = links["pb:contracts"]
    assert client.get(pact_link["href"]).json()["consumer"]["name"] == name
    badge = client.get(f"/pacts/provider/{quote(f'P {name}', safe='')}/consumer/{quote(name, safe='')}/latest/badge")
    assert (badge.status_code, "<script>" in badge.text) == (200, False)


def test_a_pact_of_fifty_megabytes_is_refused_before_it_is_read(hub: HubProcess, client: httpx.Client) -> None:
    answer = client.put(PACT, content=b"{" + b" " * 50_000_000, headers=JSON)
    assert answer.status_code == 413
    assert "--max-body" in answer.json()["error"]
    with socket.create_connection(("127.0.0.1", int(hub.url.rpartition(":")[2])), timeout=30) as raw:
        raw.sendall(
            b"PUT /pacticipants/A HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        part = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        try:
            for _ in range(40):
                raw.sendall(part)
        except OSError:
            return  # it has hung up already
        assert b" 413 " in raw.recv(200)


@pytest.mark.soak
def test_a_client_that_sends_a_byte_a_second_is_let_go(hub: HubProcess) -> None:
    with socket.create_connection(("127.0.0.1", int(hub.url.rpartition(":")[2])), timeout=60) as raw:
        began = time.monotonic()
        for byte in b"GET /pacticipants HTTP/1.1\r\nhost: example.org\r\n\r\n":
            try:
                raw.sendall(bytes([byte]))
            except OSError:
                break
            time.sleep(1)
        assert b" 408 " in raw.recv(200)
        assert time.monotonic() - began < 60
