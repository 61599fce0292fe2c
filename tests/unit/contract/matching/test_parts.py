from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accord.contract.bodies import Body
from accord.contract.matching import match_message, match_request, match_response
from accord.contract.model import MessageContents, Request, Response
from accord.contract.rule_format import rules_from_json
from accord.contract.spec import SpecVersion

if TYPE_CHECKING:
    from accord.contract.rules import MatchingRules


def rules(**categories: Any) -> MatchingRules:
    return rules_from_json(categories, "$", v2=False)


def all_of(*matchers: dict[str, Any]) -> dict[str, Any]:
    return {"matchers": list(matchers)}


def request_places(expected: Request, actual: Request, spec: SpecVersion = SpecVersion.V4) -> list[str]:
    return [mismatch.place for mismatch in match_request(expected, actual, spec=spec)]


def response_places(expected: Response, actual: Response) -> list[str]:
    return [mismatch.place for mismatch in match_response(expected, actual, spec=SpecVersion.V4)]


def message_places(expected: MessageContents, actual: MessageContents) -> list[str]:
    return [mismatch.place for mismatch in match_message(expected, actual, spec=SpecVersion.V4)]


def test_the_method_counts_without_case() -> None:
    assert request_places(Request("get"), Request("GET")) == []
    assert request_places(Request("GET"), Request("POST")) == ["method"]


def test_the_path_is_equal_or_keeps_its_rule() -> None:
    assert request_places(Request(path="/a"), Request(path="/a")) == []
    assert request_places(Request(path="/a"), Request(path="/b")) == ["path"]
    ruled = Request(path="/1", rules=rules(path=all_of({"match": "regex", "regex": r"/\d+"})))
    assert request_places(ruled, Request(path="/99")) == []
    assert request_places(ruled, Request(path="/x")) == ["path"]


@pytest.mark.parametrize("received", ["/gr%C3%B6%C3%9Fe/a%20b", "/größe/a b"])
def test_a_path_is_compared_as_it_stands_on_the_wire(received: str) -> None:
    assert request_places(Request(path="/größe/a b"), Request(path=received)) == []
    assert request_places(Request(path="/größe/a"), Request(path=received)) == ["path"]
    ruled = Request(path="/größe/a b", rules=rules(path=all_of({"match": "regex", "regex": "/größe/[a-z ]+"})))
    assert request_places(ruled, Request(path=received)) == []
    assert request_places(Request(path="/a/b"), Request(path="/a%2Fb")) == ["path"]


QUERY_RULE = {
    "integer": ("1", "22", "x"),
    "decimal": ("1.5", "2.5", "x"),
    "number": ("1", "1.5", "x"),
    "boolean": ("true", "false", "yes"),
    "date": ("2025-01-15", "2024-02-29", "2025-02-29"),
    "semver": ("1.0.0", "2.0.0", "2"),
    "notEmpty": ("a", "b", ""),
}


@pytest.mark.parametrize("match", QUERY_RULE)
def test_rules_apply_to_parameters_headers_and_metadata_as_texts(match: str) -> None:
    example, good, bad = QUERY_RULE[match]
    ruled = rules(query={"p": all_of({"match": match})}, header={"X-P": all_of({"match": match})})
    expected = Request(query={"p": (example,)}, headers={"x-p": (example,)}, rules=ruled)
    assert request_places(expected, Request(query={"p": (good,)}, headers={"X-P": (good,)})) == []
    assert request_places(expected, Request(query={"p": (bad,)}, headers={"X-P": (bad,)})) == ["query p", "header x-p"]


@pytest.mark.parametrize(
    ("expected", "actual", "places"),
    [
        ({"a": ("1",)}, {"a": ("1",)}, []),
        ({"a": ("1", "2")}, {"a": ("2", "1")}, ["query a"]),
        ({"a": ("1",)}, {}, ["query a"]),
        ({}, {"a": ("1",)}, ["query a"]),
        ({"a": ("1",), "b": ("2",)}, {"b": ("2",), "a": ("1",)}, []),
    ],
)
def test_parameters_are_compared_by_name_with_their_values_in_order(
    expected: dict[str, tuple[str, ...]], actual: dict[str, tuple[str, ...]], places: list[str]
) -> None:
    assert request_places(Request(query=expected), Request(query=actual)) == places


def test_a_rule_for_a_parameter_may_count_its_values() -> None:
    expected = Request(query={"a": ("1",)}, rules=rules(query={"a": all_of({"match": "type", "min": 1, "max": 2})}))
    assert request_places(expected, Request(query={"a": ("x", "y")})) == []
    assert request_places(expected, Request(query={"a": ("x", "y", "z")})) == ["query a"]


def test_a_rule_for_one_index_leaves_the_other_values_as_they_are() -> None:
    expected = Request(query={"a": ("1", "2")}, rules=rules(query={"$.a[1]": all_of({"match": "integer"})}))
    assert request_places(expected, Request(query={"a": ("1", "9")})) == []
    assert request_places(expected, Request(query={"a": ("9", "2")})) == ["query a"]
    assert request_places(expected, Request(query={"a": ("1",)})) == ["query a"]


def test_v1_compares_the_query_as_a_text() -> None:
    expected, actual = Request(query_text="a=1&b=2"), Request(query_text="b=2&a=1")
    assert request_places(expected, actual, SpecVersion.V1) == ["query query"]
    assert request_places(expected, expected, SpecVersion.V1) == []


@pytest.mark.parametrize(
    ("expected", "actual", "places"),
    [
        ({"X-A": ("1",)}, {"x-a": ("1",), "Other": ("2",)}, []),
        ({"X-A": ("1",)}, {"X-A": ("2",)}, ["header X-A"]),
        ({"X-A": ("1",)}, {}, ["header X-A"]),
        ({"Accept": ("a,b",)}, {"Accept": ("a, b",)}, []),
        ({"Accept": ("a", "b")}, {"accept": ("a, b",)}, []),
        ({"Accept": ("a, b",)}, {"Accept": ("a",), "accept": ("b",)}, []),
        ({"Accept": ("a, b",)}, {"Accept": ("b, a",)}, ["header Accept"]),
        ({"Content-Type": ("a/b;charset=UTF-8",)}, {"content-type": ("a/b; charset=utf-8",)}, []),
        ({"Content-Type": ("a/b",)}, {"content-type": ("a/b; charset=utf-8",)}, []),
        ({"Content-Type": ("a/b; charset=utf-8",)}, {"content-type": ("a/b",)}, ["header Content-Type"]),
        ({"Date": ("Mon, 1 Jan",)}, {"Date": ("Mon, 1 Jan",)}, []),
    ],
)
def test_headers_are_compared_without_the_case_of_names_and_the_spaces_of_lists(
    expected: dict[str, tuple[str, ...]], actual: dict[str, tuple[str, ...]], places: list[str]
) -> None:
    assert request_places(Request(headers=expected), Request(headers=actual)) == places


@pytest.mark.parametrize(
    ("wanted", "good", "bad"),
    [
        ("success", 204, 301),
        ("clientError", 404, 500),
        ("serverError", 503, 404),
        ("redirect", 302, 200),
        ("info", 101, 200),
        ("nonError", 302, 400),
        ("error", 500, 200),
        ([200, 201], 201, 202),
    ],
)
def test_a_status_may_be_a_class_or_one_of_several(wanted: object, good: int, bad: int) -> None:
    expected = Response(200, rules=rules(status=all_of({"match": "statusCode", "status": wanted})))
    assert response_places(expected, Response(good)) == []
    assert response_places(expected, Response(bad)) == ["status"]


def test_a_status_without_a_rule_is_equal_and_may_be_left_open() -> None:
    assert response_places(Response(200), Response(404)) == ["status"]
    assert response_places(Response(None), Response(404)) == []


@pytest.mark.parametrize(
    ("expected", "actual", "places"),
    [
        (Body("missing"), Body.of_text("anything"), []),
        (Body("empty"), Body("empty"), []),
        (Body("null"), Body("empty"), []),
        (Body("null"), Body.of_bytes(b"null", "application/json"), []),
        (Body("empty"), Body.of_text("x"), ["body $"]),
        (Body.of_json({"a": 1}), Body("empty"), ["body $"]),
        (Body.of_json({"a": 1}), Body.of_bytes(b"a=1", "text/plain"), ["content-type $"]),
        (Body.of_json({"a": 1}), Body.of_bytes(b'{"a":1}', "application/hal+json"), []),
        (Body.of_json({"a": 1}), Body.of_bytes(b'{"a":', "application/json"), ["body $"]),
        (Body.of_json({"a": 1}), Body.of_bytes(b"\xff", "application/json"), ["body $"]),
        (Body.of_text("a", "text/plain"), Body.of_text("a", "text/plain; charset=x"), []),
        (Body.of_text("a", "text/plain"), Body.of_text("b", "text/plain"), ["body $"]),
    ],
)
def test_bodies_are_compared_by_what_they_are(expected: Body, actual: Body, places: list[str]) -> None:
    assert response_places(Response(body=expected), Response(body=actual)) == places


def test_a_rule_on_a_text_body_is_for_the_whole_text() -> None:
    expected = Response(
        body=Body.of_text("abc", "text/plain"), rules=rules(body={"$": all_of({"match": "regex", "regex": "[a-c]+"})})
    )
    assert response_places(expected, Response(body=Body.of_text("cba", "text/plain"))) == []
    assert response_places(expected, Response(body=Body.of_text("cbax", "text/plain"))) == ["body $"]


def test_metadata_is_compared_by_value_or_rule_and_the_body_tells_its_own_type() -> None:
    ruled = rules(metadata={"n": all_of({"match": "integer"}), "k": all_of({"match": "regex", "regex": "o-.*"})})
    expected = MessageContents(metadata={"n": 1, "k": "o-1", "s": "x", "contentType": "application/json"}, rules=ruled)
    assert message_places(expected, MessageContents(metadata={"n": 5, "k": "o-9", "s": "x", "more": 1})) == []
    assert message_places(expected, MessageContents(metadata={"n": "5", "k": "9"})) == [
        "metadata n",
        "metadata k",
        "metadata s",
    ]
    other = MessageContents(metadata={"n": 1, "k": "o-1", "s": "x", "contentType": "text/plain"})
    assert message_places(expected, other) == ["metadata contentType"]


def test_a_message_may_hold_more_than_is_expected() -> None:
    expected = MessageContents(Body.of_json({"a": 1}))
    assert message_places(expected, MessageContents(Body.of_json({"a": 1, "b": 2}))) == []
    assert message_places(expected, MessageContents(Body.of_json({"b": 2}))) == ["body $.a"]
