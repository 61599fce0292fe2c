"""One matching rule on one value: a JSON value, or a text as in headers, queries and paths."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any

from accord.contract.matching.dates import DEFAULT_FORMATS, DateFormatError, matches_format
from accord.contract.mismatches import kind_of, shown
from accord.contract.patterns import TIME_LIMIT, PatternError, PatternTimeoutError, matches_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from accord.contract.rules import Rule, RuleList

    Check = Callable[[Rule, Any, Any], str | None]

_SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
    r"(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?\Z"
)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")
_COLLECTION_RULES = ("eachKey", "eachValue", "arrayContains")


def check_all(rules: RuleList, check: Callable[[Rule], str | None]) -> list[str]:
    """Apply the rules of one place and combine them.

    Returns:
        What is wrong, a sentence a rule; empty when the rules hold.
    """
    results = [check(rule) for rule in rules.rules]
    wrong = [message for message in results if message is not None]
    if rules.combine == "OR" and len(wrong) < len(results):
        return []
    return wrong


def check_json(rule: Rule, expected: Any, actual: Any, *, cascaded: bool) -> str | None:
    """Apply a rule to a JSON value that stands where a value without children was expected.

    Args:
        rule: the rule.
        expected: the example.
        actual: the value seen.
        cascaded: the rule was given for a parent: lengths and rules of collections do not apply here.

    Returns:
        What is wrong, or None.
    """
    if rule.match in _COLLECTION_RULES:
        return None if cascaded else f"the rule {rule.match!r} does not apply to {kind_of(actual)}"
    check = _JSON_CHECKS.get(rule.match)
    return check(rule, expected, actual) if check else f"the rule {rule.match!r} does not apply to a JSON value"


def check_text(rule: Rule, expected: str, actual: str) -> str | None:
    """Apply a rule to a text, as it stands in a header, a query or a path.

    Returns:
        What is wrong, or None.
    """
    check = _TEXT_CHECKS.get(rule.match)
    return check(rule, expected, actual) if check else f"the rule {rule.match!r} does not apply to a text"


def check_content_type(rule: Rule, data: bytes) -> str | None:
    """Apply the rule ``contentType`` to bytes."""
    from accord.contract.matching.content_types import has_content_type  # noqa: PLC0415 - a table few contracts need

    wanted = str(rule.get("value"))
    detected = has_content_type(data, wanted)
    return None if detected is None else f"expected content of the type {wanted}, seen {detected}"


def check_length(rule: Rule, size: int) -> str | None:
    """Apply ``min`` and ``max`` of a type rule to the length of a collection."""
    low, high = rule.get("min"), rule.get("max")
    if low is not None and size < low:
        return f"expected at least {low} item{'s' if low != 1 else ''}, seen {size}"
    if high is not None and size > high:
        return f"expected at most {high} item{'s' if high != 1 else ''}, seen {size}"
    return None


def check_pattern(pattern: str, text: str, actual: Any) -> str | None:
    """Apply a regular expression to the whole text."""
    try:
        found = matches_pattern(pattern, text)
    except PatternError as error:
        return str(error)
    except PatternTimeoutError:
        return (
            f"the regular expression {pattern!r} was still running after {TIME_LIMIT:g} s on {shown(actual)}; "
            "write it without nested repetition"
        )
    return None if found else f"expected a text that matches {pattern!r}, seen {shown(actual)}"


def strictly_equal(left: Any, right: Any) -> bool:
    """Whether two JSON values are the same, telling 1 from 1.0 and from true."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(strictly_equal(value, right[key]) for key, value in left.items())
    if isinstance(left, list):
        return len(left) == len(right) and all(map(strictly_equal, left, right))
    return bool(left == right)


def same_type(expected: Any, actual: Any) -> bool:
    """Whether two JSON values are of one type; all numbers are (specification V2, "match": "type")."""
    if isinstance(expected, bool) or isinstance(actual, bool):
        return isinstance(expected, bool) and isinstance(actual, bool)
    if isinstance(expected, (int, float)):
        return isinstance(actual, (int, float))
    return type(expected) is type(actual)


def _equality(_: Rule, expected: Any, actual: Any) -> str | None:
    return None if strictly_equal(expected, actual) else f"expected {shown(expected)}, seen {shown(actual)}"


def _type(rule: Rule, expected: Any, actual: Any) -> str | None:
    del rule
    if same_type(expected, actual):
        return None
    wanted = "a number" if kind_of(expected) in ("an integer", "a decimal") else kind_of(expected)
    return f"expected {wanted} such as {shown(expected)}, seen {_seen(actual)}"


def _seen(actual: Any) -> str:
    return "null" if actual is None else f"{kind_of(actual)}: {shown(actual)}"


def _is_kind(wanted: str, test: Callable[[Any], bool]) -> Check:
    def check(_: Rule, expected: Any, actual: Any) -> str | None:
        return None if test(actual) else f"expected {wanted} such as {shown(expected)}, seen {_seen(actual)}"

    return check


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _regex(rule: Rule, _: Any, actual: Any) -> str | None:
    if actual is None:  # or every pattern for words would take it, as the text null
        return f"expected a text that matches {rule.attributes['regex']!r}, seen null"
    return check_pattern(rule.attributes["regex"], _as_text(actual), actual)


def _include(rule: Rule, _: Any, actual: Any) -> str | None:
    part = _as_text(rule.attributes["value"])
    return (
        None
        if actual is not None and part in _as_text(actual)
        else f"expected a text that includes {part!r}, seen {shown(actual)}"
    )


def _date(rule: Rule, expected: Any, actual: Any) -> str | None:
    date_format = rule.get("format") or DEFAULT_FORMATS[rule.match]
    try:
        matches = isinstance(actual, str) and matches_format(actual, date_format)
    except DateFormatError as error:
        return str(error)
    except PatternTimeoutError:
        return (
            f"the {rule.match} format {date_format!r} can be read in too many ways to compare {shown(actual)} with it"
        )
    if matches:
        return None
    return f"expected a {rule.match} in the format {date_format!r} such as {shown(expected)}, seen {_seen(actual)}"


def _content_type(rule: Rule, _: Any, actual: Any) -> str | None:
    """In a JSON value, bytes stand as base64; a text that is none stands for itself."""
    text = _as_text(actual)
    try:
        data = base64.b64decode(text, validate=True) if isinstance(actual, str) else text.encode()
    except (binascii.Error, ValueError):
        data = text.encode("utf-8", "backslashreplace")
    return check_content_type(rule, data)


def _one_of(names: Iterable[str], check: Check) -> dict[str, Check]:
    return dict.fromkeys(names, check)


def _not_empty(_: Rule, expected: Any, actual: Any) -> str | None:
    if actual is None or actual in ("", [], {}):
        return f"expected a value that is not empty such as {shown(expected)}, seen {shown(actual)}"
    return None


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_JSON_CHECKS: dict[str, Check] = {
    **_one_of(("equality", "values"), _equality),  # 'values' frees the keys of an object, not what stands under them
    "type": _type,
    "regex": _regex,
    "include": _include,
    "integer": _is_kind("an integer", _is_integer),
    "decimal": _is_kind("a decimal", lambda value: isinstance(value, float)),
    "number": _is_kind("a number", lambda value: _is_integer(value) or isinstance(value, float)),
    "boolean": _is_kind("a boolean", lambda value: isinstance(value, bool) or value in ("true", "false")),
    "null": _is_kind("null", lambda value: value is None),
    "notEmpty": _not_empty,
    "contentType": _content_type,
    "semver": _is_kind("a semantic version", lambda value: isinstance(value, str) and bool(_SEMVER.match(value))),
    **_one_of(("date", "time", "datetime"), _date),
}
_TEXT_CHECKS: dict[str, Check] = {
    **_JSON_CHECKS,
    "type": lambda _rule, _expected, _actual: None,
    "integer": _is_kind("an integer", lambda value: value.isascii() and value.removeprefix("-").isdigit()),
    "decimal": _is_kind("a decimal", lambda value: bool(_NUMBER.match(value))),
    "number": _is_kind("a number", lambda value: bool(_NUMBER.match(value))),
}
del _TEXT_CHECKS["null"]
