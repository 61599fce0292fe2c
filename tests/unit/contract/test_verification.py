from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from accord.contract.bodies import Body
from accord.contract.findings import VerificationFailed
from accord.contract.junit import render_junit
from accord.contract.model import (
    AsyncMessage,
    Contract,
    HttpInteraction,
    MessageContents,
    ProviderState,
    Request,
    Response,
)
from accord.contract.ports import PactFiles, PactSource, ResultSink
from accord.contract.provider import Verifier
from accord.contract.report import render_failure, render_interaction
from accord.contract.verification import ContractStarted, InteractionFinished, VerificationFinished
from accord.core.errors import AccordError, DocumentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from accord.contract.model import Interaction
    from accord.contract.verification import VerificationResult


class Pacts(PactSource):
    """Contracts from memory."""

    def __init__(self, *contracts: Contract) -> None:
        self.contracts = contracts

    def contracts_for(self, provider: str) -> Sequence[Contract]:
        return [each for each in self.contracts if each.provider == provider]

    def describe(self) -> str:
        return "memory"


class Sink(ResultSink):
    """Keeps results in a list."""

    def __init__(self) -> None:
        self.results: list[VerificationResult] = []

    def record(self, result: VerificationResult) -> None:
        self.results.append(result)


ORDER = HttpInteraction(
    "an order",
    request=Request("GET", "/orders/1", {"full": ("yes",)}),
    response=Response(200, {"X-A": ("1",)}, Body.of_json({"id": 1})),
)


def under(*names: str, interaction: HttpInteraction = ORDER) -> HttpInteraction:
    return replace(interaction, states=tuple(ProviderState(name) for name in names))


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A provider that keeps the contract."""
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == ("/orders/1", "full=yes")
    start_response("200 OK", [("Content-Type", "application/json"), ("X-A", "1")])
    return [b'{"id": 1, "more": true}']


def broken_app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A provider that does not."""
    del environ
    start_response("200 OK", [("Content-Type", "application/json"), ("X-A", "1")])
    return [b'{"ident": 1}']


def raising_app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A provider that raises, by way of a library."""
    del environ, start_response
    return [json.dumps({"a": json.loads("{")}).encode()]


def verifier(*interactions: Interaction, provider: Any = app) -> Verifier:
    return Verifier("orders").app(provider).pacts(Pacts(Contract("web", "orders", interactions)))


def only(result: VerificationResult) -> Any:
    (one,) = result.interactions
    return one


def test_a_provider_that_keeps_its_contract_passes() -> None:
    result = verifier(ORDER).verify()
    assert result.success
    assert only(result).status == "passed"
    assert only(result).seconds > 0


def test_a_provider_that_breaks_it_is_told_where() -> None:
    with pytest.raises(VerificationFailed) as caught:
        verifier(ORDER, provider=broken_app).verify()
    assert [each.place for each in only(caught.value.result).mismatches] == ["body $.id"]
    lines = str(caught.value).splitlines()
    assert lines[0] == "orders does not keep its contracts: 0 of 1 interactions pass"
    assert lines[2:] == [
        "web",
        "  ✗ an order",
        "      GET /orders/1",
        "      body $.id: expected an integer such as 1, seen nothing",
    ]


def test_check_gives_the_result_and_raises_nothing() -> None:
    result = verifier(ORDER, provider=broken_app).check()
    assert not result.success
    document = json.loads(json.dumps(result.to_json()))
    assert document["contracts"][0]["interactions"][0]["mismatches"][0]["path"] == "$.id"
    assert document["success"] is False


@pytest.mark.parametrize("provider", [app, broken_app, raising_app])
def test_states_are_entered_in_order_and_left_in_reverse_whatever_comes_of_it(provider: Any) -> None:
    calls: list[str] = []

    def note(text: str) -> Callable[[], None]:
        return lambda: calls.append(text)

    verify = verifier(under("a", "b"), provider=provider)
    verify.state("a", note("a in"), note("a out")).state("b", note("b in"), note("b out"))
    verify.check()
    assert calls == ["a in", "b in", "b out", "a out"]


def test_a_state_that_cannot_be_entered_is_not_left_and_no_request_is_made() -> None:
    calls: list[str] = []

    def fail() -> None:
        raise ValueError("no database")

    verify = verifier(under("a", "b"), provider=raising_app)
    verify.state("a", lambda: calls.append("a in"), lambda: calls.append("a out"))
    verify.state("b", fail, lambda: calls.append("b out"))
    result = only(verify.check())
    assert calls == ["a in", "a out"]
    assert result.problem == "the state handler for 'b' raised ValueError: no database"
    assert 'raise ValueError("no database")' in result.traceback


def test_a_teardown_that_raises_fails_the_interaction_and_the_others_still_run() -> None:
    calls: list[str] = []

    def fail() -> None:
        raise ValueError("locked")

    verify = verifier(under("a", "b")).state("a", print, lambda: calls.append("a out")).state("b", lambda: None, fail)
    result = only(verify.check())
    assert calls == ["a out"]
    assert result.problem == "the teardown of the state handler for 'b' raised ValueError: locked"
    assert result.status == "failed"


def test_handlers_get_the_parameters_of_the_contract_sync_or_async() -> None:
    seen: list[Any] = []

    async def set_up(customer: str, amount: int = 0) -> dict[str, Any]:
        await asyncio.sleep(0)
        seen.append((customer, amount))
        return {"customer": customer}

    states = (ProviderState("s", {"customer": "c-1", "amount": 5}), ProviderState("t", {"any thing": 1}))
    verify = verifier(replace(ORDER, states=states))
    verify.state("s", set_up, lambda **parameters: seen.append(parameters)).state("t", lambda **more: seen.append(more))
    assert verify.check().success
    assert seen == [("c-1", 5), {"any thing": 1}, {"customer": "c-1", "amount": 5}]


def test_a_sync_handler_may_run_a_loop_of_its_own_beside_async_ones() -> None:
    calls: list[str] = []

    async def note(text: str) -> None:
        await asyncio.sleep(0)
        calls.append(text)

    verify = verifier(under("own", "async", "own again"))
    verify.state("own", lambda: asyncio.run(note("own"))).state("async", lambda: note("async"))
    verify.state("own again", lambda: asyncio.run(note("own again")))
    assert verify.verify().success
    assert calls == ["own", "async", "own again"]


def test_a_handler_with_other_parameters_is_told_by_both_signatures() -> None:
    def set_up(user: str) -> None:
        raise AssertionError(user)

    interaction = replace(ORDER, states=(ProviderState("s", {"customer": "c"}),))
    result = only(verifier(interaction).state("s", set_up).check())
    assert "provider state 's': the handler set_up(user: 'str') -> 'None' cannot take" in result.problem
    assert "(customer)" in result.problem


def test_a_missing_handler_prints_the_function_to_write_once() -> None:
    interaction = replace(ORDER, states=(ProviderState("a user exists", {"id": 1, "name": "x"}),))
    result = verifier(interaction, replace(interaction, description="another")).state("other", dict).check()
    text = render_failure(result)
    assert "no handler for the provider state 'a user exists'" in text
    assert text.count("def a_user_exists(id: int, name: str) -> None:") == 1
    assert "verifier.state('a user exists', a_user_exists)" in text


ASKS_FOR_ID = replace(
    ORDER,
    states=(ProviderState("an order"),),
    request=Request(
        "GET",
        "/orders/5",
        {"full": ("yes",)},
        generators={"path": {"type": "ProviderState", "expression": "/orders/${id}", "dataType": "STRING"}},
    ),
)


def strict_app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A provider that has one order only."""
    if environ["PATH_INFO"] == "/orders/1":
        return app(environ, start_response)
    start_response("404 Not Found", [])
    return []


def test_a_state_value_that_no_handler_returned_is_named_where_the_interaction_fails() -> None:
    result = verifier(ASKS_FOR_ID, provider=strict_app).state("an order", lambda: None).check()
    assert only(result).missing_values == ("id",)
    assert "no state handler returned the state value 'id'" in render_failure(result)
    assert "let the handler return {'id': …}" in render_failure(result)
    assert only(result).to_json()["missingStateValues"] == ["id"]
    assert b"no state handler returned the state value" in render_junit(result)


def test_a_state_value_that_was_returned_or_made_no_difference_is_not_named() -> None:
    given = verifier(ASKS_FOR_ID, provider=strict_app).state("an order", lambda: {"id": 1}).check()
    assert given.success
    assert only(given).missing_values == ()
    assert "state value" not in render_failure(given)
    other = verifier(ASKS_FOR_ID, provider=strict_app).state("an order", lambda: {"id": 2}).check()
    assert not other.success
    assert only(other).missing_values == ()


def test_a_handler_without_a_name_is_for_interactions_without_a_state() -> None:
    calls: list[str] = []
    result = (
        verifier(ORDER, under("s", interaction=replace(ORDER, description="another")))
        .state("", lambda: calls.append("up"), lambda: calls.append("down"))
        .state("s", lambda: calls.append("s"))
        .together(2)
        .check()
    )
    assert result.success
    assert calls == ["up", "down", "s"]


def test_comments_and_the_name_of_the_test_are_shown_whether_it_passes_or_not() -> None:
    commented = replace(ORDER, comments={"text": ["one\x1b[31m", "two\nthree"], "testname": "test_orders"})
    for provider in (app, broken_app):
        text = "\n" + render_interaction(only(verifier(commented, provider=provider).check()))
        for line in ("# one [31m", "# two", "# three", "# from the test test_orders"):
            assert f"\n      {line}\n" in f"{text}\n"
        assert "\x1b" not in text
    (line,) = [
        each
        for each in render_interaction(only(verifier(replace(ORDER, comments={"text": "alone"})).check())).splitlines()
        if "#" in each
    ]
    assert line.strip() == "# alone"


def test_a_provider_that_raises_shows_its_own_lines_and_no_library() -> None:
    result = only(verifier(ORDER, provider=raising_app).check())
    assert result.problem.startswith("the provider raised JSONDecodeError: Expecting property name")
    assert result.problem.endswith("on GET /orders/1")
    assert "in raising_app" in result.traceback
    assert "json/decoder.py" not in result.traceback
    assert "accord/core" not in result.traceback
    assert "frames of libraries left out" in result.traceback
    assert "| Traceback (most recent call last):" in render_failure(verifier(ORDER, provider=raising_app).check())


def test_a_pending_interaction_is_reported_and_fails_nothing() -> None:
    result = verifier(replace(ORDER, pending=True), provider=broken_app).verify()
    assert only(result).status == "pending"
    assert "○ an order" in render_failure(result)


def message(description: str = "an event") -> AsyncMessage:
    return AsyncMessage(description, contents=MessageContents(Body.of_json({"id": 1}), {"key": "k"}))


def messages(*interactions: Interaction) -> Verifier:
    return Verifier("orders").pacts(Pacts(Contract("web", "orders", interactions)))


async def produce_later() -> tuple[dict[str, Any], dict[str, Any]]:
    await asyncio.sleep(0)
    return {"id": 1, "more": 2}, {"key": "k"}


@pytest.mark.parametrize(
    "producer",
    [
        lambda: ({"id": 1}, {"key": "k"}),
        produce_later,
        lambda: (b'{"id":1}', {"key": "k", "contentType": "application/json"}),
    ],
)
def test_a_message_is_verified_by_its_producer(producer: Any) -> None:
    assert messages(message()).message("an event", producer).verify().success


@pytest.mark.parametrize(
    ("produced", "places"),
    [
        (({"id": 2}, {"key": "k"}), ["body $.id"]),
        (({"id": 1}, {"key": "other"}), ["metadata key"]),
        ({"id": 1}, ["metadata key"]),
        ((b"\x00", {"key": "k", "contentType": "image/png"}), ["content-type $"]),
    ],
)
def test_a_message_that_differs_is_told_where(produced: Any, places: list[str]) -> None:
    result = messages(message()).message("an event", lambda: produced).check()
    assert [mismatch.place for mismatch in only(result).mismatches] == places


def test_a_producer_that_raises_or_gives_no_json_is_told() -> None:
    def fail() -> None:
        raise KeyError("stock")

    assert (
        only(messages(message()).message("an event", fail).check()).problem
        == "the producer of 'an event' raised KeyError: 'stock'"
    )
    result = only(messages(message()).message("an event", lambda: {1, 2}).check())
    assert result.problem.startswith("the producer returned what JSON cannot hold")


def test_a_missing_producer_prints_the_function_to_write() -> None:
    text = render_failure(messages(message()).check())
    assert "no producer for the message 'an event'" in text
    assert "def an_event() -> dict:" in text
    assert "verifier.message('an event', an_event)" in text


def test_events_tell_the_progress_and_sinks_get_the_result() -> None:
    events: list[Any] = []
    sink = Sink()
    contract = Contract("web", "orders", (ORDER, replace(ORDER, description="again")))
    result = (
        Verifier("orders", version="1").app(app).pacts(Pacts(contract)).listen(events.append).record_to(sink).check()
    )
    assert [type(event) for event in events] == [
        ContractStarted,
        InteractionFinished,
        InteractionFinished,
        VerificationFinished,
    ]
    assert sink.results == [result]


async def test_in_async_code_the_same_runs_on_the_running_loop() -> None:
    loops: list[object] = []

    async def set_up() -> None:
        loops.append(asyncio.get_running_loop())

    assert (await verifier(under("s")).state("s", set_up).averify()).success
    assert loops == [asyncio.get_running_loop()]
    with pytest.raises(VerificationFailed):
        await verifier(ORDER, provider=broken_app).averify()
    with pytest.raises(UsageError, match=r"use `await verifier\.averify\(\)`"):
        verifier(ORDER).verify()


def test_handlers_and_producers_come_from_a_module() -> None:
    module = ModuleType("states")
    calls: list[str] = []
    module.STATES = {"a": lambda: calls.append("a"), "b": (lambda: calls.append("b"), lambda: calls.append("b out"))}  # type: ignore[attr-defined]  # made here
    module.MESSAGES = {"an event": lambda: ({"id": 1}, {"key": "k"})}  # type: ignore[attr-defined]  # as above
    assert verifier(under("a", "b"), message()).states(module).verify().success
    assert calls == ["a", "b", "b out"]
    with pytest.raises(UsageError, match="has neither STATES nor MESSAGES"):
        verifier(ORDER).states(ModuleType("empty"))


@pytest.mark.parametrize(
    ("misuse", "message_"),
    [
        (lambda: Verifier(""), "the provider needs a name"),
        (lambda: Verifier("orders").app(app).url("http://localhost"), "the provider is named already"),
        (lambda: Verifier("orders").app(5), "cannot be called"),
        (lambda: Verifier("orders").url("localhost:80"), "expected a URL such as"),
        (lambda: Verifier("orders").state("s", 5), "the state handler for 's' must be a function"),  # type: ignore[arg-type]  # the misuse
        (lambda: Verifier("orders").state("s", print, 5), "the teardown for 's' must be"),  # type: ignore[arg-type]  # the misuse
        (lambda: Verifier("orders").state("s", print).state("s", print), "has a handler already"),
        (lambda: Verifier("orders").message("m", print).message("m", print), "has a producer already"),
        (lambda: Verifier("orders").pacts(5), "expected a file, a folder, a hub's URL or a PactSource, seen 5"),  # type: ignore[arg-type]  # the misuse
        (lambda: Verifier("orders").pacts("https://"), "expected the hub's URL such as https://hub.example.org"),
        (lambda: Verifier("orders").verify(), "no contracts were given"),
        (lambda: Verifier("orders").pacts(Pacts()).verify(), "no contract with the provider orders in memory"),
        (lambda: messages(ORDER).verify(), r"name the provider with \.app\(…\) or \.url\(…\)"),
    ],
)
def test_misuse_is_told_with_the_way_out(misuse: Callable[[], Any], message_: str) -> None:
    with pytest.raises(UsageError, match=message_):
        misuse()


def test_no_contract_in_a_folder_names_the_providers_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="which hold none at all"):
        Verifier("orders").app(app).pacts(tmp_path).verify()
    Contract("web", "payments", (ORDER,)).write(tmp_path / "p.json")
    with pytest.raises(UsageError, match="the providers there are: payments"):
        Verifier("orders").app(app).pacts(tmp_path).verify()
    with pytest.raises(UsageError, match=r"the provider to verify is orders\. Is a name misspelt\?"):
        Verifier("orders").app(app).pacts(tmp_path / "p.json").verify()
    with pytest.raises(DocumentError, match=r"have the consumer's tests written a pact yet\?"):
        Verifier("orders").app(app).pacts(tmp_path / "none").verify()


def test_a_folder_gives_the_contracts_of_its_provider_and_skips_what_is_no_pact(tmp_path: Path) -> None:
    Contract("web", "orders", (ORDER,)).write(tmp_path / "a.json")
    Contract("web", "payments", (ORDER,)).write(tmp_path / "b.json")
    (tmp_path / "package.json").write_text('{"name": "x"}')
    assert [each.provider for each in PactFiles(tmp_path).contracts_for("orders")] == ["orders"]
    (tmp_path / "broken.json").write_text('{"consumer": ')
    with pytest.raises(AccordError, match=r"broken\.json"):
        PactFiles(tmp_path).contracts_for("orders")


def test_an_interrupt_still_leaves_the_states() -> None:
    calls: list[str] = []

    def interrupted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        del environ, start_response
        raise KeyboardInterrupt

    verify = verifier(under("s"), provider=interrupted).state("s", lambda: None, lambda: calls.append("out"))
    with pytest.raises(KeyboardInterrupt):
        verify.check()
    assert calls == ["out"]


def test_without_any_state_handler_interactions_are_tried_and_the_states_are_warned_of() -> None:
    interaction = replace(ORDER, states=(ProviderState("a user exists", {"id": 1}),))
    result = verifier(interaction).check()
    text = render_failure(result)
    assert "no handler for the provider state" not in text
    assert "a user exists" in text
    assert "def a_user_exists(id: int) -> None:" in text
