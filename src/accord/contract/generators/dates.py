"""Moments written in the letters of Java's DateTimeFormatter (the table is in accord.contract.date_formats)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.contract.date_formats import Field, FormatPart, parse_format

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

DEFAULT_FORMATS = {"Date": "yyyy-MM-dd", "Time": "HH:mm:ss", "DateTime": "yyyy-MM-dd'T'HH:mm:ss.SSSZ"}
"""What a generator without a format writes, as the reference does."""

_LONG_OFFSET = 4


def render(moment: datetime, date_format: str) -> str:
    """Write a moment; optional sections are written too.

    Raises:
        DateFormatError: the format is wrong.
    """
    return "".join(_part(part, moment) for part in parse_format(date_format))


def _part(part: FormatPart, moment: datetime) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Field):
        return _field(part, moment)
    return "".join(_part(each, moment) for each in part.parts)


def _field(field: Field, moment: datetime) -> str:
    letter, width = field.letter, field.width
    if field.is_named:
        return field.names[moment.month - 1 if letter in "ML" else moment.weekday()]
    if letter in "XxZOzvV":
        return _zone(letter, width, moment)
    if letter == "G":
        return ("AD", "Anno Domini", "A")[max(0, min(width - 3, 2))]
    if letter == "a":
        return "AM" if moment.hour < 12 else "PM"  # noqa: PLR2004 - noon
    if letter == "S":
        return f"{moment.microsecond:06d}000"[:width].ljust(width, "0")
    value = _NUMBERS[letter](moment)
    if letter in "yuY":
        return f"{value % 100:02d}" if width == 2 else f"{value:0{width}d}"  # noqa: PLR2004 - yy is two digits
    return f"{value:0{width if letter not in 'Qq' else min(width, 2)}d}"


def _zone(letter: str, width: int, moment: datetime) -> str:
    seconds = int(offset.total_seconds()) if (offset := moment.utcoffset()) else 0
    sign = "-" if seconds < 0 else "+"
    hours, minutes = divmod(abs(seconds) // 60, 60)
    colon = f"{sign}{hours:02d}:{minutes:02d}"
    if letter in "zvV":
        return "UTC" if not seconds else f"GMT{colon}"
    if letter == "O" or (letter == "Z" and width == _LONG_OFFSET):
        return "GMT" if not seconds and letter == "O" else f"GMT{colon}"
    if not seconds and (letter == "X" or (letter == "Z" and width > _LONG_OFFSET)):
        return "Z"
    if letter == "Z":
        return colon if width > _LONG_OFFSET else colon.replace(":", "")
    if width == 1 and not minutes:
        return f"{sign}{hours:02d}"
    return colon if width in (3, 5) else colon.replace(":", "")


def _second_of_day(moment: datetime) -> int:
    return (moment.hour * 60 + moment.minute) * 60 + moment.second


_NUMBERS: dict[str, Callable[[datetime], int]] = {
    "y": lambda moment: moment.year,
    "u": lambda moment: moment.year,
    "Y": lambda moment: moment.isocalendar().year,
    "M": lambda moment: moment.month,
    "L": lambda moment: moment.month,
    "Q": lambda moment: (moment.month + 2) // 3,
    "q": lambda moment: (moment.month + 2) // 3,
    "d": lambda moment: moment.day,
    "D": lambda moment: moment.timetuple().tm_yday,
    "e": lambda moment: moment.isoweekday(),
    "c": lambda moment: moment.isoweekday(),
    "w": lambda moment: moment.isocalendar().week,
    "W": lambda moment: (moment.day - 1 + moment.replace(day=1).weekday()) // 7,
    "F": lambda moment: (moment.day - 1) // 7 + 1,
    "H": lambda moment: moment.hour,
    "k": lambda moment: moment.hour or 24,
    "K": lambda moment: moment.hour % 12,
    "h": lambda moment: moment.hour % 12 or 12,
    "m": lambda moment: moment.minute,
    "s": lambda moment: moment.second,
    "n": lambda moment: moment.microsecond * 1000,
    "N": lambda moment: _second_of_day(moment) * 10**9 + moment.microsecond * 1000,
    "A": lambda moment: _second_of_day(moment) * 1000 + moment.microsecond // 1000,
}
