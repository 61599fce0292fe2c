from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from accord.contract import matchers as match
from accord.contract import patterns
from accord.contract.matching.json_body import match_json
from accord.contract.templates import TemplateParts
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

ALL: list[tuple[match.Matcher, object, object]] = [
    (match.like({"a": 1}), {"a": 2}, {"a": "x"}),
    (match.each_like(1), [5, 6], []),
    (match.each_like({"id": match.integer(1)}, min=2, max=3), [{"id": 1}, {"id": 2}], [{"id": 1}]),
    (match.each_like(1, min=0), [], ["x"]),
    (match.regex("[a-z]+", "abc"), "xyz", "1"),
    (match.term("[a-z]+", "abc"), "xyz", "1"),
    (match.string(), "", 1),
    (match.integer(), 7, 7.5),
    (match.decimal(), 7.5, 7),
    (match.decimal(100), 7.5, 7),
    (match.number(), 7.5, "7"),
    (match.boolean(), False, 0),
    (match.null(), None, 0),
    (match.uuid(), str(uuid.UUID(int=5)), "x"),
    (match.uuid(uuid.UUID(int=7)), str(uuid.UUID(int=5)).upper(), "x"),
    (match.date(), "2024-02-29", "2025-02-29"),
    (match.date(dt.date(2025, 1, 15)), "2024-02-29", "15.1.2025"),
    (match.time(dt.time(10, 30)), "23:59:59", "24:00:00"),
    (match.datetime(), "2025-01-15T10:30:00+01:00", "2025-01-15"),
    (match.iso8601(), "2025-01-15T10:30:00.123456+01:00", "2025-01-15"),
    (match.includes("b", "abc"), "xbx", "x"),
    (match.equal_to({"a": [1]}), {"a": [1]}, {"a": [1], "b": 2}),
    (match.like({"a": match.like([match.integer(1)])}), {"a": [2]}, {"a": ["x"]}),
]


@pytest.mark.parametrize(("matcher", "good", "bad"), ALL, ids=[str(index) for index in range(len(ALL))])
def test_a_matcher_takes_its_own_example_and_its_like_and_nothing_else(
    matcher: match.Matcher, good: object, bad: object
) -> None:
    parts = TemplateParts(matcher)
    for value in (parts.example, good):
        assert match_json(parts.example, value, parts.rules, allow_unexpected=True) == []
    assert match_json(parts.example, bad, parts.rules, allow_unexpected=True)


def test_every_public_matcher_is_among_them() -> None:
    untested = set(match.__all__) - {"Matcher"}
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_matcher*.py"))
    assert not {name for name in untested if f"match.{name}(" not in text}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: match.regex("[a-z]+", "ABC"), "the whole text must match"),
        (lambda: match.regex("(", "a"), "is not a valid regular expression"),
        (lambda: match.uuid("x"), r"match.uuid\('x'\): expected a UUID such as"),
        (lambda: match.string(1), r"match.string\(1\): expected a str"),
        (lambda: match.integer(True), "expected an int"),
        (lambda: match.integer("1"), "expected an int"),
        (lambda: match.decimal(True), "expected a float"),
        (lambda: match.decimal("1"), "expected a float"),
        (lambda: match.number(False), "expected a number"),
        (lambda: match.boolean(1), "expected a bool"),
        (lambda: match.date("15.1.2025"), "is not in the format 'yyyy-MM-dd'"),
        (lambda: match.date(format="b"), "has no meaning"),
        (lambda: match.time("25:00:00"), "is not in the format"),
        (lambda: match.includes("a", "b"), "does not include"),
        (lambda: match.each_like(1, min=3, max=2), "expected 0 <= min"),
        (lambda: match.each_like(1, min=-1), "expected 0 <= min"),
        (lambda: match.each_like(1, min=2, examples=1), "expected 0 <= min"),
        (lambda: match.each_like(1, max=2, examples=3), "expected 0 <= min"),
    ],
)
def test_a_matcher_that_contradicts_itself_is_refused_at_once(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "expected"),
    [(match.integer, "an int"), (match.boolean, "a bool"), (match.string, "a str")],
)
def test_an_example_of_another_type_is_refused_with_the_type_expected(make: Any, expected: str) -> None:
    with pytest.raises(UsageError, match=f"expected {expected} as the example"):
        make([])


def test_a_pattern_that_never_ends_on_its_example_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "TIME_LIMIT", 0.02)
    with pytest.raises(UsageError, match="was still running"):
        match.regex("(a|aa)+", "a" * 60 + "c")
