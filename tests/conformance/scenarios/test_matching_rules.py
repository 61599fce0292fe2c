"""Every matching rule on a request or response, where it holds and where it does not, in our own words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accord.contract import match_request, match_response
from accord.contract.bodies import Body
from accord.contract.model import Request, Response
from accord.contract.reading import request_from_json, response_from_json
from accord.contract.spec import SpecVersion
from tests.conformance.scenarios.documents import JPEG, OTHER_JPEG, PDF

BASIC = {"one": "a", "two": "b"}
LEVELS = {"one": {"a": {"ids": [1, 2, 3, 4], "status": "OK"}}, "two": [{"ids": [1], "status": "BAD"}]}
TYPE, LENGTH = {"match": "type"}, {"match": "type", "min": 1, "max": 4}
DATE = {"match": "date", "format": "yyyy-MM-dd"}
WORD = {"match": "regex", "regex": "[a-z]+"}


def rules(**by_path: dict[str, Any]) -> dict[str, Any]:
    """Rules of the body; a double underscore stands for a dot, ``root`` for the document itself."""
    paths = {("$" if name == "root" else "$." + name.replace("__", ".")): rule for name, rule in by_path.items()}
    return {"body": {path: {"combine": "AND", "matchers": [rule]} for path, rule in paths.items()}}


def one(value: Any) -> dict[str, Any]:
    return {"one": value, "two": "b"}


HOLDS: list[tuple[str, Any, dict[str, Any], Any]] = [
    ("include", BASIC, rules(one={"match": "include", "value": "a"}), one("cat")),
    (
        "minimum and maximum",
        LEVELS,
        rules(one=TYPE, one__a__ids=LENGTH, **{"two__*__ids": LENGTH}),
        {"one": {"a": {"ids": [100], "status": "OK"}}, "two": [{"ids": [1, 2, 3], "status": "BAD"}]},
    ),
    ("number: integer", BASIC, rules(one={"match": "number"}), one(100)),
    ("number: decimal", BASIC, rules(one={"match": "number"}), one(100.01)),
    ("integer", BASIC, rules(one={"match": "integer"}), one(100)),
    ("decimal", BASIC, rules(one={"match": "decimal"}), one(100.1234)),
    ("null", BASIC, rules(one={"match": "null"}), one(None)),
    ("date", BASIC, rules(one=DATE), one("2023-07-19")),
    ("boolean", one(True), rules(one={"match": "boolean"}), one(False)),
    (
        "values",
        BASIC,
        rules(root={"match": "values"}, **{"*": TYPE}),
        {"one": "", "three": "b", "four": "c", "five": "100"},
    ),
    (
        "not empty",
        {"one": "a", "two": ["b"]},
        rules(one={"match": "notEmpty"}, two={"match": "notEmpty"}),
        {"one": "cat", "two": ["rat"]},
    ),
    (
        "semver",
        BASIC,
        rules(one={"match": "semver"}, two={"match": "semver"}),
        {"one": "1.0.0", "two": "2.0.0"},
    ),
    (
        "each key",
        BASIC,
        rules(root={"match": "eachKey", "rules": [WORD]}, **{"*": TYPE}),
        {"one": "a", "two": "b", "three": "c", "four": "d"},
    ),
    (
        "each value",
        BASIC,
        rules(root={"match": "eachValue", "rules": [WORD]}),
        {"one": "a", "three": "b", "four": "c", "five": "d"},
    ),
]
BREAKS: list[tuple[str, Any, dict[str, Any], Any, set[str]]] = [
    (
        "equality further down ends a type rule",
        LEVELS,
        rules(one=TYPE, one__a__status={"match": "equality"}),
        {"one": {"a": {"ids": [100, 2, 3, 4], "status": "Fine"}}, "two": [{"ids": [1], "status": "BAD"}]},
        {"$.one.a.status"},
    ),
    ("include", BASIC, rules(one={"match": "include", "value": "a"}), one("dog"), {"$.one"}),
    (
        "minimum and maximum",
        LEVELS,
        rules(one=TYPE, one__a__ids=LENGTH, **{"two__*__ids": LENGTH}),
        {"one": {"a": {"ids": [], "status": "OK"}}, "two": [{"ids": [1, 2, 3, 4, 5], "status": "BAD"}]},
        {"$.one.a.ids", "$.two[0].ids"},
    ),
    ("number: boolean", BASIC, rules(one={"match": "number"}), one(True), {"$.one"}),
    ("number: text", BASIC, rules(one={"match": "number"}), one("100X01"), {"$.one"}),
    ("integer: array", BASIC, rules(one={"match": "integer"}), one([]), {"$.one"}),
    ("integer: decimal", BASIC, rules(one={"match": "integer"}), one(100.1), {"$.one"}),
    ("integer: text", BASIC, rules(one={"match": "integer"}), one("100X01"), {"$.one"}),
    ("decimal: null", BASIC, rules(one={"match": "decimal"}), one(None), {"$.one"}),
    ("decimal: integer", BASIC, rules(one={"match": "decimal"}), one(100), {"$.one"}),
    ("null: empty text", BASIC, rules(one={"match": "null"}), one(""), {"$.one"}),
    ("date in another format", BASIC, rules(one=DATE), one("23/07/19"), {"$.one"}),
    ("boolean: empty text", one(True), rules(one={"match": "boolean"}), one(""), {"$.one"}),
    (
        "values: one of another type",
        BASIC,
        rules(root={"match": "values"}, **{"*": TYPE}),
        {"one": "", "two": "b", "three": "c", "four": 100},
        {"$.four"},
    ),
    (
        "not empty",
        {"one": "a", "two": ["b"]},
        rules(one={"match": "notEmpty"}, two={"match": "notEmpty"}),
        {"one": "", "two": []},
        {"$.one", "$.two"},
    ),
    (
        "not empty, but of another kind",
        {"one": "a", "two": ["b"]},
        rules(one={"match": "notEmpty"}, two={"match": "notEmpty"}),
        {"one": "a", "two": "b"},
        {"$.two"},
    ),
    (
        "semver",
        BASIC,
        rules(one={"match": "semver"}, two={"match": "semver"}),
        {"one": "1.0", "two": "1.0abc"},
        {"$.one", "$.two"},
    ),
    (
        "each key",
        BASIC,
        rules(root={"match": "eachKey", "rules": [WORD]}, **{"*": TYPE}),
        {"one": "a", "two": "b", "three": "c", "100": "d"},
        {"$['100']"},
    ),
    (
        "each value",
        BASIC,
        rules(root={"match": "eachValue", "rules": [{"match": "regex", "regex": "[a-z]*"}]}),
        {"one": "", "two": "b", "three": "c", "four": "100"},
        {"$.four"},
    ),
]


def differences(expected: Any, its_rules: dict[str, Any], actual: Any) -> list[str]:
    document = {"method": "PUT", "path": "/", "matchingRules": its_rules}
    document["body"] = {"content": expected, "contentType": "application/json"}
    wanted = request_from_json(document, SpecVersion.V4)
    sent = Request("PUT", "/", body=Body.of_bytes(json.dumps(actual).encode(), "application/json"))
    return [mismatch.path for mismatch in match_request(wanted, sent, spec=SpecVersion.V4)]


@pytest.mark.parametrize(("name", "expected", "its_rules", "actual"), HOLDS, ids=[each[0] for each in HOLDS])
def test_a_rule_holds(name: str, expected: Any, its_rules: dict[str, Any], actual: Any) -> None:
    assert differences(expected, its_rules, actual) == [], name


@pytest.mark.parametrize(("name", "expected", "its_rules", "actual", "where"), BREAKS, ids=[each[0] for each in BREAKS])
def test_a_rule_does_not_hold_and_says_where(
    name: str, expected: Any, its_rules: dict[str, Any], actual: Any, where: set[str]
) -> None:
    assert set(differences(expected, its_rules, actual)) == where, name


@pytest.mark.parametrize(("status", "holds"), [(200, True), (299, True), (400, False), (199, False)])
def test_a_class_of_status_codes(status: int, holds: object) -> None:
    document = {
        "status": 200,
        "matchingRules": {"status": {"matchers": [{"match": "statusCode", "status": "success"}]}},
    }
    found = match_response(response_from_json(document, SpecVersion.V4), Response(status), spec=SpecVersion.V4)
    assert [mismatch.kind for mismatch in found] == ([] if holds else ["status"])


@pytest.mark.parametrize(
    ("rule", "sent", "holds"),
    [
        ({"match": "contentType", "value": "image/jpeg"}, OTHER_JPEG, True),
        ({"match": "contentType", "value": "image/jpeg"}, PDF, False),
        ({"match": "notEmpty"}, OTHER_JPEG, True),
        ({"match": "notEmpty"}, b"", False),
    ],
)
@pytest.mark.parametrize("content_type", ["application/octet-stream", "image/jpeg"])
def test_rules_of_binary_bodies(rule: dict[str, Any], sent: bytes, holds: object, content_type: str) -> None:
    expected = Request(
        "PUT",
        "/",
        headers={"Content-Type": content_type},
        body=Body.of_bytes(JPEG, content_type),
        rules=request_from_json({"matchingRules": rules(root=rule)}, SpecVersion.V4).rules,
    )
    actual = Request("PUT", "/", headers={"Content-Type": content_type}, body=Body.of_bytes(sent, content_type))
    found = match_request(expected, actual, spec=SpecVersion.V4)
    assert bool(found) is not holds, found


@pytest.mark.parametrize(
    ("part", "sent", "holds"),
    [
        ({"path": "/aaa/100/"}, Request("GET", "/XYZ/123"), True),
        ({"path": "/aaa/100/"}, Request("GET", "/XYZ/12"), False),
        ({"query": "a=1&b=2"}, Request("GET", "/", {"b": ("2",), "a": ("999",)}), True),
        ({"query": "a=1&b=2"}, Request("GET", "/", {"a": ("123", "9999"), "b": ("2",)}), True),
        ({"query": "a=1&b=2"}, Request("GET", "/", {"a": ("123", "9999X"), "b": ("2",)}), False),
        ({"headers": {"X-Test": "1000"}}, Request("GET", "/", headers={"X-Test": ("1000", "1234", "9999")}), True),
        ({"headers": {"X-Test": "1000"}}, Request("GET", "/", headers={"X-Test": ("1000", "1234", "9999ABC")}), False),
    ],
)
def test_rules_of_v2_on_path_parameters_and_headers(part: dict[str, Any], sent: Request, holds: object) -> None:
    digits = {"match": "regex", "regex": r"\d{1,4}"}
    its_rules = {"$.path": {"match": "regex", "regex": r"\/\w{3}\/\d{3}"}} if "path" in part else {}
    its_rules |= {"$.query.a": digits} if "query" in part else {}
    its_rules |= {"$.header.X-Test": digits} if "headers" in part else {}
    expected = request_from_json({"method": "GET", "path": "/", **part, "matchingRules": its_rules}, SpecVersion.V2)
    assert (match_request(expected, sent, spec=SpecVersion.V2) == []) is holds


JSON_TYPE, UTF8 = "application/json", "application/json;charset=UTF-8"
ACCEPT = "text/html, application/xhtml+xml, application/xml, image/webp, */*"


@pytest.mark.parametrize(
    ("name", "expected", "actual", "holds"),
    [
        ("content-type", JSON_TYPE, JSON_TYPE, True),
        ("content-type", UTF8, "application/json;charset=utf-8", True),
        ("content-type", JSON_TYPE, UTF8, True),
        ("content-type", UTF8, JSON_TYPE, False),
        ("content-type", "application/json;charset=UTF-16", UTF8, False),
        ("accept", ACCEPT, "text/html, application/xhtml+xml, application/xml;q=0.9, image/webp, */*;q=0.8", True),
        ("accept", ACCEPT, "text/html, application/xml;q=0.9, image/webp, */*;q=0.8", False),
    ],
)
def test_headers_with_parameters(name: str, expected: str, actual: str, holds: object) -> None:
    wanted, sent = Request(headers={name: (expected,)}), Request(headers={name: (actual,)})
    assert (match_request(wanted, sent, spec=SpecVersion.V3) == []) is holds
