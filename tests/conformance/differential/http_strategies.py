"""What Hypothesis makes: requests and responses with rules on their parts, and ones that nearly match."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hypothesis import strategies as st

from tests.conformance.differential.http_cases import RequestCase, ResponseCase
from tests.conformance.differential.strategies import documents, matching_rules, mutated

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

PATHS = ("/", "/orders", "/orders/1", "/orders/12", "/orders/a", "/orders/1/items", "/Orders/1", "/2024-02-29", "/ünï")
PARAMETERS = ("q", "page", "tag[]", "a.b", "Q", "$")
PARAMETER_VALUES = ("1", "2", "12", "a", "abc", "a b", "true", "1.5", "-3", "2024-02-29", "ünï", "a&b=c", "a,b", "")
HEADERS = ("X-Tag", "x-tag", "Accept", "Cache-Control", "X-Request-Id", "If-Modified-Since", "ETag", "Vary")
HEADER_VALUES = (
    "a", "abc", "A", "1", "12", "1.5", "a, b", "a,b", "b, a", "application/json", "application/json;charset=utf-8",
    "application/json; charset=UTF-8", "text/plain;q=0.5, application/json", "no-cache", "no-cache, max-age=10",
    "Thu, 29 Feb 2024 10:30:59 GMT", "2024-02-29", '"33a64df5"', "Accept, X-Tag", "true",
)  # fmt: skip
RULES: tuple[dict[str, Any], ...] = (
    {"match": "type"},
    {"match": "equality"},
    {"match": "regex", "regex": r"^\d+$"},
    {"match": "regex", "regex": "[a-z]+"},
    {"match": "regex", "regex": "^.*$"},
    {"match": "include", "value": "a"},
    {"match": "integer"},
    {"match": "decimal"},
    {"match": "number"},
    {"match": "boolean"},
    {"match": "semver"},
    {"match": "notEmpty"},
    {"match": "date", "format": "yyyy-MM-dd"},
)
PATH_RULES: tuple[dict[str, Any], ...] = (
    {"match": "regex", "regex": r"/orders/\d+"},
    {"match": "regex", "regex": "^/.*$"},
    {"match": "regex", "regex": r"^/orders(/\w+)*$"},
    {"match": "include", "value": "orders"},
    {"match": "type"},
    {"match": "equality"},
    {"match": "date", "format": "'/'yyyy-MM-dd"},
)

rule_lists = st.builds(
    lambda matchers, combine: {"matchers": matchers, "combine": combine},
    st.lists(st.sampled_from(RULES), min_size=1, max_size=2),
    st.sampled_from(("AND", "OR")),
)


@st.composite
def _values(draw: DrawFn, names: tuple[str, ...], values: tuple[str, ...], at_most: int) -> dict[str, list[str]]:
    chosen = draw(st.lists(st.sampled_from(names), max_size=2, unique_by=str.lower))
    return {name: draw(st.lists(st.sampled_from(values), min_size=1, max_size=at_most)) for name in chosen}


@st.composite
def _near(
    draw: DrawFn, expected: dict[str, list[str]], names: tuple[str, ...], values: tuple[str, ...]
) -> dict[str, list[str]]:
    """Names with values that differ from the expected ones here and there."""
    seen = {name: list(items) for name, items in expected.items()}
    for _ in range(draw(st.integers(0, 2))):
        name = draw(st.sampled_from((*seen, *names)))
        change = draw(st.sampled_from(("value", "more", "fewer", "drop", "reverse")))
        items = seen.setdefault(name, [draw(st.sampled_from(values))])
        if change == "value":
            items[draw(st.integers(0, len(items) - 1))] = draw(st.sampled_from(values))
        elif change == "more":
            items.append(draw(st.sampled_from(values)))
        elif change == "reverse":
            items.reverse()
        elif change == "drop" or len(items) == 1:
            del seen[name]
        else:
            items.pop()
    return seen


@st.composite
def _name_rules(draw: DrawFn, expected: dict[str, list[str]]) -> dict[str, Any]:
    if not expected or draw(st.booleans()):
        return {}
    chosen = draw(st.lists(st.sampled_from(sorted(expected)), unique=True, min_size=1))
    return {name: draw(rule_lists) for name in chosen}


def _pairs(headers: dict[str, list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, values in headers.items() for value in values)


@st.composite
def request_cases(draw: DrawFn) -> RequestCase:
    """An expected request and one like it. Either its parts or its JSON body are at stake, so that failures stay small."""
    if draw(st.integers(0, 3)) == 0:
        return draw(_requests_with_bodies())
    path = draw(st.sampled_from(PATHS))
    sent_path = draw(st.sampled_from((path, path, *PATHS)))
    query = draw(_values(PARAMETERS, PARAMETER_VALUES, 3))
    headers = draw(_values(HEADERS, HEADER_VALUES, 1))
    sent_query = draw(_near(query, PARAMETERS, PARAMETER_VALUES))
    sent_headers = draw(_near(headers, HEADERS, HEADER_VALUES))
    rules: dict[str, Any] = {
        "query": draw(_name_rules(query)),
        "header": draw(_name_rules(headers)),
    }
    if draw(st.booleans()):
        rules["path"] = {"matchers": [draw(st.sampled_from(PATH_RULES))]}
    text = "&".join(f"{quote(name)}={quote(value)}" for name, value in _pairs(sent_query))
    return RequestCase(
        path=path,
        sent_target=quote(sent_path) + (f"?{text}" if text else ""),
        query=query,
        headers=headers,
        sent_headers=_pairs(sent_headers),
        rules={name: content for name, content in rules.items() if content},
        method=draw(st.sampled_from(("GET", "POST"))),
        sent_method=draw(st.sampled_from(("GET", "POST"))),
    )


@st.composite
def _requests_with_bodies(draw: DrawFn) -> RequestCase:
    example = draw(documents)
    actual = example
    for _ in range(draw(st.integers(0, 2))):
        actual = draw(mutated(actual))
    rules = draw(matching_rules(example, "4.0"))
    return RequestCase(
        path="/",
        sent_target="/",
        body=json.dumps(example),
        sent_body=json.dumps(actual),
        rules=rules,
    )


STATUS_RULES: SearchStrategy[dict[str, Any]] = st.sampled_from(
    (*("info", "success", "redirect", "clientError", "serverError", "nonError", "error"), [200, 201], [404])
).map(lambda status: {"match": "statusCode", "status": status})


def _written(name: str, values: list[str], version: str) -> Any:
    """A header as the versions write it: V4 a list of its elements, before it one text."""
    if version != "4.0":
        return ", ".join(values)
    return values if name == "If-Modified-Since" else [part.strip() for value in values for part in value.split(",")]


@st.composite
def response_cases(draw: DrawFn) -> ResponseCase:
    """An expected response and one like it."""
    version = draw(st.sampled_from(("4.0", "3.0")))
    status = draw(st.sampled_from((200, 201, 204, 301, 400, 404, 500)))
    headers = draw(_values(HEADERS, HEADER_VALUES, 1))
    given = draw(_near(headers, HEADERS, HEADER_VALUES))
    rules: dict[str, Any] = {"header": draw(_name_rules(headers))}
    if version == "4.0" and draw(st.booleans()):
        rules["status"] = {"matchers": [draw(STATUS_RULES)]}
    document = {
        "status": status,
        "headers": {name: _written(name, values, version) for name, values in headers.items()},
        "matchingRules": {name: content for name, content in rules.items() if content},
    }
    return ResponseCase(
        document=document,
        version=version,
        status=draw(st.sampled_from((status, status, 200, 202, 404, 503))),
        headers=_pairs(given),
    )
