"""Regular expressions that come from a contract: compiled once, and never allowed to run for ever."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

TIME_LIMIT = 1.0
"""Seconds one pattern may take on one value."""

MAX_UNROLLED = 50_000
"""How many things a pattern may ask for when its counts are multiplied out: compiling takes memory for each of them."""

_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d+)(?:,\d*)?\}|.", re.DOTALL)
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

    if _unrolled(pattern) > MAX_UNROLLED:
        raise PatternError(f"{_cut(pattern)} repeats more than {MAX_UNROLLED} things; write it without nested counts")
    try:
        return regex.compile(pattern)
    except regex.error as error:
        raise PatternError(f"{_cut(pattern)} is not a valid regular expression: {error}") from None
    except RecursionError:
        raise PatternError(f"{_cut(pattern)} is not a usable regular expression: its groups nest too deep") from None


def matches_pattern(pattern: str, text: str) -> bool:
    """Whether a pattern matches the whole text (specification cases V3, "plain text regex matching").

    Raises:
        PatternError: not a regular expression.
        PatternTimeoutError: still running after TIME_LIMIT; the same pattern is not tried again in this process.
    """
    return fullmatch(pattern, text) is not None


def fullmatch(pattern: str, text: str) -> Any:
    """The match of a pattern with the whole text, or None; raises as matches_pattern does."""
    compiled = compile_pattern(pattern)
    if pattern in _too_slow:
        raise PatternTimeoutError(pattern)
    try:
        return compiled.fullmatch(text, timeout=TIME_LIMIT)
    except TimeoutError:
        _too_slow.add(pattern)
        raise PatternTimeoutError(pattern) from None


def _unrolled(pattern: str) -> int:
    """How many things a pattern asks for, each count taken as often as it must come: ``(a{10}b){3}`` has 33."""
    total, last, outer = 0, 0, []
    for piece in _PIECE.finditer(pattern):
        text, count = piece.group(), piece.group(1)
        if text == "(":
            outer.append(total)
            total, last = 0, 0
        elif text == ")" and outer:
            last = total
            total += outer.pop()
        elif count is not None:
            total += last * (max(_number(count), 1) - 1)
        else:
            last = 1
            total += 1
    return total


def _number(digits: str) -> int:
    return int(digits) if len(digits) < len(str(MAX_UNROLLED)) + 1 else MAX_UNROLLED + 1


def _cut(pattern: str) -> str:
    text = repr(pattern)
    return text if len(text) <= 80 else f"{text[:79]}…"  # noqa: PLR2004 - one line of a terminal
