from __future__ import annotations

import pytest

from accord.contract import patterns
from accord.contract.patterns import PatternError, PatternTimeoutError, compile_pattern, matches_pattern

ENDLESS = "(a|aa)+"


@pytest.mark.parametrize(("text", "expected"), [("ab", True), ("xab", False), ("abx", False), ("", False)])
def test_a_pattern_is_for_the_whole_text(text: str, *, expected: bool) -> None:
    assert matches_pattern("ab", text) is expected


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(a", "is not a valid regular expression"),
        ("(" * 10_000, "nest too deep"),
        ("((a{1000}){1000}){1000}", "repeats more than 50000 things"),
        ("a{99999999999999}", "repeats more than 50000 things"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_before_it_costs_anything(pattern: str, message: str) -> None:
    with pytest.raises(PatternError, match=message) as caught:
        compile_pattern(pattern)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("pattern", [r"[0-9a-f]{8}(-[0-9a-f]{4}){3}", r"(\d{100}){100}", r"\{5\}[{9}]{3}", "a{0}b{2,}"])
def test_counts_of_everyday_patterns_are_fine(pattern: str) -> None:
    assert compile_pattern(pattern)


def test_a_pattern_that_was_too_slow_once_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "TIME_LIMIT", 0.02)
    monkeypatch.setattr(patterns, "_too_slow", set())
    with pytest.raises(PatternTimeoutError):
        matches_pattern(ENDLESS, "a" * 60 + "c")
    with pytest.raises(PatternTimeoutError):
        matches_pattern(ENDLESS, "")  # quick to answer, were it tried
