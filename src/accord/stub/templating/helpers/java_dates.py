"""Dates written by Java's patterns."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from accord.contract.date_formats import DAYS, MONTHS
from accord.stub.templating.errors import HelperError

if TYPE_CHECKING:
    from collections.abc import Callable

_FIXED_ZONE = re.compile(r"(?:GMT|UTC|UT)?([+-])(\d{1,2}):?(\d{2})?$")
_HALF_DAY = 12


def zone_of(name: str) -> tzinfo:
    """A time zone by its name or offset.

    Raises:
        HelperError: it is not known.
    """
    if name in {"Z", "UTC", "GMT", "UT"}:
        return UTC
    match = _FIXED_ZONE.match(name)
    if match:
        offset = timedelta(hours=int(match.group(2)), minutes=int(match.group(3) or 0))
        if offset < timedelta(hours=19):
            return timezone(offset if match.group(1) == "+" else -offset)
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - only for named zones

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise HelperError(f"the time zone {name!r} is not known on this machine") from None


def write_by(pattern: str, at: datetime) -> str:
    """A date by a pattern of SimpleDateFormat.

    Raises:
        HelperError: a letter without a meaning.
    """
    return "".join(
        [part if isinstance(part, str) else _WRITERS[part[0]](at, part[1]) for part in pattern_parts(pattern)]
    )


@lru_cache(maxsize=512)
def pattern_parts(pattern: str) -> tuple[str | tuple[str, int], ...]:
    """A pattern taken apart: texts, and letters with how often they stand there.

    Raises:
        HelperError: a letter without a meaning, a quote that is never closed.
    """
    parts: list[str | tuple[str, int]] = []
    for match in re.finditer(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'", pattern):
        quoted, letter, text = match.group(1), match.group(2), match.group()
        if quoted is not None:
            parts.append(quoted.replace("''", "'") or "'")
        elif letter:
            if letter not in _WRITERS:
                raise HelperError(f"date format {pattern!r}: illegal pattern character {letter!r}")
            parts.append((letter, len(text)))
        elif text == "'":
            raise HelperError(f"date format {pattern!r}: the quote is never closed")
        else:
            parts.append(text)
    return tuple(parts)


def _number(read: Callable[[datetime], int]) -> Callable[[datetime, int], str]:
    return lambda at, width: f"{read(at):0{min(width, 30)}d}"


def _year(year: int, width: int) -> str:
    return f"{year % 100:02d}" if width == 2 else f"{year:0{min(width, 30)}d}"  # noqa: PLR2004 - two letters, two digits


def _month(at: datetime, width: int) -> str:
    name = MONTHS[at.month - 1]
    return f"{at.month:0{width}d}" if width < 3 else name[:3] if width == 3 else name  # noqa: PLR2004 - as Java says


def _offset(at: datetime, *, colon: bool) -> str:
    minutes = int((at.utcoffset() or timedelta()).total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{':' if colon else ''}{abs(minutes) % 60:02d}"


def _iso_offset(at: datetime, width: int) -> str:
    if not at.utcoffset():
        return "Z"
    return _offset(at, colon=width == 3)[:3] if width == 1 else _offset(at, colon=width >= 3)  # noqa: PLR2004 - as Java says


def _zone_name(at: datetime, width: int) -> str:
    name = at.tzname() or "UTC"
    if name.startswith(("UTC+", "UTC-")):
        return f"GMT{_offset(at, colon=True)}"
    if width < 4:  # noqa: PLR2004 - as Java says
        return name
    if name == "UTC":
        return "Coordinated Universal Time"
    raise HelperError(f"the long name of the time zone {name} is not known; write z in place of zzzz")


def _week_year(at: datetime) -> tuple[int, int]:
    """Year and week as in the USA: weeks begin on Sunday, the first one holds the first of January."""
    first = datetime(at.year, 1, 1)  # noqa: DTZ001 - only its day of the week counts
    week = (at.timetuple().tm_yday - 1 + (first.weekday() + 1) % 7) // 7 + 1
    following = datetime(at.year + 1, 1, 1) if at.year < 9999 else None  # noqa: DTZ001, PLR2004 - as above; the last year
    if following and (following - at.replace(tzinfo=None)).days < (following.weekday() + 1) % 7:
        return at.year + 1, 1
    return at.year, week


def _week_of_month(at: datetime) -> int:
    return (at.day - 1 + (at.replace(day=1).weekday() + 1) % 7) // 7 + 1


_WRITERS: dict[str, Callable[[datetime, int], str]] = {
    "G": lambda _at, _width: "AD",
    "y": lambda at, width: _year(at.year, width),
    "Y": lambda at, width: _year(_week_year(at)[0], width),
    "M": _month,
    "L": _month,
    "w": _number(lambda at: _week_year(at)[1]),
    "W": _number(_week_of_month),
    "D": _number(lambda at: at.timetuple().tm_yday),
    "d": _number(lambda at: at.day),
    "F": _number(lambda at: (at.day - 1) // 7 + 1),
    "E": lambda at, width: DAYS[at.weekday()] if width > 3 else DAYS[at.weekday()][:3],  # noqa: PLR2004 - as Java says
    "u": _number(lambda at: at.isoweekday()),
    "a": lambda at, _width: "AM" if at.hour < _HALF_DAY else "PM",
    "H": _number(lambda at: at.hour),
    "k": _number(lambda at: at.hour or 24),
    "K": _number(lambda at: at.hour % _HALF_DAY),
    "h": _number(lambda at: at.hour % _HALF_DAY or _HALF_DAY),
    "m": _number(lambda at: at.minute),
    "s": _number(lambda at: at.second),
    "S": _number(lambda at: at.microsecond // 1000),
    "z": _zone_name,
    "Z": lambda at, _width: _offset(at, colon=False),
    "X": _iso_offset,
}
