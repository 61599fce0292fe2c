"""Regular expressions of stub mappings: Java's dialect where Python's differs, and never allowed to run for ever."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from accord.contract.patterns import PatternError, compile_pattern

TIME_LIMIT = 0.25
"""Seconds one pattern may take on one value: while it runs, the server answers nobody else."""

_QUOTED = re.compile(r"\\Q(.*?)(?:\\E|$)", re.DOTALL)
_NAMED_BACK = re.compile(r"\\k<(\w+)>")
_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}]")
_ASCII_CLASSES = "Lower|Upper|ASCII|Alpha|Digit|Alnum|Punct|Graph|Print|Blank|Cntrl|XDigit|Space"
_ALL_LETTERS = re.compile(rf"\\[pP](?!\{{(?:{_ASCII_CLASSES})\}})")
_UNICODE = "(?U)"
_too_slow: dict[str, int] = {}

__all__ = ["PatternError", "find_pattern", "literal_prefix", "matches_pattern", "prepare"]


@lru_cache(maxsize=20_000)
def prepare(pattern: str) -> Any:
    r"""Compile a pattern, with Java's ``\\Q…\\E`` and a dot that stands for line ends too, as WireMock has it.

    As in Java ``\\w``, ``\\d``, ``\\s`` and small letters for capitals mean ASCII, unless the pattern itself names
    classes of Unicode (``\\p{L}``) or asks for all of it (``(?U)``).

    Raises:
        PatternError: not a regular expression.
    """
    plain = _QUOTED.sub(lambda found: re.escape(found.group(1)), pattern)
    plain = _NAMED_BACK.sub(r"(?P=\1)", plain)
    # The library's newer syntax has Java's sets in sets: [a-z&&[^b]].
    flags = "s" if _UNICODE in plain or _ALL_LETTERS.search(plain) else "sa"
    if "&&" in plain:
        flags += "V1"
    try:
        return compile_pattern(f"(?{flags}){plain.replace(_UNICODE, '')}")
    except PatternError:
        compile_pattern(pattern)  # says what is wrong of the pattern as it was written
        raise


def matches_pattern(pattern: str, text: str) -> bool:
    """Whether a pattern matches the whole text; one that takes too long does not match."""
    return _run(pattern, "fullmatch", text) is not None


def find_pattern(pattern: str, text: str) -> Any:
    """The first place where a pattern matches, or None."""
    return _run(pattern, "search", text)


def too_slow() -> list[str]:
    """The patterns that were given up, for reports."""
    return list(_too_slow)


def literal_prefix(pattern: str) -> str:
    """The text that everything a pattern matches begins with."""
    if "|" in pattern:
        return ""
    found = _SPECIAL.search(pattern)
    if found is None:
        return pattern
    end = found.start()
    if found.group() in "?*{" and end:  # what is before them may be missing
        end -= 1
    return pattern[:end]


def _run(pattern: str, how: str, text: str) -> Any:
    """Run a pattern; one that has been too slow for a text of some length is not tried on one as long again."""
    limit = _too_slow.get(pattern)
    if limit is not None and len(text) >= limit:
        return None
    try:
        return getattr(prepare(pattern), how)(text, timeout=TIME_LIMIT)
    except TimeoutError:
        _too_slow[pattern] = min(len(text), limit or len(text))
        return None
