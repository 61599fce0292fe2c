"""Dates written and read by Java's patterns."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from accord.contract.date_formats import DAYS, MONTHS
from accord.stub.templating.errors import HelperError

if TYPE_CHECKING:
    from collections.abc import Callable

_FIXED_ZONE = re.compile(r"(?:GMT|UTC|UT)?([+-])(\d{1,2}):?(\d{2})?$")
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d(?::\d\d)?)(?:\[([^\]]+)\])?$"
)
_ASCTIME = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})$")
_RFC_1123 = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (GMT|[+-]\d{4})$")
_CENTURY_SPLIT = 80
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
    return "".join([part if isinstance(part, str) else _WRITERS[part[0]](at, part[1]) for part in _parts(pattern)])


@lru_cache(maxsize=512)
def _parts(pattern: str) -> tuple[str | tuple[str, int], ...]:
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


def parse_known(text: str) -> datetime | None:
    """A date with a zone in ISO 8601 or as HTTP writes it, or None."""
    try:
        match = _ISO.match(text)
        if match:
            return _from_iso(match)
        old = _ASCTIME.match(text)
        if old:
            month, day, time, year = old.groups()
            text = f"Mon, {day} {month} {year} {time} GMT"
        if not old and not _RFC_1123.match(text):
            return None
        return parsedate_to_datetime(text).astimezone(UTC) if text.endswith("GMT") else parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None


def _from_iso(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(group or 0) for group in match.groups()[:6])
    fraction = int((match.group(7) or "0").ljust(6, "0")[:6])
    zone = UTC if match.group(8) == "Z" else zone_of(match.group(8)[:6])
    at = datetime(year, month, day, hour, minute, second, fraction, zone)
    return at.astimezone(zone_of(match.group(9))) if match.group(9) else at


def parse_by(pattern: str, text: str) -> datetime | None:
    """A date by a pattern, without a zone where the pattern has none; None where the text does not match.

    Raises:
        HelperError: a pattern that cannot be read by.
    """
    if pattern in {"epoch", "unix"}:
        try:
            return datetime.fromtimestamp(int(text) / (1000 if pattern == "epoch" else 1), UTC)
        except (ValueError, OverflowError, OSError):
            return None
    match = _reader(pattern).fullmatch(text)
    if not match:
        return None
    found = match.groupdict()
    try:
        at = datetime(  # noqa: DTZ001 - the zone comes after
            _read_year(found), _read_month(found), int(found.get("d") or 1),
            _read_hour(found), int(found.get("m") or 0), int(found.get("s") or 0),
            int((found.get("S") or "0").ljust(6, "0")[:6]),
        )  # fmt: skip
        zone = found.get("X") or found.get("z")
        return at.replace(tzinfo=zone_of(zone)) if zone else at
    except ValueError:
        return None


def _read_year(found: dict[str, str | None]) -> int:
    year = int(found.get("y") or 1970)
    return year if found.get("y4") or len(found.get("y") or "0000") != 2 else 2000 + year  # noqa: PLR2004 - two digits


def _read_month(found: dict[str, str | None]) -> int:
    name = found.get("Mname")
    if name:
        return next(number for number, month in enumerate(MONTHS, 1) if month.lower().startswith(name.lower()))
    return int(found.get("M") or 1)


def _read_hour(found: dict[str, str | None]) -> int:
    hour = int(found.get("h") or 0)
    if found.get("a"):
        return hour % _HALF_DAY + (_HALF_DAY if (found["a"] or "").upper() == "PM" else 0)
    return hour % 24


@lru_cache(maxsize=512)
def _reader(pattern: str) -> re.Pattern[str]:
    pieces = [re.escape(part) if isinstance(part, str) else _readable(*part, pattern) for part in _parts(pattern)]
    try:
        return re.compile("".join(pieces))
    except re.error:
        raise HelperError(f"date format {pattern!r}: a field stands twice") from None


_DIGITS = {"M": "M", "L": "M", "d": "d", "H": "h", "k": "h", "K": "h", "h": "h", "m": "m", "s": "s"}
"""Letters of one or two digits, with the name of their group."""

_READ = {
    "S": r"(?P<S>\d{WIDTH})",
    "a": r"(?P<a>AM|PM|am|pm)",
    "X": r"(?P<X>Z|[+-]\d\d(?::?\d\d)?)",
    "Z": r"(?P<X>Z|[+-]\d\d(?::?\d\d)?)",
    "z": r"(?P<z>[A-Za-z_/+\-0-9:]+)",
}


def _readable(letter: str, width: int, pattern: str) -> str:
    if letter in "ML" and width > 2:  # noqa: PLR2004 - three letters are a name
        names = "|".join(month if width > 3 else month[:3] for month in MONTHS)  # noqa: PLR2004 - four the long one
        return f"(?P<Mname>{names})"
    if letter == "E":
        return "(?:" + "|".join(day if width > 3 else day[:3] for day in DAYS) + ")"  # noqa: PLR2004 - as for months
    if letter in "yu":
        return rf"(?P<y>\d{{{width if width == 2 else 4}}})"  # noqa: PLR2004 - two digits or four
    if letter in _DIGITS:
        return rf"(?P<{_DIGITS[letter]}>\d{{{width},2}})"
    if letter in _READ:
        return _READ[letter].replace("WIDTH", str(width))
    raise HelperError(f"date format {pattern!r}: {letter!r} can be written, not read")
