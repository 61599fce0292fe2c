"""Both engines put a value of the same type in place of an example, whatever the type of the example."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from accord.contract.bodies import Body
from accord.contract.generators import prepare_answer
from accord.contract.model import Response
from tests.conformance.differential import reference

GENERATORS: list[dict[str, Any]] = [
    {"type": "RandomInt", "min": 0, "max": 9},
    {"type": "RandomDecimal", "digits": 5},
    {"type": "RandomHexadecimal", "digits": 4},
    {"type": "RandomString", "size": 4},
    {"type": "Regex", "regex": r"\d{3}"},
    {"type": "Uuid"},
    {"type": "Date", "format": "yyyy"},
    {"type": "Time", "format": "HH:mm"},
    {"type": "DateTime", "format": "yyyy-MM-dd"},
    {"type": "RandomBoolean"},
]
EXAMPLES: list[Any] = ["a", 1, 1.5, True, None, [1], {"k": 1}]


def made_by_us(generator: dict[str, Any]) -> list[Any]:
    paths = {f"$[{index}]": generator for index in range(len(EXAMPLES))}
    made: list[Any] = prepare_answer(Response(200, body=Body.of_json(EXAMPLES), generators={"body": paths})).body.json()
    return made


def made_by_the_reference(generator: dict[str, Any]) -> list[Any]:
    attributes = {name: value for name, value in generator.items() if name != "type"}
    template = [
        {"pact:matcher:type": "type", "pact:generator:type": generator["type"], "value": example, **attributes}
        for example in EXAMPLES
    ]
    with reference.answering(json.dumps(template)) as url, urllib.request.urlopen(url) as answer:  # noqa: S310 - loopback
        made: list[Any] = json.loads(answer.read())
        return made


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda generator: generator["type"])
def test_a_generated_value_has_the_type_it_has_with_the_reference(generator: dict[str, Any]) -> None:
    reference.engine()
    ours, theirs = made_by_us(generator), made_by_the_reference(generator)
    assert [type(value) for value in ours] == [type(value) for value in theirs], (ours, theirs)
