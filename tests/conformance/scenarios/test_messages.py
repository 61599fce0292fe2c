"""What messages have to do on both sides, scenario by scenario, in our own words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from accord import Pact, PactFailed, Verifier, match
from accord.contract import journal
from accord.contract.bodies import Body
from accord.contract.model import AsyncMessage, Contract, MessageContents
from accord.contract.rule_format import rules_from_json
from accord.contract.spec import SpecVersion
from tests.conformance.scenarios.documents import JPEG, OTHER_JPEG, PDF

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from accord.contract.verification import VerificationResult

BASIC = {"one": "a", "two": "b"}
XML = "<values><one>A</one><two>B</two></values>"
TAGS = {"ID": "123", "weight": 100.5}


@pytest.fixture(autouse=True)
def own_journal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(journal.FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(journal, "_in_memory", [])
    return


@pytest.fixture(params=["3.0", "4.0"])
def pact(request: pytest.FixtureRequest, tmp_path: Path) -> Pact:
    return Pact("consumer", "provider", version=request.param, directory=tmp_path)


def only(pact: Pact) -> dict[str, Any]:
    document = json.loads(pact.write().read_text(encoding="utf-8"))
    (item,) = document.get("messages") or document["interactions"]
    assert isinstance(item, dict)
    return item


def test_a_message_that_was_handled_stands_in_the_file_with_its_metadata(pact: Pact) -> None:
    seen: list[Any] = []
    begun = pact.given("state one").and_given("a user", username="Test", age=66).expects_to_receive("basic")
    said = begun.with_content(BASIC).with_metadata({"Origin": "Some Text", "TagData": TAGS})
    said.verify(lambda content, metadata: seen.extend((content, metadata)))
    assert seen == [BASIC, {"Origin": "Some Text", "TagData": TAGS}]
    item = only(pact)
    contents = item["contents"]
    assert contents in (BASIC, {"content": BASIC, "contentType": "application/json", "encoded": False})
    metadata = item.get("metadata") or item["metaData"]
    assert (metadata["Origin"], metadata["TagData"]) == ("Some Text", TAGS)
    assert item["providerStates"] == [
        {"name": "state one"},
        {"name": "a user", "params": {"username": "Test", "age": 66}},
    ]


def test_a_message_that_was_not_handled_fails_and_is_not_written(pact: Pact) -> None:
    def handler(_content: Any, _metadata: Any) -> None:
        raise ValueError("Test failed")

    with pytest.raises(PactFailed, match="Test failed"):
        pact.expects_to_receive("basic").with_content(BASIC).verify(handler)
    assert not pact.path.exists()


def test_what_is_generated_is_what_the_handler_gets(pact: Pact) -> None:
    made = match.generated(match.integer(5000), "RandomInt", min=0, max=1000)
    seen: list[Any] = []
    said = pact.expects_to_receive("a").with_content({"one": made}).with_metadata({"ID": made, "weight": 100.5})
    said.verify(lambda content, metadata: seen.extend((content["one"], metadata["ID"], metadata["weight"])))
    assert seen[2] == 100.5
    assert all(isinstance(value, int) and value <= 1000 for value in seen[:2])


def test_http_and_messages_stand_in_one_file_of_v4(tmp_path: Path) -> None:
    pact = Pact("consumer", "provider", directory=tmp_path)
    pact.expects_to_receive("a message").with_content(BASIC).verify(lambda *_: None)
    pact.upon_calling("a question").with_content(BASIC).will_answer(
        XML, metadata={"contentType": "application/xml"}
    ).verify(lambda _question, _metadata, answer: answer)
    pact.upon_receiving("a call").with_request("GET", "/").will_respond_with(200)
    with pact.serve() as mock:
        assert httpx.get(mock.url, trust_env=False).status_code == 200
    items = json.loads(pact.write().read_text(encoding="utf-8"))["interactions"]
    assert {item["type"] for item in items} == {
        "Synchronous/HTTP",
        "Asynchronous/Messages",
        "Synchronous/Messages",
    }
    (question,) = [item for item in items if item["type"] == "Synchronous/Messages"]
    (answer,) = question["response"]
    assert answer["contents"] == {"content": XML, "contentType": "application/xml", "encoded": False}


def verified(folder: Path, version: SpecVersion, contents: MessageContents, produced: Any) -> VerificationResult:
    Contract("c", "p", (AsyncMessage("a message", contents=contents),), version).write(folder / "c-p.json")
    return Verifier("p").message("a message", lambda: produced).pacts(folder).check()


def jpeg_rule(kind: str) -> dict[str, Any]:
    return {kind: {"$": {"combine": "AND", "matchers": [{"match": "contentType", "value": "image/jpeg"}]}}}


def typed(content_type: str) -> dict[str, Any]:
    return {"contentType": content_type}


def contents(
    body: Body, metadata: dict[str, Any] | None = None, rules: dict[str, Any] | None = None
) -> MessageContents:
    metadata = metadata or {}
    typed_body = body.with_content_type(metadata.get("contentType", "application/json"))
    return MessageContents(typed_body, metadata, rules_from_json(rules, "$", v2=False))


TEXT = contents(Body.of_text("Hello World"), typed("text/plain"))
DOCUMENT = contents(Body.of_text(XML), typed("application/xml"))
PICTURE = contents(Body.of_bytes(JPEG), typed("image/jpeg"), jpeg_rule("body"))
TAGGED = contents(Body.of_json(BASIC), {"Origin": "a", "TagData": TAGS})
ORIGIN = {"metadata": {"Origin": {"matchers": [{"match": "regex", "regex": r"\w{3}-\d+"}]}}}
OF_ORIGIN = contents(Body.of_json(BASIC), {"Origin": "AXP-1000"}, ORIGIN)
INCLUDES = contents(Body.of_json(BASIC), {}, {"body": {"$.one": {"matchers": [{"match": "include", "value": "a"}]}}})


@pytest.mark.parametrize("version", [SpecVersion.V3, SpecVersion.V4], ids=lambda version: version.name)
@pytest.mark.parametrize(
    ("said", "produced", "kind"),
    [
        (contents(Body.of_json(BASIC)), BASIC, None),
        (contents(Body.of_json(BASIC)), {"one": "a", "two": "c"}, "body"),
        (TEXT, ("Hello World", typed("text/plain")), None),
        (TEXT, ("Hello Jupiter", typed("text/plain")), "body"),
        (DOCUMENT, (XML, typed("application/xml")), None),
        (DOCUMENT, (XML.replace("B", "C"), typed("application/xml")), "body"),
        (PICTURE, (OTHER_JPEG, typed("image/jpeg")), None),
        (PICTURE, (PDF, typed("image/jpeg")), "body"),
        (TAGGED, (BASIC, {"Origin": "a", "TagData": TAGS}), None),
        (TAGGED, (BASIC, {"Origin": "a", "TagData": {**TAGS, "ID": "100"}}), "metadata"),
        (OF_ORIGIN, (BASIC, {"Origin": "AAA-123"}), None),
        (OF_ORIGIN, (BASIC, {"Origin": "AAAB-123"}), "metadata"),
        (INCLUDES, {"one": "cat", "two": "b"}, None),
        (INCLUDES, {"one": "dog", "two": "b"}, "body"),
    ],
)
def test_a_message_is_compared_by_content_and_metadata(
    tmp_path: Path, version: SpecVersion, said: MessageContents, produced: Any, kind: str | None
) -> None:
    result = verified(tmp_path, version, said, produced)
    assert result.success is (kind is None)
    (only_one,) = result.interactions
    assert {mismatch.kind for mismatch in only_one.mismatches} == ({kind} if kind else set())


def test_states_are_brought_about_and_left_for_messages_too(tmp_path: Path) -> None:
    pact = Pact("c", "p", directory=tmp_path)
    pact.given("state one").expects_to_receive("a message").with_content(BASIC).verify(lambda *_: None)
    calls: list[str] = []
    verifier = Verifier("p").message("a message", lambda: calls.append("made") or BASIC).pacts(pact.write())
    result = verifier.state("state one", lambda: calls.append("setup"), lambda: calls.append("teardown")).check()
    assert result.success
    assert calls == ["setup", "made", "teardown"]


def test_a_pending_message_is_reported_and_does_not_fail(tmp_path: Path) -> None:
    pact = Pact("c", "p", directory=tmp_path)
    pact.expects_to_receive("a message").pending().with_content(BASIC).verify(lambda *_: None)
    result = Verifier("p").message("a message", lambda: {"one": "cat"}).pacts(pact.write()).check()
    assert result.success
    assert [each.status for each in result.interactions] == ["pending"]
