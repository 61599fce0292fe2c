"""Regular expressions that come from a contract: compiled once, and never allowed to run for ever."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

TIME_LIMIT = 1.0
"""Seconds one pattern may take on one value."""

_too_slow: set[str] = set()


class PatternError(ValueError):
    """A pattern that is no regular expression."""


class PatternTimeoutError(Exception):
    """A pattern was still running at the time limit."""


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Any:
    """Compile a pattern.

    Raises:
        PatternError: with the position at fault.
    """
    import regex  # noqa: PLC0415 - 10 ms that a contract without patterns need not pay

    try:
        return regex.compile(pattern)
    except regex.error as error:
        raise PatternError(f"{pattern!r} is not a valid regular expression: {error}") from None


def matches_pattern(pattern: str, text: str) -> bool:
    """Whether a pattern matches the whole text (specification cases V3, "plain text regex matching").

    Raises:
        PatternError: not a regular expression.
        PatternTimeoutError: still running after TIME_LIMIT; the same pattern is not tried again in this process.
    """
    compiled = compile_pattern(pattern)
    if pattern in _too_slow:
        raise PatternTimeoutError(pattern)
    try:
        return compiled.fullmatch(text, timeout=TIME_LIMIT) is not None
    except TimeoutError:
        _too_slow.add(pattern)
        raise PatternTimeoutError(pattern) from None
