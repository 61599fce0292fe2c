"""Identity, merging and differences of pacts."""

from __future__ import annotations

from typing import Any

import pytest

from accord.hub.domain.differences import difference
from accord.hub.domain.identity import canonical_json, interaction_sha, pact_sha, with_interaction_ids
from accord.hub.domain.merging import merged

# As the reference published it, with the identities that it gave.
INTERACTION = {
    "description": "a request for user 1",
    "providerStates": [{"name": "user exists", "params": {"id": 1}}],
    "request": {"method": "GET", "path": "/users/1"},
    "response": {
        "body": {"id": 1, "name": "bob"},
        "headers": {"Content-Type": "application/json"},
        "matchingRules": {
            "body": {
                "$.id": {"combine": "AND", "matchers": [{"match": "integer"}]},
                "$.name": {"combine": "AND", "matchers": [{"match": "type"}]},
            }
        },
        "status": 200,
    },
}
PACT = {
    "consumer": {"name": "Foo"},
    "interactions": [INTERACTION],
    "metadata": {"pactRust": {"models": "1.3.16"}, "pactSpecification": {"version": "3.0.0"}},
    "provider": {"name": "Bar"},
}


def changed(document: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {**document, **values}


def test_the_identities_are_those_of_the_reference() -> None:
    assert pact_sha(PACT) == "4733f9d8ef001c7a1ffc6538fb561c32bbff719d"
    assert interaction_sha(INTERACTION) == "c598e8a930478e85588f576934953a9bf102f251"
    assert with_interaction_ids(PACT)["interactions"][0]["_id"] == "c598e8a930478e85588f576934953a9bf102f251"


def test_neither_order_nor_metadata_nor_ids_make_another_pact() -> None:
    second = changed(INTERACTION, description="another")
    one = changed(PACT, interactions=[INTERACTION, second])
    other = changed(
        PACT,
        interactions=[dict(reversed(second.items())), INTERACTION],
        metadata={"pactSpecification": {"version": "3.0.0"}},
    )
    assert pact_sha(one) == pact_sha(other)
    assert pact_sha(one) != pact_sha(changed(one, metadata={"pactSpecification": {"version": "4.0"}}))
    ids = with_interaction_ids(with_interaction_ids(PACT))
    assert ids == with_interaction_ids(PACT)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1.0"),
        (1e16, "1.0e+16"),
        (1.5e-7, "1.5e-07"),
        (1e15, "1000000000000000.0"),
        (1e-5, "1.0e-05"),
        (12, "12"),
        (True, "true"),
    ],
)
def test_numbers_are_written_as_the_reference_writes_them(number: float, text: str) -> None:
    assert canonical_json({"a": [number]}) == f'{{"a":[{text}]}}'


def test_a_text_keeps_its_characters() -> None:
    assert canonical_json({"ä/": '"\\\n\u0001', "b": 1e20}) == '{"ä/":"\\"\\\\\\n\\u0001","b":1.0e+20}'


def test_merging_replaces_the_same_interaction_and_adds_the_rest() -> None:
    same = changed(INTERACTION, response={"status": 404})
    new = changed(INTERACTION, description="new")
    result = merged(with_interaction_ids(PACT), changed(PACT, interactions=[same, new]))
    assert result["interactions"] == [same, new]
    other_state = changed(INTERACTION, providerStates=[{"name": "other"}])
    assert len(merged(PACT, changed(PACT, interactions=[other_state]))["interactions"]) == 2


def test_a_difference_shows_what_changed_and_no_more() -> None:
    other = changed(PACT, interactions=[changed(INTERACTION, response={**INTERACTION["response"], "status": 201})])
    lines = difference(with_interaction_ids(PACT), other).splitlines()
    assert [line for line in lines if line[0] in "+-"] == ['-        "status": 200', '+        "status": 201']
    assert difference(PACT, with_interaction_ids(PACT)) == ""
