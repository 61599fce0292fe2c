"""What Accord does not know survives it; what is older is read as if it were new; what is newer is not cut down."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.contract.model import AsyncMessage, HttpInteraction
from accord.contract.reading import contract_from_json
from accord.contract.spec import SpecVersion
from accord.contract.writing import contract_to_json
from accord.core.errors import UsageError

ODD = {"odd": {"deep": [1, None]}}
RULES = {"combine": "AND", "matchers": [{"match": "type", "odd": 1}], **ODD}
BODY = {"content": {"id": 1}, "contentType": "application/json", "encoded": False, "contentTypeHint": "TEXT"}
GENERATORS = {"body": {"$.id": {"type": "RandomInt", "min": 1, "max": 5}}, "odd": {"x": {"type": "PlugIn", "a": 1}}}
V4 = {
    "consumer": {"name": "C", **ODD},
    "provider": {"name": "P", "odd": 1},
    "interactions": [
        {
            "type": "Synchronous/HTTP", "description": "d", "key": "k1", "pending": True, "comments": {"text": ["t"], "testname": "n", **ODD},
            "providerStates": [{"name": "s", "params": {"a": 1}, **ODD}],
            "transport": "http", "pluginConfiguration": {"p": 1}, "interactionMarkup": {"markup": "m"},
            "request": {
                "method": "POST", "path": "/", "query": {"q": ["1", "2"]}, "headers": {"A": ["1"]}, "body": BODY,
                "matchingRules": {
                    "path": RULES, "query": {"q": RULES, "$.q[1]": RULES}, "header": {"A": RULES}, "body": {"$.id": RULES},
                },
                "generators": GENERATORS, **ODD,
            },
            "response": {
                "status": 200, "matchingRules": {"status": {"combine": "AND", "matchers": [{"match": "statusCode", "status": "success"}]}}, **ODD,
            },
            **ODD,
        },
        {
            "type": "Asynchronous/Messages", "description": "e", "pending": False, "transport": "kafka",
            "contents": {"content": "AAEC/w==", "contentType": "application/octet-stream", "encoded": "base64"},
            "metadata": {"key": "x"}, "matchingRules": {"metadata": {"key": RULES}}, "generators": {"metadata": {"key": {"type": "Uuid"}}}, **ODD,
        },
        {
            "type": "Synchronous/Messages", "description": "f", "pending": False,
            "request": {"contents": BODY, "generators": GENERATORS}, "response": [{"contents": BODY, "metadata": {"a": 1}}],
        },
    ],
    "metadata": {"pactSpecification": {"version": "4.0"}, "plugins": [{"name": "p"}], **ODD},
    **ODD,
}  # fmt: skip
V3 = {
    "consumer": {"name": "C"},
    "provider": {"name": "P"},
    "interactions": [
        {
            "description": "d", "providerStates": [{"name": "s", "params": {"a": 1}}], "comments": {"text": ["t"]}, "key": "k", "pending": True,
            "request": {"method": "GET", "path": "/", "query": {"q": ["1"]}, "generators": GENERATORS, "matchingRules": {"query": {"q": RULES}}},
            "response": {"status": 200, "headers": {"A": "1, 2"}, "body": {"id": 1}, **ODD}, **ODD,
        }
    ],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}  # fmt: skip
V2 = {
    "consumer": {"name": "C"},
    "provider": {"name": "P"},
    "interactions": [
        {
            "description": "d", "providerState": "s",
            "request": {
                "method": "GET", "path": "/orders/1", "query": "q=1&q=2&r=a+b", "headers": {"A": "1"}, "generators": {"path": {"type": "Uuid"}},
                "matchingRules": {
                    "$.path": {"match": "regex", "regex": r"/orders/\d+"}, "$.query.q[0]": {"match": "type"}, "$.headers.A": {"match": "type"},
                },
            },
            "response": {"status": 200, "body": {"id": 1}, "matchingRules": {"$.body.id": {"match": "type"}, "$.body['a b']": {"match": "type", "min": 1}}},
            **ODD,
        }
    ],
    "metadata": {"pactSpecification": {"version": "2.0.0"}},
}  # fmt: skip


@pytest.mark.parametrize("document", [V4, V3, V2], ids=["V4", "V3", "V2"])
def test_a_file_that_is_read_and_written_is_the_same(document: dict[str, Any]) -> None:
    assert contract_to_json(contract_from_json(document)) == document


JSON = st.recursive(st.none() | st.booleans() | st.integers(0, 99) | st.sampled_from(["", "x"]), lambda each: st.lists(each, max_size=2) | st.dictionaries(st.sampled_from("ab"), each, max_size=2), max_leaves=4)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["x-one", "x-two"]), JSON, max_size=2))
def test_unknown_keys_survive_everywhere(unknown: dict[str, Any]) -> None:
    def sprinkled(value: Any, path: tuple[str, ...] = ()) -> Any:
        if isinstance(value, list):
            return [sprinkled(each, path) for each in value]
        if not isinstance(value, dict):
            return value
        inside = {key: sprinkled(each, (*path, key)) for key, each in value.items()}
        named = (
            "params",
            "headers",
            "query",
            "content",
            "body",
            "matchingRules",
            "generators",
            "metadata",
            "path",
            "status",
        )
        # Below these, every key means something: a name, a path, a category.
        return inside if any(name in path for name in named) else {**inside, **unknown}

    document = sprinkled(V4)
    assert contract_to_json(contract_from_json(document)) == document


def test_an_old_file_becomes_a_new_one() -> None:
    contract = replace(contract_from_json(V2), version=SpecVersion.V4)
    [interaction] = contract_to_json(contract)["interactions"]
    assert interaction["providerStates"] == [{"name": "s"}]
    request, response = interaction["request"], interaction["response"]
    assert request["query"] == {"q": ["1", "2"], "r": ["a b"]}
    assert request["headers"] == {"A": ["1"]}
    one = {"combine": "AND", "matchers": [{"match": "type"}]}
    assert request["matchingRules"] == {
        "path": {"combine": "AND", "matchers": [{"match": "regex", "regex": r"/orders/\d+"}]},
        "query": {"$.q[0]": one},
        "header": {"A": one},
    }
    assert response["body"] == {"content": {"id": 1}, "contentType": "application/json", "encoded": False}
    assert list(response["matchingRules"]["body"]) == ["$.id", "$['a b']"]
    assert contract_to_json(contract_from_json(contract_to_json(contract))) == contract_to_json(contract)


def test_the_kinds_of_a_new_file_are_told_apart() -> None:
    http, event, call = contract_from_json(V4).interactions
    assert isinstance(http, HttpInteraction)
    assert isinstance(event, AsyncMessage)
    assert event.contents.body.data == b"\x00\x01\x02\xff"
    assert (http.key, http.pending, http.comments["testname"]) == ("k1", True, "n")
    assert call.description == "f"


@pytest.mark.parametrize(
    ("version", "keep", "reason"),
    [
        (SpecVersion.V2, 0, "provider states"),
        (SpecVersion.V3, 2, "needs version 4.0"),
        (SpecVersion.V2, 1, "needs version 3.0 or 4.0"),
    ],
)
def test_what_an_older_version_cannot_hold_is_not_cut_down(version: SpecVersion, keep: int, reason: str) -> None:
    contract = contract_from_json(V4)
    smaller = replace(contract, version=version, interactions=(contract.interactions[keep],))
    with pytest.raises(UsageError, match=reason):
        contract_to_json(smaller)


def test_generators_are_not_cut_down() -> None:
    [http] = contract_from_json(V3).interactions
    contract = replace(contract_from_json(V3), version=SpecVersion.V2, interactions=(replace(http, states=()),))
    with pytest.raises(UsageError, match=r"generators \(body, odd\) need version 3.0 or 4.0"):
        contract_to_json(contract)
