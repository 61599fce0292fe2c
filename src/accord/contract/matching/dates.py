"""Dates and times checked against a format in the letters of Java's DateTimeFormatter (specification V3)."""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from functools import lru_cache

from accord.contract.date_formats import DEFAULT_FORMATS, RANGES, DateFormatError, Field, FormatPart, parse_format
from accord.contract.patterns import fullmatch

__all__ = ["DEFAULT_FORMATS", "DateFormatError", "matches_format"]

_ZONE_NAME = r"(?:[A-Za-z]+(?:/[A-Za-z_+\-0-9]+)*)"
_SIXTY = r"[0-5]\d"
_HOURS = r"[+-](?:[01]\d|2[0-3])"
_OFFSETS = {
    1: rf"{_HOURS}(?:{_SIXTY})?",
    2: rf"{_HOURS}{_SIXTY}",
    3: rf"{_HOURS}:{_SIXTY}",
    4: rf"{_HOURS}{_SIXTY}(?:{_SIXTY})?",
    5: rf"{_HOURS}:{_SIXTY}(?::{_SIXTY})?",
}


_LEAP_YEAR = 366
"""Days of a leap year."""


def matches_format(text: str, date_format: str) -> bool:
    """Whether a text is a date or time in that format, with every part in its range.

    Raises:
        DateFormatError: the format is wrong.
        PatternTimeoutError: the format can be read in so many ways that comparing never ends.
    """
    pattern = _compiled(date_format)
    found = fullmatch(pattern, text)
    if found is None:
        return False
    parts = {name[0]: int(value) for name, value in found.groupdict().items() if value and value.isdigit()}
    in_range = all(low <= parts[letter] <= high for letter, (low, high) in RANGES.items() if letter in parts)
    return in_range and _exists(parts)


def _exists(parts: dict[str, int]) -> bool:
    """Whether year, month and day, or year and day, make a day of the calendar."""
    if parts.get("D") == _LEAP_YEAR and "y" in parts:
        return isleap(parts["y"])
    month = parts.get("M", parts.get("L"))
    if month is None or "d" not in parts:
        return True
    year = parts.get("y", 2000)  # without a year, 29 February may be right
    # The calendar repeats every 400 years, and Python's knows none beyond 9999.
    return parts["d"] <= monthrange(year % 400 + 2000, month)[1]


@lru_cache(maxsize=256)
def _compiled(date_format: str) -> str:
    seen: set[str] = set()
    return "".join(_pattern(part, seen) for part in parse_format(date_format))


def _pattern(part: FormatPart, seen: set[str]) -> str:
    if isinstance(part, str):
        return re.escape(part)
    if isinstance(part, Field):
        return _field(part, seen)
    return f"(?:{''.join(_pattern(each, seen) for each in part.parts)})?"


def _field(field: Field, seen: set[str]) -> str:
    worded = _worded(field)
    if worded is not None:
        return worded
    digits = _digits(field.letter, field.width)
    if field.letter in seen:
        return digits
    seen.add(field.letter)
    return f"(?P<{field.letter}_>{digits})"


def _worded(field: Field) -> str | None:
    """Fields written in words or as an offset; None for those in digits."""
    letter, width = field.letter, field.width
    if field.is_named:
        return f"(?i:{'|'.join(field.names)})"
    if letter == "G":
        return "(?i:AD|BC|Anno Domini|Before Christ|A|B)"
    if letter == "a":
        return "(?i:AM|PM)"
    if letter in "Xx":
        offset = _OFFSETS.get(width, _OFFSETS[5])
        return f"(?:Z|{offset})" if letter == "X" else f"(?:{offset})"
    if letter == "Z":
        return f"(?:{_OFFSETS[2] if width < 4 else 'Z|(?:GMT)?' + _OFFSETS[3]})"  # noqa: PLR2004 - ZZZZ is a localised offset
    if letter in "zvVO":
        return f"(?:{_ZONE_NAME}(?:[+-]\\d{{1,2}}(?::?\\d{{2}})?)?|[+-]\\d{{2}}:?\\d{{2}}|Z)"
    return None


def _digits(letter: str, width: int) -> str:
    if letter in "yuY":
        if width == 2:  # noqa: PLR2004 - yy is two digits
            return r"\d{2}"
        # Years of more digits than letters need a sign, as in ISO 8601.
        return r"[+-]?\d{1,9}" if width < 4 else r"(?:-?\d{4}|[+-]\d{5,9})"  # noqa: PLR2004 - four letters are a whole year
    if letter in "SnNA":
        return rf"\d{{{width}}}" if letter == "S" else r"\d+"
    if letter in "Qq":
        return r"\d{1,2}"
    return rf"\d{{{width}}}" if width > 1 else r"\d{1,3}" if letter == "D" else r"\d{1,2}"
