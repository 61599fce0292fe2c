"""Dates and times checked against a format in the letters of Java's DateTimeFormatter (specification V3)."""

from __future__ import annotations

import re
from calendar import monthrange
from functools import lru_cache

from accord.contract.patterns import fullmatch

DEFAULT_FORMATS = {"date": "yyyy-MM-dd", "time": "HH:mm:ss", "datetime": "yyyy-MM-dd'T'HH:mm:ssXXX"}

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT_NAME = 3
"""Three letters mean the short name, more the long one, fewer digits."""
_ZONE_NAME = r"(?:[A-Za-z]+(?:/[A-Za-z_+\-0-9]+)*)"
_OFFSETS = {
    1: r"[+-]\d{2}(?:\d{2})?",
    2: r"[+-]\d{4}",
    3: r"[+-]\d{2}:\d{2}",
    4: r"[+-]\d{4}(?:\d{2})?",
    5: r"[+-]\d{2}:\d{2}(?::\d{2})?",
}
_RANGES = {"M": (1, 12), "L": (1, 12), "d": (1, 31), "D": (1, 366), "H": (0, 23), "k": (1, 24), "K": (0, 11),
           "h": (1, 12), "m": (0, 59), "s": (0, 60), "w": (1, 53), "W": (0, 5), "F": (1, 5), "e": (1, 7)}  # fmt: skip


class DateFormatError(ValueError):
    """A format with a letter that has no meaning, or a quote that is never closed."""


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
    in_range = all(low <= parts[letter] <= high for letter, (low, high) in _RANGES.items() if letter in parts)
    return in_range and _exists(parts)


def _exists(parts: dict[str, int]) -> bool:
    """Whether year, month and day make a day of the calendar."""
    month = parts.get("M", parts.get("L"))
    if month is None or "d" not in parts:
        return True
    year = parts.get("y", 2000)  # without a year, 29 February may be right
    # The calendar repeats every 400 years, and Python's knows none beyond 9999.
    return parts["d"] <= monthrange(year % 400 + 2000, month)[1]


@lru_cache(maxsize=256)
def _compiled(date_format: str) -> str:
    pattern, position, optional = [], 0, 0
    seen: set[str] = set()
    while position < len(date_format):
        letter = date_format[position]
        if letter == "'":
            literal, position = _quoted(date_format, position)
            pattern.append(re.escape(literal))
        elif letter == "[":
            optional += 1
            pattern.append("(?:")
            position += 1
        elif letter == "]" and optional:
            optional -= 1
            pattern.append(")?")
            position += 1
        elif letter.isascii() and letter.isalpha():
            width = len(date_format) - position - len(date_format[position:].lstrip(letter))
            pattern.append(_field(letter, width, date_format, seen))
            position += width
        else:
            pattern.append(re.escape(letter))
            position += 1
    if optional:
        raise DateFormatError(f"date format {date_format!r}: '[' is never closed")
    return "".join(pattern)


def _quoted(date_format: str, start: int) -> tuple[str, int]:
    if date_format[start : start + 2] == "''":
        return "'", start + 2
    literal: list[str] = []
    position = start + 1
    while position < len(date_format):
        if date_format[position] == "'":
            if date_format[position : position + 2] != "''":
                return "".join(literal), position + 1
            position += 1
        literal.append(date_format[position])
        position += 1
    raise DateFormatError(f"date format {date_format!r}: the quote at column {start + 1} is never closed")


def _field(letter: str, width: int, date_format: str, seen: set[str]) -> str:
    named = _named(letter, width)
    if named is not None:
        return named
    digits = _digits(letter, width)
    if digits is None:
        raise DateFormatError(f"date format {date_format!r}: the letter {letter!r} has no meaning")
    if letter in seen:
        return digits
    seen.add(letter)
    return f"(?P<{letter}_>{digits})"


def _named(letter: str, width: int) -> str | None:
    """Fields written in words or as an offset; None for those in digits."""
    if letter in "ML" and width >= _SHORT_NAME:
        return _one_of(_MONTHS, width)
    if letter == "E" or (letter in "ec" and width >= _SHORT_NAME):
        return _one_of(_DAYS, width)
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


def _one_of(names: tuple[str, ...], width: int) -> str:
    return f"(?i:{'|'.join(name[:3] if width <= _SHORT_NAME else name for name in names)})"


def _digits(letter: str, width: int) -> str | None:
    if letter in "yuY":
        return r"\d{2}" if width == 2 else rf"[+-]?\d{{{1 if width < 4 else 4},9}}"  # noqa: PLR2004 - yy is two digits
    if letter in "SnNA":
        return rf"\d{{{width}}}" if letter == "S" else r"\d+"
    if letter in "MLdDHkKhmswWFec":
        return rf"\d{{{width}}}" if width > 1 else r"\d{1,3}" if letter == "D" else r"\d{1,2}"
    return r"\d{1,2}" if letter in "Qq" else None
