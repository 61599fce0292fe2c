"""What a consumer's test over HTTP has to see, scenario by scenario, in our own words."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest

from accord import Pact, PactFailed
from accord.contract import journal
from tests.conformance.scenarios.documents import KINDS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

VERSIONS = ("1.1", "2.0", "3.0", "4.0")


@pytest.fixture(autouse=True)
def own_journal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(journal.FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(journal, "_in_memory", [])
    return


@pytest.fixture(params=VERSIONS)
def pact(request: pytest.FixtureRequest, tmp_path: Path) -> Pact:
    return Pact("consumer", "provider", version=request.param, directory=tmp_path)


def send(
    port: int, method: str, target: str, body: bytes = b"", headers: Iterable[tuple[str, str]] = ()
) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest(method, target)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def written(pact: Pact) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(pact.write().read_text(encoding="utf-8"))["interactions"]
    return items


def basic(pact: Pact) -> Pact:
    return pact.upon_receiving("basic").with_request("GET", "/basic").will_respond_with(200, body={"one": "a"})


def test_a_call_that_was_expected_is_answered_and_stands_in_the_file(pact: Pact) -> None:
    basic(pact)
    with pact.serve() as mock:
        status, body, headers = send(mock.port, "GET", "/basic")
    assert (status, json.loads(body), headers["content-type"]) == (200, {"one": "a"}, "application/json")
    (item,) = written(pact)
    assert item["request"]["method"] == "GET"


def test_a_call_that_never_came_fails_and_nothing_is_written(pact: Pact) -> None:
    basic(pact)
    pact.upon_receiving("another").with_request("GET", "/another").will_respond_with(200)
    with pytest.raises(PactFailed, match="another"), pact.serve() as mock:
        assert send(mock.port, "GET", "/basic")[0] == 200
    assert not pact.path.exists()


@pytest.mark.parametrize(
    ("method", "target", "seen"),
    [("GET", "/other", "GET /other"), ("HEAD", "/basic", "HEAD /basic"), ("GET", "/basic?a=1", "unexpected parameter")],
)
def test_a_call_that_nobody_expected_is_answered_with_500_and_fails(
    pact: Pact, method: str, target: str, seen: str
) -> None:
    basic(pact)
    with pytest.raises(PactFailed, match=seen), pact.serve() as mock:
        assert send(mock.port, method, target)[0] == 500
    assert not pact.path.exists()


@pytest.mark.parametrize(
    ("target", "headers", "seen"),
    [
        ("/q?a=1&b=2", [("X-Test", "yes")], None),
        ("/q?b=2&a=1", [("x-test", "yes")], None),
        ("/q?a=1&c=3", [("X-Test", "yes")], "query b: expected .* seen nothing"),
        ("/q?a=1&c=3", [("X-Test", "yes")], "query c: unexpected parameter"),
        ("/q?a=1&b=2", [("X-Other", "yes")], 'header X-Test: expected "yes", seen nothing'),
    ],
)
def test_parameters_and_headers_have_to_be_those_expected(
    pact: Pact, target: str, headers: list[tuple[str, str]], seen: str | None
) -> None:
    begun = pact.upon_receiving("a").with_request("GET", "/q", query={"a": "1", "b": "2"}, headers={"X-Test": "yes"})
    begun.will_respond_with(200)
    if seen is None:
        with pact.serve() as mock:
            assert send(mock.port, "GET", target, headers=headers)[0] == 200
        (item,) = written(pact)
        assert item["request"]["headers"]["X-Test"] in ("yes", ["yes"])
        return
    with pytest.raises(PactFailed, match=seen), pact.serve() as mock:
        assert send(mock.port, "GET", target, headers=headers)[0] == 500


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_body_of_every_kind_is_taken_and_one_that_differs_is_not(pact: Pact, kind: Kind) -> None:
    header = [("Content-Type", kind.content_type)]

    def expected() -> Pact:
        content: Any = json.loads(kind.content) if kind.name == "JSON" else kind.content
        begun = pact.upon_receiving("a").with_request("PUT", "/", headers=dict(header), body=content)
        return begun.will_respond_with(200)

    with expected().serve() as mock:
        assert send(mock.port, "PUT", "/", kind.content, header)[0] == 200
    written(pact)
    with pytest.raises(PactFailed, match="body"), expected().serve() as mock:
        assert send(mock.port, "PUT", "/", kind.other, header)[0] == 500


def test_a_body_of_another_kind_than_expected_is_refused_by_its_type(pact: Pact) -> None:
    pact.upon_receiving("a").with_request("PUT", "/", body={"one": "a"}).will_respond_with(200)
    sent = b'<?xml version="1.0"?><alligator name="Mary"/>'
    with pytest.raises(PactFailed, match="expected a body of application/json, seen application/xml"):
        with pact.serve() as mock:
            assert send(mock.port, "PUT", "/", sent, [("Content-Type", "application/xml")])[0] == 500
