"""``before``, ``after`` and ``equalToDateTime``: a date against a literal one or one relative to now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from accord.contract.date_formats import DateFormatError, Field, parse_format
from accord.stub.matchers.matcher import Matcher

if TYPE_CHECKING:
    from collections.abc import Callable

UNITS = ("seconds", "minutes", "hours", "days", "weeks", "months", "years")
TRUNCATIONS = (
    "first second of minute", "first minute of hour", "first hour of day", "first day of month",
    "first day of next month", "last day of month", "first day of year", "first day of next year", "last day of year",
)  # fmt: skip
_ISO_8601 = re.compile(
    r"(\d{4})(?:-(\d\d))?|\d{4}-\d\d-\d\d"
    r"(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:(?:Z|[+-]\d\d:\d\d(?::\d\d)?)(?P<region>\[[\w/+-]+\])?)?)?",
    re.IGNORECASE | re.ASCII,
)
"""The forms that WireMock reads: a year, a month, a day, a time of a day, with a zone and its name."""
_RELATIVE = re.compile(r"now(?:\s*([+-]?)\s*(\d{1,9})\s+([a-z]+))?", re.IGNORECASE)
_COUNT = re.compile(r"-?[0-9]{1,15}")
_PER_SECOND = {"unix": 1, "epoch": 1000}
_HTTP_DATES = "%a, %d %b %Y %H:%M:%S GMT", "%a, %d %b %Y %H:%M:%S %z"
_LETTERS = {
    "y": "%Y", "u": "%Y", "M": "%m", "L": "%m", "d": "%d", "H": "%H", "h": "%I", "m": "%M", "s": "%S", "S": "%f",
    "a": "%p", "X": "%z", "x": "%z", "Z": "%z",
}  # fmt: skip


class DateMatcher(Matcher):
    """What the three have in common.

    Raises:
        ValueError: the expected date, the format or an option cannot be read.
    """

    __slots__ = ("_format", "_last", "_now", "_offset", "_truncate_actual", "_truncate_expected", "_when")

    def __init__(self, expected: str, document: dict[str, Any], now: Callable[[], datetime] | None = None) -> None:
        super().__init__(expected, document)
        self._now = now or (lambda: datetime.now(UTC))
        self._when: datetime | None = None
        self._offset = _offset(document)
        relative = _RELATIVE.fullmatch(expected.strip())
        if relative:
            if relative.group(2):
                amount = int(relative.group(2)) * (-1 if relative.group(1) == "-" else 1)
                self._offset = (amount, _unit(relative.group(3)))
        else:
            self._when = read_date(expected, None)
        self._format = document.get("actualFormat")
        self._truncate_expected = _truncation(document, "truncateExpected")
        self._truncate_actual = _truncation(document, "truncateActual")
        self._last = bool(document.get("applyTruncationLast", False))
        if self._format is not None:
            _strptime(self._format)

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        if value is None:
            return False
        actual = read_date(value, self._format)
        if actual is None:
            return False
        expected = self._expected()
        if expected is None:
            return False
        actual = truncated(actual, self._truncate_actual)
        if (expected.tzinfo is None) != (actual.tzinfo is None):
            # A local time is compared with the local part of a time that names its zone.
            expected, actual = expected.replace(tzinfo=None), actual.replace(tzinfo=None)
        return self._compare(actual, expected)

    def _expected(self) -> datetime | None:
        if self._when is not None:  # a literal date is taken as it is, as WireMock has it
            return self._when
        if not _RELATIVE.fullmatch(self.expected.strip()):
            return None
        when = self._now()
        try:
            if self._last:
                return truncated(shifted(when, *self._offset), self._truncate_expected)
            return shifted(truncated(when, self._truncate_expected), *self._offset)
        except (OverflowError, ValueError):
            return None

    def _compare(self, actual: datetime, expected: datetime) -> bool:
        raise NotImplementedError


class Before(DateMatcher):
    """``before``."""

    operator: ClassVar[str] = "before"
    __slots__ = ()

    def _compare(self, actual: datetime, expected: datetime) -> bool:
        return actual < expected


class After(DateMatcher):
    """``after``."""

    operator: ClassVar[str] = "after"
    __slots__ = ()

    def _compare(self, actual: datetime, expected: datetime) -> bool:
        return actual > expected


class EqualToDateTime(DateMatcher):
    """``equalToDateTime``."""

    operator: ClassVar[str] = "equalToDateTime"
    __slots__ = ()

    def _compare(self, actual: datetime, expected: datetime) -> bool:
        return actual == expected


def read_date(text: str, java_format: str | None) -> datetime | None:
    """A date in ISO 8601, in the format of HTTP or in one given in Java's letters; None where it is none."""
    text = text.strip()
    if java_format in _PER_SECOND:
        return _since_1970(text, _PER_SECOND[java_format])
    if java_format is not None:
        try:
            return datetime.strptime(text, _strptime(java_format))  # noqa: DTZ007 - a zone is there if its format has one
        except ValueError:
            return None
    found = _ISO_8601.fullmatch(text)
    if found is not None:
        return _of_iso_8601(text, found)
    for each in _HTTP_DATES:
        try:
            when = datetime.strptime(text, each)  # noqa: DTZ007 - GMT is said by the format, else there is an offset
        except ValueError:
            continue
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    return None


def _of_iso_8601(text: str, found: re.Match[str]) -> datetime | None:
    """A year or a month is its first day; the name of a zone says nothing that the offset before it does not."""
    try:
        if found.group(1):
            return datetime(int(found.group(1)), int(found.group(2) or 1), 1)  # noqa: DTZ001 - a local date
        return datetime.fromisoformat(text.removesuffix(found.group("region") or "").upper())
    except ValueError:
        return None


def _since_1970(text: str, per_second: int) -> datetime | None:
    if not _COUNT.fullmatch(text):
        return None
    try:
        return datetime.fromtimestamp(int(text) / per_second, UTC)
    except (OverflowError, ValueError, OSError):  # beyond the calendar
        return None


def shifted(when: datetime, amount: int, unit: str) -> datetime:
    """A time so many units later; a month later on the 31st is the month's last day.

    Raises:
        OverflowError: beyond the calendar.
    """
    if not amount:
        return when
    if unit in ("months", "years"):
        months = when.year * 12 + when.month - 1 + amount * (12 if unit == "years" else 1)
        first = when.replace(year=months // 12, month=months % 12 + 1, day=1)
        return first.replace(day=min(when.day, _month_end(first).day))
    return when + timedelta(**{unit: amount})


def truncated(when: datetime, how: str | None) -> datetime:
    """A time at the beginning or end of what it lies in."""
    if how is None:
        return when
    day = when.replace(hour=0, minute=0, second=0, microsecond=0)
    first = day.replace(day=1)
    if how == "first second of minute":
        return when.replace(second=0, microsecond=0)
    if how == "first minute of hour":
        return when.replace(minute=0, second=0, microsecond=0)
    if how == "first hour of day":
        return day
    if how == "first day of month":
        return first
    if how == "first day of next month":
        return shifted(first, 1, "months")
    if how == "last day of month":
        return _month_end(first)
    if how == "first day of year":
        return first.replace(month=1)
    if how == "first day of next year":
        return shifted(first.replace(month=1), 1, "years")
    return first.replace(month=12, day=31)


def _month_end(first: datetime) -> datetime:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _offset(document: dict[str, Any]) -> tuple[int, str]:
    amount = document.get("expectedOffset", 0)
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise ValueError(f"expectedOffset must be a whole number, seen {amount!r}")  # noqa: TRY004 - bad input
    return amount, _unit(document.get("expectedOffsetUnit", "seconds"))


def _unit(name: Any) -> str:
    unit = str(name).lower()
    if unit not in UNITS:
        raise ValueError(f"{name!r} is not a unit of time; it is one of {', '.join(UNITS)}")
    return unit


def _truncation(document: dict[str, Any], key: str) -> str | None:
    how = document.get(key)
    if how is not None and how not in TRUNCATIONS:
        raise ValueError(f"{key} {how!r} is not known; it is one of {', '.join(TRUNCATIONS)}")
    return how


def _strptime(java_format: str) -> str:
    """A format in Java's letters in those of Python's strptime."""
    if java_format in _PER_SECOND:
        return ""
    try:
        parts = parse_format(java_format)
    except DateFormatError as error:
        raise ValueError(str(error)) from None
    written = []
    for part in parts:
        if isinstance(part, str):
            written.append(part.replace("%", "%%"))
        elif isinstance(part, Field):
            written.append(_directive(part))
        else:
            raise ValueError(f"date format {java_format!r}: optional sections do not work here")  # noqa: TRY004 - bad input
    return "".join(written)


def _directive(field: Field) -> str:
    if field.is_named:
        short = field.width <= 3  # noqa: PLR2004 - up to three letters mean the short name
        return ("%b" if short else "%B") if field.letter in "ML" else ("%a" if short else "%A")
    if field.letter in "yu" and field.width == 2:  # noqa: PLR2004 - yy is two digits
        return "%y"
    if field.letter not in _LETTERS:
        raise ValueError(f"date format: the letter {field.letter!r} does not work here")
    return _LETTERS[field.letter]
