"""Dates read: in ISO 8601, as HTTP writes them, and by Java's patterns."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from accord.contract.date_formats import DAYS, MONTHS
from accord.stub.templating.errors import HelperError
from accord.stub.templating.helpers.java_dates import pattern_parts, zone_of

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d(?::\d\d)?)(?:\[([^\]]+)\])?$"
)
_ASCTIME = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})$")
_RFC_1123 = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (GMT|[+-]\d{4})$")
_HALF_DAY = 12


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
    pieces = [
        re.escape(part) if isinstance(part, str) else _readable(*part, pattern) for part in pattern_parts(pattern)
    ]
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
