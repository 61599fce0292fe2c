from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from accord.contract.bodies import Body
from accord.contract.model import (
    AsyncMessage,
    Contract,
    HttpInteraction,
    MessageContents,
    ProviderState,
    Request,
    Response,
    SyncMessage,
)
from accord.contract.reading import contract_from_json
from accord.contract.rule_format import rules_from_json
from accord.contract.spec import SpecVersion
from accord.contract.writing import contract_to_json
from accord.core.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

PARTICIPANTS: dict[str, Any] = {"consumer": {"name": "web"}, "provider": {"name": "orders"}}
V1 = {
    **PARTICIPANTS,
    "interactions": [
        {
            "description": "an order",
            "providerState": "it exists",
            "request": {"method": "GET", "path": "/orders/1", "query": "a=1&b=x+y"},
            "response": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": {"id": 1}},
            "x-own": {"kept": True},
        }
    ],
    "metadata": {"tool": {"name": "t"}, "pactSpecification": {"version": "1.1.0"}},
    "x-links": [1],
}
V2 = json.loads(json.dumps(V1).replace("1.1.0", "2.0.0"))
V2["interactions"][0]["response"]["matchingRules"] = {"$.body.id": {"match": "type"}}
V3 = {
    **PARTICIPANTS,
    "interactions": [
        {
            "description": "an order",
            "providerStates": [{"name": "it exists", "params": {"id": 1}}, {"name": "a user"}],
            "request": {
                "method": "POST",
                "path": "/orders",
                "query": {"a": ["1", "2"]},
                "headers": {"Accept": "a, b"},
                "body": "plain",
                "x-request": 1,
            },
            "response": {
                "status": 200,
                "body": None,
                "matchingRules": {"body": {"$": {"combine": "OR", "matchers": [{"match": "null"}, {"match": "type"}]}}},
                "generators": {"body": {"$.id": {"type": "Uuid"}}},
                "x-response": 1,
            },
        }
    ],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}
V3_MESSAGES = {
    **PARTICIPANTS,
    "messages": [{"description": "an event", "contents": {"a": 1}, "metaData": {"key": "k"}, "x-own": 1}],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}
CONTENT = {"content": {"a": 1}, "contentType": "application/json", "encoded": False}
V4 = {
    **PARTICIPANTS,
    "interactions": [
        {
            "type": "Synchronous/HTTP",
            "description": "an order",
            "key": "k1",
            "pending": True,
            "comments": {"text": ["why"]},
            "request": {"method": "GET", "path": "/", "headers": {"Accept": ["a", "b"]}, "body": CONTENT},
            "response": {
                "status": 200,
                "body": {"content": "AP8=", "contentType": "image/png", "encoded": "base64"},
            },
            "pluginConfiguration": {"x": 1},
        },
        {
            "type": "Asynchronous/Messages",
            "description": "an event",
            "pending": False,
            "contents": {"content": "plain", "contentType": "text/plain", "encoded": False},
            "metadata": {"contentType": "text/plain"},
            "interactionMarkup": {"markup": "m"},
        },
        {
            "type": "Synchronous/Messages",
            "description": "a quote",
            "pending": False,
            "request": {"contents": CONTENT, "x-own": 1},
            "response": [{"contents": CONTENT, "metadata": {"k": 1}, "x-own": 2}],
        },
    ],
    "metadata": {"pactSpecification": {"version": "4.0"}},
}


@pytest.mark.parametrize("document", [V1, V2, V3, V3_MESSAGES, V4], ids=["V1.1", "V2", "V3", "V3 messages", "V4"])
def test_a_file_survives_a_round_trip_with_what_we_do_not_know(document: dict[str, Any]) -> None:
    assert contract_to_json(contract_from_json(document)) == document


@pytest.mark.parametrize("document", [V1, V2, V3, V3_MESSAGES], ids=["V1.1", "V2", "V3", "V3 messages"])
def test_an_older_file_written_as_v4_says_the_same(document: dict[str, Any]) -> None:
    old = contract_from_json(document)
    new = contract_from_json(contract_to_json(replace(old, version=SpecVersion.V4)))
    assert new.version is SpecVersion.V4
    for before, after in zip(old.interactions, new.interactions, strict=True):
        assert (before.description, before.states) == (after.description, after.states)
        if isinstance(before, HttpInteraction):
            assert isinstance(after, HttpInteraction)
            assert before.response.body.data == after.response.body.data
            assert before.request.query == after.request.query
            assert list(before.response.rules.category("body")) == list(after.response.rules.category("body"))


def contract(*interactions: Any, version: SpecVersion) -> Contract:
    return Contract("web", "orders", tuple(interactions), version)


EVENT = AsyncMessage("an event", contents=MessageContents(Body.of_json({"a": 1})))
HTTP = HttpInteraction("an order", request=Request(), response=Response())


@pytest.mark.parametrize(
    ("interactions", "version", "message"),
    [
        ([HTTP, EVENT], SpecVersion.V3, "only version 4.0 can, this is to be 3.0.0"),
        ([EVENT], SpecVersion.V2, "needs version 3.0 or 4.0, this pact is to be 2.0.0"),
        ([SyncMessage("a quote")], SpecVersion.V3, "needs version 4.0, this pact is to be 3.0.0"),
        (
            [replace(HTTP, states=(ProviderState("a"), ProviderState("b")))],
            SpecVersion.V2,
            "several provider states or states with parameters need version 3.0 or 4.0",
        ),
        ([replace(HTTP, states=(ProviderState("a", {"id": 1}),))], SpecVersion.V1_1, "states with parameters"),
        (list(contract_from_json(V3).interactions), SpecVersion.V2, "several"),
    ],
)
def test_what_a_version_cannot_express_is_refused(interactions: list[Any], version: SpecVersion, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        contract_to_json(contract(*interactions, version=version))
    assert message in str(caught.value)


def test_alternatives_of_rules_are_refused_before_v3() -> None:
    rules = contract_from_json(V3).interactions[0].response.rules  # type: ignore[attr-defined]  # it is an HTTP one
    item = replace(HTTP, response=Response(rules=rules))
    with pytest.raises(UsageError, match="several rules"):
        contract_to_json(contract(item, version=SpecVersion.V2))


def ruled(rules: dict[str, Any], **more: Any) -> HttpInteraction:
    return replace(HTTP, response=Response(rules=rules_from_json(rules, "$", v2=False), **more))


EACH_KEY = {"match": "eachKey", "rules": [{"match": "regex", "regex": "a+"}]}


@pytest.mark.parametrize(
    ("item", "version", "message"),
    [
        (
            ruled({"body": {"$.a": {"matchers": [EACH_KEY]}}}),
            SpecVersion.V3,
            (
                "interaction 'an order', response, body $.a: the rule 'eachKey' needs version 4.0, "
                "this pact is to be 3.0.0; write it as version='4.0'"
            ),
        ),
        (
            ruled({"status": {"matchers": [{"match": "statusCode", "status": "success"}]}}),
            SpecVersion.V3,
            "response, status $: the rule 'statusCode' needs version 4.0",
        ),
        (
            ruled({"header": {"X-A": {"matchers": [{"match": "integer"}]}}}),
            SpecVersion.V2,
            "response, header X-A: the rule 'integer' needs version 3.0, this pact is to be 2.0.0; write it as version='3.0'",
        ),
        (
            ruled({"body": {"$.a": {"matchers": [{"match": "type"}]}}}),
            SpecVersion.V1_1,
            "the rule 'type' needs version 2.0",
        ),
        (
            ruled({}, generators={"body": {"$.a": {"type": "Uuid", "format": "simple"}}}),
            SpecVersion.V3,
            "response, body $.a: a generated UUID in a format of its own needs version 4.0",
        ),
        (
            replace(EVENT, contents=MessageContents(Body.of_bytes(b"\xff\x00", "text/plain"))),
            SpecVersion.V3,
            "interaction 'an event', contents, body: bytes that are no text, under the type text/plain, need version 4.0",
        ),
    ],
)
def test_what_would_mean_something_else_in_an_older_file_is_refused(
    tmp_path: Path, item: Any, version: SpecVersion, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        contract(item, version=version).write(tmp_path / "p.json")
    assert message in str(caught.value)
    assert not (tmp_path / "p.json").exists()
    contract(item, version=SpecVersion.V4).write(tmp_path / "p.json")


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ({"key": "k"}, "its key;"),
        ({"pending": True, "comments": {"text": ["why"]}}, "its pending, comments;"),
    ],
)
def test_what_older_tools_pass_over_is_kept_with_a_warning(tmp_path: Path, notes: dict[str, Any], named: str) -> None:
    with pytest.warns(UserWarning, match=f"interaction 'an order': tools of version 3.0.0 pass over {named}"):
        contract(replace(HTTP, **notes), version=SpecVersion.V3).write(tmp_path / "p.json")
    (read,) = Contract.read(tmp_path / "p.json").interactions
    assert {name: getattr(read, name) for name in notes} == notes


@pytest.mark.parametrize(
    ("data", "content_type", "stands_as"),
    [
        (b"\xff\x00", "image/png", "/wA="),
        (b"abcd", "application/octet-stream", "YWJjZA=="),
        (b"a: [1]", "application/yaml", "a: [1]"),
        (b"abcd", "text/plain", "abcd"),
        (b"abcd", "application/xml", "abcd"),
    ],
)
@pytest.mark.parametrize("version", [SpecVersion.V1, SpecVersion.V2, SpecVersion.V3])
def test_bytes_stand_in_base64_before_v4_where_a_text_would_be_misread(
    version: SpecVersion, data: bytes, content_type: str, stands_as: str
) -> None:
    headers = {"Content-Type": (content_type,)}
    item = replace(HTTP, response=Response(headers=headers, body=Body.of_bytes(data, content_type)))
    document = contract_to_json(contract(item, version=version))
    assert document["interactions"][0]["response"]["body"] == stands_as
    (read,) = contract_from_json(document).interactions
    assert isinstance(read, HttpInteraction)
    assert read.response.body.data == data


def test_several_values_of_a_header_are_one_line_before_v4() -> None:
    item = replace(HTTP, request=Request(headers={"Accept": ("a", "b")}))
    (written,) = contract_to_json(contract(item, version=SpecVersion.V3))["interactions"]
    assert written["request"]["headers"] == {"Accept": "a, b"}


def test_an_empty_contract_still_has_its_list() -> None:
    assert contract_to_json(contract(version=SpecVersion.V3))["interactions"] == []


def test_a_file_is_written_whole_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "p.json"
    contract_from_json(V4).write(path)
    assert json.loads(path.read_text(encoding="utf-8")) == V4
    assert os.listdir(path.parent) == ["p.json"]  # noqa: PTH208 - the names are the point


def test_half_a_surrogate_pair_in_a_body_is_written_as_an_escape(tmp_path: Path) -> None:
    item = replace(HTTP, response=Response(body=Body.of_json("\ud800")))
    contract(item, version=SpecVersion.V4).write(tmp_path / "p.json")
    assert b"\\ud800" in (tmp_path / "p.json").read_bytes()
    read = Contract.read(tmp_path / "p.json").interactions[0]
    assert isinstance(read, HttpInteraction)
    assert read.response.body.json() == "\ud800"


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DocumentError, match=r"cannot be written: .*file is a file; a folder was expected"):
        contract_from_json(V4).write(tmp_path / "file" / "p.json")
