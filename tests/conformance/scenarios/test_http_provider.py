"""What verifying a provider over HTTP has to do, scenario by scenario, in our own words."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from accord import Verifier
from accord.contract.bodies import Body
from accord.contract.model import Contract, HttpInteraction, ProviderState, Request, Response
from accord.contract.report import render_interaction, render_templates
from accord.contract.spec import SpecVersion
from tests.conformance.scenarios.documents import KINDS, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from accord.contract.verification import VerificationResult

BASIC = HttpInteraction(
    "basic",
    request=Request("GET", "/basic"),
    response=Response(200, body=Body.of_json({"one": "a", "two": "b"})),
)


@dataclass
class Provider:
    """A provider that answers as it is told, and keeps what it was sent."""

    status: int = 200
    content_type: str = "application/json"
    body: bytes = b'{"one": "a", "two": "b", "more": 1}'
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        self.seen.append({key: value for key, value in environ.items() if key.startswith("HTTP_")})
        status = self.status if environ["PATH_INFO"] == "/basic" else 404
        start_response(f"{status} Said", [("Content-Type", self.content_type), *self.headers.items()])
        return [self.body]


@pytest.fixture(params=list(SpecVersion), ids=lambda version: version.name)
def version(request: pytest.FixtureRequest) -> SpecVersion:
    chosen: SpecVersion = request.param
    return chosen


def pact(folder: Path, *interactions: HttpInteraction, version: SpecVersion = SpecVersion.V4, name: str = "c") -> Path:
    Contract(name, "p", interactions, version).write(folder / f"{name}-p.json")
    return folder


def check(folder: Path, provider: Provider, **states: Callable[..., Any]) -> VerificationResult:
    verifier = Verifier("p").app(provider, kind="wsgi").pacts(folder)
    for name, handler in states.items():
        verifier.state(name.replace("_", " "), handler)
    return verifier.check()


def shown(result: VerificationResult) -> str:
    return "\n".join([*map(render_interaction, result.interactions), render_templates(result)])


def wrong(result: VerificationResult) -> list[str]:
    return [str(mismatch) for each in result.interactions for mismatch in each.mismatches]


def test_an_answer_as_expected_is_kept_over_several_files(tmp_path: Path, version: SpecVersion) -> None:
    pact(tmp_path, BASIC, version=version, name="one")
    pact(tmp_path, BASIC, version=version, name="two")
    result = check(tmp_path, Provider())
    assert result.success
    assert len(result.contracts) == 2


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        (Provider(status=400), "status: expected 200, seen 400"),
        (Provider(headers={"X-Test": "Something"}), 'header X-Test: expected "yes", seen "Something"'),
        (Provider(body=b'{"one": 100, "two": "b"}', headers={"X-Test": "yes"}), 'body $.one: expected "a", seen 100'),
    ],
)
def test_an_answer_that_differs_is_told_part_by_part(
    tmp_path: Path, version: SpecVersion, provider: Provider, said: str
) -> None:
    response = Response(200, {"X-Test": ("yes",)}, BASIC.response.body)
    interaction = HttpInteraction("basic", request=BASIC.request, response=response)
    result = check(pact(tmp_path, interaction, version=version), provider)
    assert not result.success
    assert said in wrong(result)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_body_of_every_kind_is_compared(tmp_path: Path, version: SpecVersion, kind: Kind) -> None:
    headers = {"Content-Type": (kind.content_type,)}
    response = Response(200, headers, Body.of_bytes(kind.content, kind.content_type))
    pact(tmp_path, HttpInteraction("a", request=BASIC.request, response=response), version=version)
    assert check(tmp_path, Provider(content_type=kind.content_type, body=kind.content)).success
    other = check(tmp_path, Provider(content_type=kind.content_type, body=kind.other))
    assert not other.success
    assert all(each.kind == "body" for result in other.interactions for each in result.mismatches)


def test_a_filter_changes_the_request_before_it_is_sent(tmp_path: Path) -> None:
    provider = Provider()
    verifier = Verifier("p").app(provider, kind="wsgi").pacts(pact(tmp_path, BASIC))
    assert verifier.filter_requests(lambda request: request.with_header("A", "1")).check().success
    assert provider.seen[0]["HTTP_A"] == "1"


def test_a_pending_interaction_is_reported_and_does_not_fail(tmp_path: Path) -> None:
    pending = HttpInteraction("basic", pending=True, request=BASIC.request, response=BASIC.response)
    result = check(pact(tmp_path, pending), Provider(body=b'{"one": "cat"}'))
    assert result.success
    assert [each.status for each in result.interactions] == ["pending"]
    assert wrong(result)


def test_comments_are_shown(tmp_path: Path) -> None:
    comments = {"text": ["comment one", "comment two"], "testname": "the suite"}
    commented = HttpInteraction("basic", comments=comments, request=BASIC.request, response=BASIC.response)
    text = shown(check(pact(tmp_path, commented), Provider()))
    for line in ("comment one", "comment two", "from the test the suite"):
        assert line in text


class StateChange(BaseHTTPRequestHandler):
    """Keeps what it is asked, and answers as the server says."""

    def do_POST(self) -> None:
        server: Any = self.server
        server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def state_change() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), StateChange)
    server.asked, server.status = [], 200
    server.url = f"http://127.0.0.1:{server.server_port}/change"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def with_states(*states: ProviderState) -> HttpInteraction:
    return HttpInteraction("basic", states, request=BASIC.request, response=BASIC.response)


@pytest.mark.parametrize(
    ("interaction", "asked"),
    [
        (with_states(ProviderState("state one")), [("state one", {})]),
        (with_states(ProviderState("user", {"name": "n", "age": 66})), [("user", {"name": "n", "age": 66})]),
        (with_states(), [("", {})]),
        (with_states(ProviderState("one"), ProviderState("two")), [("one", {}), ("two", {})]),
    ],
)
def test_a_state_change_url_is_called_before_and_after(
    tmp_path: Path, state_change: Any, interaction: HttpInteraction, asked: list[tuple[str, dict[str, Any]]]
) -> None:
    verifier = Verifier("p").app(Provider(), kind="wsgi").pacts(pact(tmp_path, interaction))
    assert verifier.state_url(state_change.url).check().success
    setups = [{"state": name, "params": params, "action": "setup"} for name, params in asked]
    teardowns = [{**each, "action": "teardown"} for each in reversed(setups)]
    assert state_change.asked == [*setups, *teardowns]


def test_a_state_change_that_fails_fails_the_interaction_and_nothing_is_torn_down(
    tmp_path: Path, state_change: Any
) -> None:
    state_change.status = 500
    provider = Provider()
    verifier = Verifier("p").app(provider, kind="wsgi").pacts(pact(tmp_path, with_states(ProviderState("state one"))))
    result = verifier.state_url(state_change.url).check()
    assert not result.success
    assert "answered 500 to the setup of 'state one'" in str(result.interactions[0].problem)
    assert [each["action"] for each in state_change.asked] == ["setup"]
    assert provider.seen == []


def test_a_state_that_nothing_brings_about_fails_unless_that_is_allowed_and_is_named_in_any_case(
    tmp_path: Path,
) -> None:
    pact(tmp_path, with_states(ProviderState("state one"), ProviderState("state two")))
    strict = Verifier("p").app(Provider(), kind="wsgi").pacts(tmp_path).state("state two", lambda: None).check()
    assert not strict.success
    without_any = check(tmp_path, Provider())  # then it is a warning, whatever else is said
    assert without_any.success
    assert "warning: nothing brought about the provider state" in shown(without_any)
    verifier = Verifier("p").app(Provider(), kind="wsgi").pacts(tmp_path).ignore_missing_states()
    result = verifier.state("state two", lambda: None).check()
    assert result.success
    assert "warning: nothing brought about the provider state 'state one'" in shown(result)
    assert result.interactions[0].to_json()["withoutStates"] == ["state one"]
    for each in (strict, result):
        assert "verifier.state('state one', state_one)" in shown(each)


def test_values_of_a_state_reach_path_query_headers_and_body(tmp_path: Path) -> None:
    def generated(**more: Any) -> dict[str, Any]:
        return {"type": "ProviderState", "expression": "${id}", **more}

    request = Request(
        "POST",
        "/basic",
        {"id": ("1",)},
        {"X-Id": ("1",)},
        Body.of_json({"id": 1}),
        generators={"query": {"id": generated()}, "header": {"X-Id": generated()}, "body": {"$.id": generated()}},
    )
    seen: list[tuple[str, str, Any]] = []

    def provider(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        body = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        seen.append((environ["QUERY_STRING"], environ["HTTP_X_ID"], body))
        start_response("200 OK", [])
        return []

    item = HttpInteraction("a", (ProviderState("an order"),), request=request, response=Response(200))
    verifier = Verifier("p").app(provider, kind="wsgi").pacts(pact(tmp_path, item))
    assert verifier.state("an order", lambda: {"id": 1000}).check().success
    assert seen == [("id=1000", "1000", {"id": 1000})]
