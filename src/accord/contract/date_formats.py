"""Formats in the letters of Java's DateTimeFormatter (specification V3): taken apart once, to compare and to write."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

DEFAULT_FORMATS = {"date": "yyyy-MM-dd", "time": "HH:mm:ss", "datetime": "yyyy-MM-dd'T'HH:mm:ssXXX"}

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

SHORT_NAME = 3
"""Three letters mean the short name, more the long one, fewer digits."""

RANGES = {"M": (1, 12), "L": (1, 12), "d": (1, 31), "D": (1, 366), "H": (0, 23), "k": (1, 24), "K": (0, 11),
          "h": (1, 12), "m": (0, 59), "s": (0, 60), "w": (1, 53), "W": (0, 5), "F": (1, 5), "e": (1, 7)}  # fmt: skip
"""The least and the largest value of each letter that stands for a number of few digits."""

_LETTERS = "GyuYMLQqdDEecaHkKhmsSnNAwWFXxZzvVO"


class DateFormatError(ValueError):
    """A format with a letter that has no meaning, or a quote that is never closed."""


@dataclass(frozen=True, slots=True)
class Field:
    """A letter and how often it stands there: ``yyyy``."""

    letter: str
    width: int

    @property
    def is_named(self) -> bool:
        """Whether the field is written as the name of a month or a day."""
        return self.letter == "E" or (self.letter in "MLec" and self.width >= SHORT_NAME)

    @property
    def names(self) -> tuple[str, ...]:
        """The names it is written with, short or long; only where is_named."""
        names = MONTHS if self.letter in "ML" else DAYS
        return tuple(name[:SHORT_NAME] for name in names) if self.width <= SHORT_NAME else names


@dataclass(frozen=True, slots=True)
class Section:
    """A part in square brackets, which may be missing."""

    parts: tuple[FormatPart, ...]


FormatPart = Field | Section | str
"""A field, an optional section or a literal text."""


@lru_cache(maxsize=256)
def parse_format(date_format: str) -> tuple[FormatPart, ...]:
    """Take a format apart.

    Raises:
        DateFormatError: a letter without meaning, a quote or a bracket that is never closed.
    """
    open_sections: list[list[FormatPart]] = [[]]
    position = 0
    while position < len(date_format):
        letter = date_format[position]
        parts = open_sections[-1]
        if letter == "'":
            literal, position = _quoted(date_format, position)
            parts.append(literal)
            continue
        if letter == "[":
            open_sections.append([])
        elif letter == "]" and len(open_sections) > 1:
            open_sections.pop()
            open_sections[-1].append(Section(tuple(parts)))
        elif letter.isascii() and letter.isalpha():
            width = len(date_format) - position - len(date_format[position:].lstrip(letter))
            if letter not in _LETTERS:
                raise DateFormatError(f"date format {date_format!r}: the letter {letter!r} has no meaning")
            parts.append(Field(letter, width))
            position += width - 1
        else:
            parts.append(letter)
        position += 1
    if len(open_sections) > 1:
        raise DateFormatError(f"date format {date_format!r}: '[' is never closed")
    return tuple(open_sections[0])


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
