"""The provider's side beyond the plain replay: filters, the state-change URL, parts of a contract, several at once."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from accord import Pact, VerificationFailed, Verifier, match
from accord.contract import Contract, PactSource
from accord.contract.report import render_failure
from accord.core.errors import UsageError
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.core.http.server import listen


class Provider:
    """An ASGI application that remembers what it was asked, and how many requests were under way at once."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.under_way = self.most_under_way = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        for _ in range(5):  # let the others begin
            await asyncio.sleep(0)
        self.under_way -= 1
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.seen.append((scope["path"], headers))
        body = json.dumps({"path": scope["path"]}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def contract(tmp_path: Path) -> Callable[..., Path]:
    """Write a contract of GET requests; a path may stand with a provider state."""

    def write(*paths: str | tuple[str, str], consumer: str = "Consumer") -> Path:
        pact = Pact(consumer, "Provider", directory=tmp_path)
        asked = []
        for each in paths:
            path, state = each if isinstance(each, tuple) else (each, None)
            begin = pact.given(state, number=7) if state else pact
            begin.upon_receiving(f"a request for {path}").with_request("GET", path).will_respond_with(
                200, body={"path": path}
            )
            asked.append(path)
        with pact.in_process() as transport, httpx.Client(transport=transport, base_url="http://x") as client:
            for path in asked:
                client.get(path)
        pact.write()
        return tmp_path

    return write


def test_a_filter_puts_a_fresh_token_into_every_request(contract: Callable[..., Path]) -> None:
    provider, tokens = Provider(), iter(["one", "two"])

    def fresh(request: HttpRequest) -> HttpRequest:
        return request.with_header("authorization", f"Bearer {next(tokens)}")

    Verifier("Provider").app(provider).filter_requests(fresh).pacts(contract("/a", "/b")).verify()
    assert [headers["authorization"] for _, headers in provider.seen] == ["Bearer one", "Bearer two"]


@pytest.mark.parametrize(
    ("broken", "said"),
    [(lambda request: None, "returned None"), (lambda request: 1 / 0, "raised ZeroDivisionError")],
)
def test_a_filter_that_is_wrong_is_named(contract: Callable[..., Path], broken: Any, said: str) -> None:
    result = Verifier("Provider").app(Provider()).filter_requests(broken).pacts(contract("/a")).check()
    assert said in (result.interactions[0].problem or "")


def test_states_without_a_handler_go_to_the_state_change_url(contract: Callable[..., Path]) -> None:
    changes: list[dict[str, Any]] = []

    def change(request: HttpRequest) -> HttpResponse:
        assert (request.method, request.target) == ("POST", "/_states?test=1")
        changes.append(json.loads(request.body))
        return HttpResponse(200)

    with listen(change) as there:
        verifier = Verifier("Provider").app(Provider()).state_url(f"{there.url}/_states?test=1")
        verifier.pacts(contract(("/a", "a exists"))).verify()
    assert changes == [
        {"state": "a exists", "params": {"number": 7}, "action": "setup"},
        {"state": "a exists", "params": {"number": 7}, "action": "teardown"},
    ]


def test_a_state_change_url_that_refuses_is_a_problem_of_the_interaction(contract: Callable[..., Path]) -> None:
    with listen(lambda request: HttpResponse(503, (), b"no database")) as there:
        result = Verifier("Provider").app(Provider()).state_url(there.url).pacts(contract(("/a", "a exists"))).check()
    assert "answered 503 to the setup of 'a exists', expected success: no database" in (
        result.interactions[0].problem or ""
    )


@pytest.mark.parametrize(
    ("part", "replayed"),
    [
        ({"description": "/a$"}, ["/a"]),
        ({"state": "exists"}, ["/b"]),
        ({"state": ""}, ["/a"]),
        ({"consumer": "Consumer"}, ["/a", "/b"]),
    ],
)
def test_a_part_is_selected(contract: Callable[..., Path], part: dict[str, str], replayed: list[str]) -> None:
    provider = Provider()
    verifier = Verifier("Provider").app(provider).state("b exists", lambda number: None)
    verifier.only(**part).pacts(contract("/a", ("/b", "b exists"))).verify()
    assert [path for path, _ in provider.seen] == replayed


def test_a_part_that_fits_nothing_says_what_there_is(contract: Callable[..., Path]) -> None:
    with pytest.raises(
        UsageError, match="no interaction fits description 'zzz'; there are: Consumer: a request for /a"
    ):
        Verifier("Provider").app(Provider()).only(description="zzz").pacts(contract("/a")).verify()


def test_the_result_of_a_part_is_not_recorded(contract: Callable[..., Path]) -> None:
    pacts = contract("/a", "/b")
    Verifier("Provider", version="1").app(Provider()).only(description="/a").pacts(pacts).record_to(pacts).verify()
    assert not (pacts / "results").exists()


def test_fail_fast_stops_at_the_first_failure(contract: Callable[..., Path]) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body"})

    verifier = Verifier("Provider").app(broken).fail_fast().pacts(contract("/a", "/b"))
    with pytest.raises(VerificationFailed) as failed:
        verifier.verify()
    assert len(failed.value.result.interactions) == 1


async def test_interactions_without_states_may_be_under_way_together(contract: Callable[..., Path]) -> None:
    provider = Provider()
    pacts = contract("/a", "/b", "/c", ("/d", "d exists"))
    verifier = Verifier("Provider").app(provider).state("d exists", lambda number: None).together(3).pacts(pacts)
    result = await verifier.averify()
    assert provider.most_under_way == 3
    assert [each.interaction.description for each in result.interactions] == [f"a request for /{x}" for x in "abcd"]


def test_together_works_in_sync_code_too(contract: Callable[..., Path]) -> None:
    provider = Provider()
    Verifier("Provider").app(provider).together(2).pacts(contract("/a", "/b")).verify()
    assert provider.most_under_way == 2


def test_a_pending_contract_reports_and_does_not_fail(contract: Callable[..., Path]) -> None:
    path = contract("/a") / "Consumer-Provider.json"
    document = json.loads(path.read_text())
    document["interactions"][0]["pending"] = True
    document["interactions"][0]["response"]["status"] = 418
    path.write_text(json.dumps(document))
    result = Verifier("Provider").app(Provider()).pacts(path).verify()
    assert [each.status for each in result.interactions] == ["pending"]


class TestSynchronousMessages:
    """A message and its answer (specification V4)."""

    @pytest.fixture
    def pacts(self, tmp_path: Path) -> Path:
        pact = Pact("Shop", "Prices", directory=tmp_path)
        seen = []
        (
            pact.upon_calling("a quote")
            .with_content({"sku": match.like("a")})
            .will_answer({"price": match.decimal(1.5)})
            .verify(lambda content, metadata, answer: seen.append((content, answer)))
        )
        assert seen == [({"sku": "a"}, {"price": 1.5})]
        return pact.write().parent

    def test_the_provider_is_given_the_request_and_its_answer_is_compared(self, pacts: Path) -> None:
        def quote(content: dict[str, str], metadata: dict[str, Any]) -> dict[str, float]:
            assert content == {"sku": "a"}
            return {"price": 2.25}

        assert Verifier("Prices").message("a quote", quote).pacts(pacts).verify().success

    def test_a_wrong_answer_is_a_mismatch(self, pacts: Path) -> None:
        result = Verifier("Prices").message("a quote", lambda content, metadata: {"price": 2}).pacts(pacts).check()
        assert [each.path for each in result.interactions[0].mismatches] == ["$.price"]

    def test_an_incomplete_one_is_refused(self, tmp_path: Path) -> None:
        pact = Pact("Shop", "Prices", directory=tmp_path)
        with pytest.raises(UsageError, match=r"is not complete; say \.will_answer"):
            pact.upon_calling("a quote").with_content({}).verify(lambda content, metadata: None)


def test_a_value_of_a_state_handler_goes_into_the_request(tmp_path: Path) -> None:
    pact = Pact("Consumer", "Provider", directory=tmp_path)
    (
        pact.given("an order exists")
        .upon_receiving("a request for that order")
        .with_request("GET", match.from_provider_state("/orders/${id}", "/orders/1"))
        .will_respond_with(200)
    )
    with pact.in_process() as transport, httpx.Client(transport=transport, base_url="http://x") as client:
        client.get("/orders/1")
    provider = Provider()
    Verifier("Provider").app(provider).state("an order exists", lambda: {"id": 77}).pacts(pact.write()).verify()
    assert [path for path, _ in provider.seen] == ["/orders/77"]


def test_the_templates_of_all_that_is_missing_are_written_at_once_without_the_provider(
    contract: Callable[..., Path],
) -> None:
    pacts = contract(("/a", "a exists"), ("/b", "b exists"), ("/c", "a exists"))
    text = Verifier("Provider").state("b exists", lambda number: None).pacts(pacts).templates()
    assert text.count("def ") == 1
    assert "def a_exists(number: int) -> None:" in text
    everything = Verifier("Provider").state("a exists", print).state("b exists", print).pacts(pacts)
    assert everything.templates() == ""


class Hub(PactSource):
    """A source that says of its contracts what a broker would."""

    def __init__(self, path: Path, **said: bool) -> None:
        self._path = path
        self._said = said

    def contracts_for(self, provider: str) -> list[Contract]:
        return [replace(Contract.read(self._path), **self._said)]  # type: ignore[arg-type]  # pending or wip

    def describe(self) -> str:
        return "the hub"


@pytest.mark.parametrize(
    ("said", "heading"), [({"pending": True}, "pending, does not fail"), ({"wip": True}, "work in progress")]
)
def test_what_a_source_calls_pending_or_work_in_progress_is_reported_and_does_not_fail(
    contract: Callable[..., Path], said: dict[str, bool], heading: str
) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body"})

    source = Hub(contract("/a") / "Consumer-Provider.json", **said)
    result = Verifier("Provider").app(broken).pacts(source).verify()
    assert [each.status for each in result.interactions] == ["pending"]
    assert heading in render_failure(result)
