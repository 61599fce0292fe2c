"""Cases in which we once disagreed with the reference and were wrong."""

from __future__ import annotations

import json

import pytest

from accord.contract.paths import join
from tests.conformance.differential import reference
from tests.conformance.differential.cases import BodyCase
from tests.conformance.differential.http_cases import RequestCase


@pytest.fixture(autouse=True, scope="module")
def _engine() -> None:
    reference.engine()


TYPE, EQUALITY, VALUES, NOT_EMPTY = ({"match": name} for name in ("type", "equality", "values", "notEmpty"))
INTEGER, DATE = {"match": "integer"}, {"match": "date", "format": "yyyy-MM-dd"}


def each(*rules: dict[str, object]) -> dict[str, object]:
    return {"match": "eachValue", "rules": list(rules)}


def root(*matchers: dict[str, object], combine: str = "AND") -> dict[str, object]:
    return {"body": {"$": {"combine": combine, "matchers": list(matchers)}}}


def dated(date_format: str, text: str) -> BodyCase:
    rules = {"body": {"$.a": {"matchers": [{"match": "datetime", "format": date_format}]}}}
    return BodyCase('{"a": "x"}', json.dumps({"a": text}), rules)


BODIES = {
    "values frees the keys of an object, not its values": (BodyCase('{"a": 1}', '{"a": 2}', root(VALUES)), False),
    "values takes the same value under another key": (BodyCase('{"a": 1}', '{"b": 1}', root(VALUES)), True),
    "values on a single value is equality": (
        BodyCase('{"a": 1}', '{"a": 1}', {"body": {"$.a": {"matchers": [VALUES]}}}),
        True,
    ),
    "what stands beside equality counts too": (BodyCase("[1]", "[1]", root(EQUALITY, {"match": "null"})), False),
    "equality alone counts, whatever it would be combined with": (
        BodyCase("{}", '{"a": 1}', root(EQUALITY, combine="OR")),
        False,
    ),
    "rules below what must be equal count too": (
        BodyCase('{"a": "x"}', '{"a": "x"}', {"body": root(EQUALITY)["body"] | {"$.a": {"matchers": [INTEGER]}}}),  # type: ignore[operator]
        False,
    ),
    "every eachValue counts": (BodyCase("[1.5]", "[1.5]", root(each(TYPE), each(INTEGER))), False),
    "what stands beside eachValue reaches the items": (BodyCase('["x"]', '["x"]', root(each(TYPE), DATE)), False),
    "what stands beside arrayContains reaches the items": (
        BodyCase(
            '[1, "a"]', '["a", 1]', root({"match": "arrayContains", "variants": [{"index": 0, "rules": {}}]}, TYPE)
        ),
        False,
    ),
    "an offset has fewer than 24 hours": (dated("yyyy-MM-dd'T'HH:mm:ssXXX", "2024-02-29T10:30:59+25:00"), False),
    "an offset has fewer than 60 minutes": (dated("yyyy-MM-dd'T'HH:mm:ssXXX", "2024-02-29T10:30:59+02:60"), False),
    "2023 has no 366th day": (dated("yyyy-DDD", "2023-366"), False),
    "a year of five digits needs a sign": (dated("yyyy-MM-dd", "10000-01-01"), False),
    "one of two rules holds for a whole array": (
        BodyCase("[1]", "[3, 4]", root(EQUALITY, {"match": "type", "min": 2}, combine="OR")),
        True,
    ),
    "neither of two rules holds for a whole array": (
        BodyCase("[1]", "[3]", root(EQUALITY, {"match": "type", "min": 2}, combine="OR")),
        False,
    ),
    "a rule of its own further down counts in each alternative": (
        BodyCase(
            '{"a": [1]}',
            '{"a": ["x"]}',
            {"body": root(TYPE, NOT_EMPTY, combine="OR")["body"] | {"$.a[*]": {"matchers": [INTEGER]}}},  # type: ignore[operator]
        ),
        False,
    ),
    "notEmpty reaches the objects below": (BodyCase('{"a": {}}', '{"a": {}}', root(NOT_EMPTY)), False),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_once_judged_wrongly_is_judged_as_the_reference_does(name: str) -> None:
    case, matches = BODIES[name]
    assert (not case.ours()) == (not case.theirs()) == matches


REQUESTS = {
    "equality wants as many values of a parameter as expected": RequestCase(
        "/", "/?q=", query={"q": ["", "1"]}, rules={"query": {"q": {"matchers": [EQUALITY]}}}
    ),
    "a parameter may be called $": RequestCase(
        "/", "/?%24=x", query={"$": ["x"]}, rules={"query": {"$": {"matchers": [INTEGER]}}}
    ),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_once_taken_wrongly_is_refused_as_the_reference_does(name: str) -> None:
    assert REQUESTS[name].theirs() is not None
    assert REQUESTS[name].ours()


@pytest.mark.parametrize("name", ["a\\b", "a.b", "a[0]", 'say "hi"', "ключ", "a b", "*", "$", "12"])
def test_the_reference_reads_the_path_we_write_for_an_odd_name(name: str) -> None:

    rules = {"body": {join("$", name): {"matchers": [TYPE]}}}
    assert BodyCase(json.dumps({name: 1}), json.dumps({name: 2}), rules).theirs() == []
