from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from accord.contract import matchers as match
from accord.contract.consumer import Pact
from accord.contract.findings import PactFailed
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from accord.contract.journal import Entry


@pytest.fixture
def pact(tmp_path: Path) -> Pact:
    return Pact("web", "orders", directory=tmp_path)


def call(pact: Pact, *paths: str, method: str = "GET", **more: Any) -> list[httpx.Response]:
    with pact.in_process() as transport, httpx.Client(transport=transport, base_url="http://orders") as client:
        return [client.request(method, path, **more) for path in paths]


def simple(pact: Pact, description: str = "an order", path: str = "/orders/1") -> Pact:
    return pact.upon_receiving(description).with_request("GET", path).will_respond_with(200, body={"id": match.like(1)})


def test_what_was_proved_is_written_as_it_was_said(pact: Pact, tmp_path: Path) -> None:
    (
        pact.given("a user", name="u")
        .and_given("an order", id=1)
        .upon_receiving("a change")
        .with_request(
            "put",
            match.regex(r"/orders/\d+", "/orders/1"),
            headers={"X-Trace": match.regex("[a-f0-9]+", "abc")},
            query={"dry": True, "tag": ["a", "b"]},
            body={"items": match.each_like({"sku": match.string("s")})},
        )
        .will_respond_with(200, headers={"Content-Type": "application/json"}, body={"total": match.decimal(9.5)})
    )
    body = {"items": [{"sku": "x"}, {"sku": "y"}]}
    (answer,) = call(pact, "/orders/77?dry=true&tag=a&tag=b", method="PUT", headers={"X-Trace": "f00"}, json=body)
    assert (answer.status_code, answer.json()) == (200, {"total": 9.5})
    assert pact.write() == tmp_path / "web-orders.json" == pact.path
    document = json.loads(pact.path.read_text(encoding="utf-8"))
    (interaction,) = document["interactions"]
    assert interaction["providerStates"] == [
        {"name": "a user", "params": {"name": "u"}},
        {"name": "an order", "params": {"id": 1}},
    ]
    assert (interaction["request"]["method"], interaction["request"]["path"]) == ("PUT", "/orders/1")
    assert interaction["request"]["query"] == {"dry": ["true"], "tag": ["a", "b"]}
    assert set(interaction["request"]["matchingRules"]) == {"path", "header", "body"}
    assert interaction["response"]["matchingRules"]["body"]["$.total"]["matchers"] == [{"match": "decimal"}]
    assert document["metadata"]["pactSpecification"] == {"version": "4.0"}


def test_a_request_that_is_not_expected_fails_with_every_problem(pact: Pact) -> None:
    with pytest.raises(PactFailed) as caught:
        call(simple(pact), "/orders/2")
    assert str(caught.value).startswith("The pact between web and orders failed:\n\nNot expected: GET /orders/2")
    assert caught.value.problems[1] == "Expected, but not requested: 'an order', GET /orders/1"


def test_a_test_that_fails_by_itself_keeps_its_error_and_learns_what_the_mock_saw(
    pact: Pact, own_journal: list[Entry]
) -> None:
    with pytest.raises(ZeroDivisionError) as caught, simple(pact).in_process():
        raise ZeroDivisionError
    assert "Expected, but not requested" in caught.value.__notes__[0]
    assert own_journal == []


def test_a_request_that_comes_twice_fails(pact: Pact) -> None:
    with pytest.raises(PactFailed, match="Requested 2 times, expected once"):
        call(simple(pact), "/orders/1", "/orders/1")


def test_each_block_expects_only_what_was_said_before_it(pact: Pact, own_journal: list[Entry]) -> None:
    call(simple(pact, "first"), "/orders/1")
    call(simple(pact, "second", "/orders/2"), "/orders/2")
    assert [entry.interaction["description"] for entry in own_journal] == ["first", "second"]
    assert {entry.test for entry in own_journal} == {own_journal[0].test}
    assert (own_journal[0].test or "").endswith("test_each_block_expects_only_what_was_said_before_it")


@pytest.mark.parametrize(
    ("misuse", "message"),
    [
        (lambda _: Pact("", "orders"), "the consumer needs a name"),
        (lambda _: Pact("web", None), "the provider needs a name, seen None"),  # type: ignore[arg-type]  # the misuse
        (lambda _: Pact("web", "../x"), "cannot stand in a file name"),
        (lambda _: Pact("web", "orders", version="9"), "unknown Pact specification version '9'"),
        (lambda pact: pact.serve(), "nothing is expected: define an interaction first"),
        (lambda pact: pact.in_process(), "nothing is expected"),
        (lambda pact: pact.write(), "nothing to write for web and orders"),
        (lambda pact: pact.upon_receiving(""), "needs a description, seen ''"),
        (lambda pact: pact.given("s").expects_to_receive(None), "needs a description, seen None"),
        (lambda pact: pact.upon_receiving("a").with_request("GET", "orders"), "a path that starts with '/'"),
        (lambda pact: pact.upon_receiving("a").with_request("GET", "/a?b=1"), "give the query as query="),
        (lambda pact: pact.upon_receiving("a").with_request("GET", match.integer(1)), "starts with '/'"),
        (lambda pact: pact.upon_receiving("a").with_request("GET", "/", headers={"X": None}), "'X': expected a text"),
        (lambda pact: pact.upon_receiving("a").with_request("GET", "/", body={"a": {1}}), r"at \$\.a"),
        (lambda pact: pact.upon_receiving("a").with_request("GET", "/").will_respond_with(99), "from 100 to 599"),
        (lambda pact: pact.upon_receiving("a").with_request("GET", "/").will_respond_with("200"), "from 100 to 599"),
        (lambda pact: pact.upon_receiving("a").with_request("GET", "/").will_respond_with(True), "from 100 to 599"),
        (lambda pact: pact.expects_to_receive("e").verify(print), "has no content; say it with"),
    ],
)
def test_misuse_is_told_at_once_with_the_way_out(misuse: Callable[[Pact], Any], message: str, pact: Pact) -> None:
    with pytest.raises(UsageError, match=message):
        misuse(pact)


@pytest.mark.parametrize("steps", [1, 2])
def test_an_interaction_begun_and_never_finished_is_told_when_the_mock_starts(pact: Pact, steps: int) -> None:
    simple(pact)
    begun = pact.upon_receiving("half a one")
    if steps == 2:
        begun.with_request("GET", "/")
    with pytest.raises(UsageError, match="begun and never finished: 'half a one'"):
        pact.serve()


@pytest.mark.parametrize(
    "goes_on",
    [
        lambda pact: simple(pact).serve(),
        lambda pact: pact.expects_to_receive("an event").with_content({}).verify(lambda *_: None),
        lambda pact: pact.write(),
    ],
)
def test_a_state_that_nothing_follows_is_told(pact: Pact, goes_on: Callable[[Pact], Any]) -> None:
    pact.given("nobody is there").given("an order exists")
    with pytest.raises(UsageError, match=r"begun and never finished: \"given\('an order exists'\)\", end it with"):
        goes_on(pact)


def test_a_state_may_be_kept_for_later(pact: Pact) -> None:
    later = pact.given("an order exists")
    call(simple(pact), "/orders/1")
    later.upon_receiving("another").with_request("GET", "/2").will_respond_with(200)


def test_a_state_may_be_kept_for_several_interactions(pact: Pact) -> None:
    state = pact.given("an order exists")
    for path in ("/1", "/2"):
        state.upon_receiving(path).with_request("GET", path).will_respond_with(200)
    with pact.in_process() as transport:
        for path in ("/1", "/2"):
            httpx.Client(transport=transport, base_url="http://orders").get(path)
    written = json.loads(pact.write().read_text())
    assert [each["providerStates"] for each in written["interactions"]] == [[{"name": "an order exists"}]] * 2


@pytest.mark.parametrize(
    ("version", "matcher", "needed"),
    [
        ("2.0", match.integer(1), "3.0"),
        ("2.0", match.includes("a"), "3.0"),
        ("2.0", match.date(), "3.0"),
        ("1.1", match.like(1), "2.0"),
        ("1.1", match.regex("a", "a"), "2.0"),
    ],
)
def test_a_matcher_that_the_version_cannot_express_is_refused(
    tmp_path: Path, version: str, matcher: match.Matcher, needed: str
) -> None:
    step = Pact("web", "orders", version=version, directory=tmp_path).upon_receiving("a").with_request("GET", "/")
    with pytest.raises(UsageError, match=rf"at \$\.a: the rule '\w+' needs version {needed}"):
        step.will_respond_with(200, body={"a": matcher})


def test_states_with_parameters_are_refused_before_v3(tmp_path: Path) -> None:
    step = Pact("web", "orders", version="2.0", directory=tmp_path).given("s", id=1).upon_receiving("a")
    with pytest.raises(UsageError, match="states with parameters need version"):
        step.with_request("GET", "/").will_respond_with(200)


def event(pact: Pact) -> Any:
    return (
        pact.given("s")
        .expects_to_receive("an event")
        .with_content({"id": match.integer(1)})
        .with_metadata({"key": match.regex("o-.*", "o-1")})
    )


def test_a_message_joins_the_pact_once_its_handler_took_it(pact: Pact, own_journal: list[Entry]) -> None:
    seen = []
    event(pact).verify(lambda content, metadata: seen.append((content, metadata)))
    assert seen == [({"id": 1}, {"key": "o-1"})]
    (entry,) = own_journal
    assert entry.interaction["type"] == "Asynchronous/Messages"
    assert entry.interaction["matchingRules"]["metadata"] == {
        "key": {"combine": "AND", "matchers": [{"match": "regex", "regex": "o-.*"}]}
    }


def test_a_handler_may_change_what_it_gets(pact: Pact, own_journal: list[Entry]) -> None:
    event(pact).verify(lambda content, metadata: (content.clear(), metadata.clear()))
    assert own_journal[0].interaction["contents"]["content"] == {"id": 1}
    assert own_journal[0].interaction["metadata"] == {"key": "o-1"}


def test_a_handler_that_raises_fails_the_test_with_its_error_as_the_cause(pact: Pact, own_journal: list[Entry]) -> None:
    def handler(content: dict[str, Any], _: dict[str, Any]) -> None:
        raise KeyError(content["missing"])

    with pytest.raises(
        PactFailed, match=r"raised on the message 'an event \(given s\)': KeyError: 'missing'"
    ) as caught:
        event(pact).verify(handler)
    assert isinstance(caught.value.__cause__, KeyError)
    assert own_journal == []


def test_an_async_handler_is_awaited_in_sync_and_in_async_code(pact: Pact, own_journal: list[Entry]) -> None:
    async def handler(_: Any, __: Any) -> None:
        await asyncio.sleep(0)

    async def program() -> None:
        await event(pact).averify(handler)
        with pytest.raises(UsageError, match=r"use await pact\.….averify"):
            event(pact).verify(handler)

    event(pact).verify(handler)
    asyncio.run(program())
    assert len(own_journal) == 2


def test_a_message_of_v3_stands_among_the_messages(tmp_path: Path) -> None:
    pact = Pact("web", "orders", version="3.0", directory=tmp_path)
    event(pact).verify(lambda *_: None)
    document = json.loads(pact.write().read_text(encoding="utf-8"))
    assert [message["description"] for message in document["messages"]] == ["an event"]
    assert "interactions" not in document


@pytest.mark.parametrize(
    ("body", "headers", "sent"),
    [
        ("plain", {"Content-Type": "text/plain"}, b"plain"),
        (b"\x00\xff", {"Content-Type": "image/png"}, b"\x00\xff"),
        ("a text", {}, b'"a text"'),
        (None, {}, b"null"),
        ([], {}, b"[]"),
    ],
)
def test_a_body_is_sent_as_its_content_type_says(pact: Pact, body: Any, headers: dict[str, str], sent: bytes) -> None:
    pact.upon_receiving("a").with_request("GET", "/").will_respond_with(200, headers=headers, body=body)
    (answer,) = call(pact, "/")
    assert answer.content == sent


def annotated(builder: Any) -> Any:
    return builder.with_key("123ABC").pending().comment("one").comment("two").test_name("test_orders")


@pytest.mark.parametrize("kind", ["http", "message", "question"])
def test_a_key_pending_comments_and_the_tests_name_stand_in_a_file_of_v4(pact: Pact, kind: str) -> None:
    if kind == "http":
        annotated(pact.upon_receiving("a")).with_request("GET", "/").will_respond_with(200)
        call(pact, "/")
    elif kind == "message":
        annotated(pact.expects_to_receive("a")).with_content({"a": 1}).verify(lambda *_: None)
    else:
        annotated(pact.upon_calling("a")).with_content({"a": 1}).will_answer({"b": 1}).verify(lambda *_: None)
    (item,) = json.loads(pact.write().read_text(encoding="utf-8"))["interactions"]
    assert (item["key"], item["pending"]) == ("123ABC", True)
    assert item["comments"] == {"text": ["one", "two"], "testname": "test_orders"}


@pytest.mark.parametrize(
    ("say", "message"),
    [
        (lambda pact: pact.upon_receiving("a").with_key("k"), "interaction 'a': a key for an interaction needs"),
        (lambda pact: pact.upon_receiving("a").pending(), "a pending interaction needs"),
        (lambda pact: pact.expects_to_receive("a").comment("c"), "a comment needs"),
        (lambda pact: pact.upon_receiving("a").test_name("t"), "the name of a test needs"),
        (lambda pact: pact.upon_calling("a"), "message 'a': a message with an answer needs"),
        (lambda pact: pact.expects_to_receive("a").with_content({"v": match.semver()}), r"at \$\.v: the rule 'semver'"),
        (lambda pact: pact.expects_to_receive("a").with_metadata({"v": match.semver()}), "the rule 'semver' needs"),
    ],
)
def test_what_needs_v4_is_told_where_it_is_said(tmp_path: Path, say: Callable[[Pact], Any], message: str) -> None:
    pact = Pact("web", "orders", version="3.0", directory=tmp_path)
    with pytest.raises(UsageError, match=rf"{message}.*version 4.0, this pact is version 3.0.0; use Pact\(…"):
        say(pact)


def test_messages_are_refused_before_v3_where_they_begin(tmp_path: Path) -> None:
    pact = Pact("web", "orders", version="2.0", directory=tmp_path)
    with pytest.raises(UsageError, match=r"message 'a': messages need version 3\.0, this pact is version 2\.0\.0"):
        pact.expects_to_receive("a")


@pytest.mark.parametrize("step", ["with_key", "comment", "test_name"])
def test_a_note_without_a_text_is_refused(pact: Pact, step: str) -> None:
    with pytest.raises(UsageError, match=rf"\.{step}\(' '\): expected a text"):
        getattr(pact.upon_receiving("a"), step)(" ")


def test_an_answer_before_a_request_says_what_comes_first(pact: Pact) -> None:
    begun: Any = pact.upon_receiving("a")
    with pytest.raises(UsageError, match=r"'a': .will_respond_with\(…\) before .with_request\(…\); say first"):
        begun.will_respond_with(200)


@pytest.mark.parametrize(
    ("begin", "message"),
    [
        (lambda pact: pact.upon_receiving("a"), r"'a', end it with .with_request\(…\).will_respond_with\(…\)"),
        (lambda pact: pact.upon_receiving("a").with_request("GET", "/"), r"'a', end it with .will_respond_with\(…\)"),
        (lambda pact: pact.expects_to_receive("a").with_content({}), r"'a', end it with .verify\(handler\)"),
    ],
)
def test_writing_names_what_was_begun_and_how_to_end_it(pact: Pact, begin: Callable[[Pact], Any], message: str) -> None:
    call(simple(pact), "/orders/1")
    begin(pact)
    with pytest.raises(UsageError, match=f"begun and never finished: {message}"):
        pact.write()
    pact.write()  # told once


def test_writing_names_what_is_expected_and_was_not_called(pact: Pact) -> None:
    simple(pact)
    with pytest.raises(
        UsageError, match=r"'an order' is expected, but no interaction was proved yet. Call your client"
    ):
        pact.write()


def test_a_handler_of_a_question_sees_what_is_generated_in_it_and_in_the_answers_metadata(pact: Pact) -> None:
    made = match.generated(match.integer(5000), "RandomInt", min=0, max=1000)
    seen: list[Any] = []

    def handle(question: Any, metadata: Any, answer: Any, answer_metadata: Any) -> None:
        seen.extend((question["one"], metadata["ID"], answer["one"], answer_metadata["ID"]))

    (
        pact.upon_calling("a")
        .with_content({"one": made})
        .with_metadata({"ID": made})
        .will_answer({"one": made}, metadata={"ID": made})
        .verify(handle)
    )
    assert all(isinstance(value, int) and 0 <= value <= 1000 for value in seen)
    (item,) = json.loads(pact.write().read_text(encoding="utf-8"))["interactions"]
    assert item["request"]["contents"]["content"] == {"one": 5000}


def test_a_handler_gets_all_of_several_answers_in_lists(pact: Pact) -> None:
    seen: list[Any] = []
    begun = pact.upon_calling("a").with_content({}).will_answer({"n": 1}, metadata={"k": "1"}).will_answer({"n": 2})
    begun.verify(lambda _question, _metadata, answers, metadata: seen.extend((answers, metadata)))
    assert seen == [[{"n": 1}, {"n": 2}], [{"k": "1"}, {}]]
