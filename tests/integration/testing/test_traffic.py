"""What is recorded between services: by httpx, in processes, at an ASGI application; and that no secret gets into a file."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from accord.contract.coverage import ObservedCall, ObservedMessage, read_notes
from accord.contract.coverage.notes import LARGEST_BODY, TEST_FILE
from accord.core.errors import DocumentError, UsageError
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.testing.traffic import RecordingMiddleware, Traffic

PAYMENTS = {"Payments": ["http://payments/api", "http://127.0.0.1:1"]}


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path.endswith("/slow"):
        raise httpx.ReadTimeout("too slow")
    if request.url.path.endswith("/moved"):
        return httpx.Response(307, headers={"Location": "http://payments/api/charges"})
    if request.url.path.endswith("/report"):
        return httpx.Response(200, content=iter([b"a", b"b"]))
    return httpx.Response(201, json={"id": "pay_1", "accessToken": "very-secret-token"})


@pytest.fixture
def traffic(tmp_path: Path) -> Iterator[Traffic]:
    made = Traffic(tmp_path / "notes")
    yield made
    made.close()


def calls(traffic: Traffic) -> list[ObservedCall]:
    assert traffic.folder
    return [each for each in read_notes(traffic.folder) if isinstance(each, ObservedCall)]


def test_sees_what_any_client_of_this_process_sends_to_a_known_address(traffic: Traffic) -> None:
    with traffic.watch("Orders", PAYMENTS), httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.post("http://payments/api/charges?try=1", json={"amount": 10.0})
        client.get("http://elsewhere/api/charges")
        client.get("http://payments:8080/api/charges")
    (call,) = calls(traffic)
    assert (call.consumer, call.provider, call.request.target) == ("Orders", "Payments", "/charges?try=1")
    assert json.loads(call.request.body) == {"amount": 10.0}
    assert call.response
    assert call.response.status == 201
    assert (
        call.test
        == "tests/integration/testing/test_traffic.py::test_sees_what_any_client_of_this_process_sends_to_a_known_address"
    )


def test_a_function_may_say_whose_a_url_is(traffic: Traffic) -> None:
    def whose(url: str) -> str | None:
        return "Payments" if "/charges" in url else None

    with traffic.watch("Orders", whose), httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.get("http://all/charges?page=1")
        client.get("http://all/else")
    assert [(call.provider, call.request.target) for call in calls(traffic)] == [("Payments", "/charges?page=1")]


async def test_sees_asynchronous_clients_and_calls_without_an_answer(traffic: Traffic) -> None:
    with traffic.watch("Orders", PAYMENTS, doubled=True):
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get("http://payments/api/slow")
            await client.get("http://payments/api/charges")
    slow, good = calls(traffic)
    assert (slow.response, slow.failure, slow.doubled) == (None, "ReadTimeout", True)
    assert good.response
    assert good.doubled


def test_sees_each_step_of_a_redirection(traffic: Traffic) -> None:
    with traffic.watch("Orders", PAYMENTS), httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.get("http://payments/api/moved", follow_redirects=True)
    assert [(call.request.path, call.response and call.response.status) for call in calls(traffic)] == [
        ("/moved", 307),
        ("/charges", 201),
    ]


def test_a_body_that_is_not_kept_is_said_to_be_missing(traffic: Traffic) -> None:
    with traffic.watch("Orders", PAYMENTS), httpx.Client(transport=httpx.MockTransport(answer)) as client:
        with client.stream("GET", "http://payments/api/report"):
            pass
        client.post("http://payments/api/charges", content=b"x" * (LARGEST_BODY + 1))
        client.send(client.build_request("GET", "http://payments/api/charges"))
    assert [(call.partial, call.request.body) for call in calls(traffic)] == [(True, b""), (True, b""), (False, b"")]


def test_nothing_is_watched_after_the_block(traffic: Traffic) -> None:
    before = httpx.Client.send, httpx.AsyncClient.send
    with pytest.raises(ZeroDivisionError), traffic.watch("Orders", PAYMENTS):
        raise ZeroDivisionError
    assert (httpx.Client.send, httpx.AsyncClient.send) == before


def test_one_process_is_one_service(traffic: Traffic) -> None:
    with traffic.watch("Orders", PAYMENTS):
        with pytest.raises(UsageError, match="noted as Orders's already"), traffic.watch("Carts", PAYMENTS):
            pass
    with traffic.watch("Carts", PAYMENTS):
        pass


def test_no_secret_gets_into_the_file(traffic: Traffic) -> None:
    headers = {"Authorization": "Bearer very-secret-header", "Cookie": "session=very-secret-cookie"}
    body = {"password": "very-secret-word", "note": "my word is very-secret-word", "quantity": 2}
    with traffic.watch("Orders", PAYMENTS), httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.post("http://payments/api/charges?token=very-secret-query", json=body, headers=headers)
    traffic.message({"card": {"token": "very-secret-card"}}, provider="Orders", readers=["Payments"])
    assert traffic.folder
    (file,) = traffic.folder.glob("*.jsonl")
    assert "very-secret" not in file.read_text(encoding="utf-8")
    (call,) = calls(traffic)
    assert call.request.header("authorization") == "Bearer scrubbed"
    assert json.loads(call.request.body)["quantity"] == 2


def test_a_transport_notes_what_passes_through_it(traffic: Traffic) -> None:
    transport = traffic.transport(httpx.MockTransport(answer), consumer="Orders", provider="Payments")
    with httpx.Client(transport=transport, base_url="http://anywhere") as client:
        assert client.get("/charges").status_code == 201
        with pytest.raises(httpx.ReadTimeout):
            client.get("/slow")
    assert [(call.request.path, call.failure) for call in calls(traffic)] == [
        ("/charges", None),
        ("/slow", "ReadTimeout"),
    ]


async def test_an_application_notes_who_calls_it(traffic: Traffic) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})

    around = RecordingMiddleware(app, traffic, provider="Payments", consumer=lambda headers: headers.get("x-caller"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(around), base_url="http://payments") as client:
        await client.post("/charges/a%2Fb?x=1", json={"amount": 1.5}, headers={"X-Caller": "Orders"})
        await client.post("/charges", json={})
    (call,) = calls(traffic)
    assert (call.consumer, call.provider, call.request.target) == ("Orders", "Payments", "/charges/a%2Fb?x=1")
    assert call.response
    assert json.loads(call.response.body) == {"amount": 1.5}


@pytest.mark.parametrize(
    ("asks", "headers", "is_partial"),
    [
        ({"amount": 1.5}, [], True),  # refused by its head: the body was never read
        (None, [], False),
        (None, [(b"content-encoding", b"gzip")], True),
    ],
)
async def test_an_applications_bodies_that_were_not_seen_are_not_compared(
    traffic: Traffic, asks: Any, headers: list[tuple[bytes, bytes]], *, is_partial: bool
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": gzip.compress(b"{}") if headers else b"{}"})

    around = RecordingMiddleware(app, traffic, provider="Payments", consumer="Orders")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(around), base_url="http://payments") as client:
        await client.request("POST", "/charges", json=asks)
    (call,) = calls(traffic)
    assert call.partial is is_partial


def test_a_body_nested_without_end_is_not_kept_and_does_no_harm(traffic: Traffic) -> None:
    deep = b"[" * 100_000
    request = HttpRequest("POST", "/charges", (("Content-Type", "application/json"),), deep + b"]" * 100_000)
    traffic.call(ObservedCall("Orders", "Payments", request, HttpResponse(400, (), b"")))
    (call,) = calls(traffic)
    assert (call.request.body, call.partial) == (b"", True)
    with pytest.raises(UsageError, match="a message of Orders is no JSON: it is nested too deep"):
        traffic.message(request.body, provider="Orders", readers=["Mails"])


def test_a_secret_in_a_path_is_taken_out_and_an_identifier_all_the_same(traffic: Traffic) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmVk"
    for target in (f"/resets/{token}", "/products/o1?key=products"):
        traffic.call(ObservedCall("Orders", "Payments", HttpRequest("GET", target)))
    assert traffic.folder
    assert token not in next(traffic.folder.glob("*.jsonl")).read_text(encoding="utf-8")
    targets = [call.request.target for call in calls(traffic)]
    assert targets == ["/resets/scrubbed-0", "/products/o1?key=scrubbed"]


def test_a_process_notes_its_calls_beside_the_test_that_runs(traffic: Traffic, tmp_path: Path) -> None:
    assert traffic.folder
    (tmp_path / "service.py").write_text(
        "import sys, httpx\n"
        "try:\n    httpx.get('http://127.0.0.1:1/api/charges')\n"
        "except httpx.ConnectError:\n    sys.exit(f'{__name__} {sys.argv[1:]}')\n"
    )
    traffic.folder.mkdir()
    (traffic.folder / TEST_FILE).write_text("test_e2e.py::test_journey")
    done = subprocess.run(
        [*traffic.command("service"), "--now"],
        cwd=tmp_path,
        env=traffic.environment("Orders", PAYMENTS),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "__main__ ['--now']\n")
    (call,) = calls(traffic)
    assert (call.consumer, call.provider, call.failure) == ("Orders", "Payments", "ConnectError")
    assert call.test == "test_e2e.py::test_journey"


def test_without_a_folder_nothing_is_noted_and_nothing_is_in_the_way() -> None:
    off = Traffic(None)
    before = httpx.Client.send
    with off.watch("Orders", PAYMENTS):
        assert httpx.Client.send is before
    off.message({}, provider="Orders", readers=["Payments"])
    assert off.command("service") == [sys.executable, "-m", "service"]
    assert off.environment("Orders", PAYMENTS) == {}


def test_a_message_is_noted_for_each_of_its_readers(traffic: Traffic) -> None:
    traffic.message(b'{"eventType": "placed"}', provider="Orders", readers=["Mails", "Bills"], metadata={"key": "o1"})
    assert traffic.folder
    found = [each for each in read_notes(traffic.folder) if isinstance(each, ObservedMessage)]
    assert [(each.consumer, each.provider, each.metadata) for each in found] == [
        ("Mails", "Orders", {"key": "o1"}),
        ("Bills", "Orders", {"key": "o1"}),
    ]
    assert found[0].body.json() == {"eventType": "placed"}
    with pytest.raises(UsageError, match="a message of Orders is no JSON"):
        traffic.message(b"{", provider="Orders", readers=["Mails"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"consumer": "A"}\n', r"notes.jsonl:1: is no observation \(KeyError\('request'\)\)"),
        ("{}\nnonsense\n{}\n", "notes.jsonl:1: is no observation .* expected a line of JSON as the fixture traffic"),
        (f'{{"readers": [], "content": {"[" * 100_000}\n', "notes.jsonl:1: is no observation"),
    ],
)
def test_a_line_that_is_no_observation_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "notes.jsonl"
    file.write_text(text)
    with pytest.raises(DocumentError, match=message):
        list(read_notes(file))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(DocumentError, match=r"folder\.jsonl: cannot be read: Is a directory"):
        list(read_notes(tmp_path))


def test_a_line_that_a_kill_cut_off_is_left_out(traffic: Traffic) -> None:
    traffic.message({"eventType": "placed"}, provider="Orders", readers=["Mails"])
    assert traffic.folder
    (file,) = traffic.folder.glob("*.jsonl")
    with file.open("ab") as notes:
        notes.write(b'{"consumer": "Ord')
    assert len(list(read_notes(traffic.folder))) == 1


@pytest.mark.parametrize("url", ["payments:80", "http://127.0.0.1:99999", "http://[::1", "", 5, [5]])
def test_an_address_must_be_one(traffic: Traffic, url: Any) -> None:
    with pytest.raises(UsageError, match="the provider Payments: expected a URL such as"):
        traffic.environment("Orders", {"Payments": url})
