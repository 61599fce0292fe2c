"""Moments said in words, relative to now: ``+ 1 day``, ``next monday``, ``tomorrow @ 2 o'clock`` (specification V3).

A date's part stands before ``@``, a time's after it; each begins with a base, ``next …``, ``last …`` or an offset.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import timedelta
from typing import TYPE_CHECKING

from accord.contract.date_formats import DAYS, MONTHS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_WORD = re.compile(r"\s*(\d+|[a-z]+(?:'[a-z]+)?|[+-])")
_SPANS = {
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "fortnight": timedelta(weeks=2),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
    "millisecond": timedelta(milliseconds=1),
}
_DATE_UNITS = ("day", "week", "month", "year")
_TIME_UNITS = ("hour", "minute", "second", "millisecond")
_DATE_BASES = {"now": 0, "today": 0, "yesterday": -1, "tomorrow": 1}
_SHORT_DAYS = ("mon", "tues", "wed", "thurs", "fri", "sat", "sun")
_HOURS = 12
_MAX_AMOUNT = 5_000_000_000
"""Larger amounts than these milliseconds, or days, lead out of Python's calendar anyway."""


class ExpressionError(ValueError):
    """An expression that cannot be read, or leads out of the calendar; the message says where and why."""


def moment_of(expression: str, now: datetime, kind: str) -> datetime:
    """The moment an expression names.

    Args:
        expression: an empty one names now.
        now: what it is relative to.
        kind: ``Date`` and ``Time`` take their part alone; ``DateTime`` takes both, with ``@`` between.

    Raises:
        ExpressionError: it cannot be read.
    """
    date_text, at, time_text = expression.partition("@")
    try:
        if kind == "Time":
            return _time(_Words(expression, time_text if at else date_text), now)
        moment = _date(_Words(expression, date_text), now)
        return moment if kind == "Date" or not at else _time(_Words(expression, time_text), moment)
    except (OverflowError, ValueError) as error:
        if isinstance(error, ExpressionError):
            raise
        raise ExpressionError(f"{expression!r} leads out of the calendar: {error}") from None


class _Words:
    """The words of one part of an expression, taken one after the other."""

    def __init__(self, expression: str, part: str) -> None:
        self._expression = expression
        self._words: list[str] = []
        position = 0
        part = part.strip().lower()
        while position < len(part):
            found = _WORD.match(part, position)
            if found is None:
                raise self.wrong("words, numbers, + and -", part[position:])
            self._words.append(found[1])
            position = found.end()

    @property
    def next(self) -> str | None:
        return self._words[0] if self._words else None

    def take(self) -> str | None:
        return self._words.pop(0) if self._words else None

    def wrong(self, wanted: str, seen: str | None) -> ExpressionError:
        return ExpressionError(f"{self._expression!r}: expected {wanted}, seen {seen or 'its end'!r}")

    def offsets(self, units: tuple[str, ...], add: Callable[[int, str], None]) -> None:
        """Take what is left: ``+ 1 day - 2 weeks``."""
        while (sign := self.take()) is not None:
            if sign not in ("+", "-"):
                raise self.wrong("+ or -", sign)
            number = self.take()
            if number is None or not number.isdigit():
                raise self.wrong("a number", number)
            unit = self.take()
            if unit is None or unit.removesuffix("s") not in units:
                raise self.wrong(" or ".join(f"{each}s" for each in units), unit)
            amount = int(number) if len(number) < len(str(_MAX_AMOUNT)) else _MAX_AMOUNT
            add(amount if sign == "+" else -amount, unit.removesuffix("s"))


def _date(words: _Words, now: datetime) -> datetime:
    moment = now
    if words.next in _DATE_BASES:
        moment += timedelta(days=_DATE_BASES[words.take() or ""])
    elif words.next in ("next", "last"):
        direction = 1 if words.take() == "next" else -1
        moment = _next_date(words, words.take(), moment, direction)
    elif words.next not in ("+", "-", None):
        raise words.wrong("now, today, yesterday, tomorrow, next, last, + or -", words.next)

    def add(amount: int, unit: str) -> None:
        nonlocal moment
        moment = _shifted(moment, amount, unit)

    words.offsets(_DATE_UNITS, add)
    return moment


def _next_date(words: _Words, what: str | None, moment: datetime, direction: int) -> datetime:
    if what in _DATE_UNITS or what == "fortnight":
        return _shifted(moment, direction, what)
    for number, day in enumerate(DAYS):
        if what in (day.lower(), _SHORT_DAYS[number]):
            days = (number - moment.weekday()) % 7 or 7
            return moment + timedelta(days=days if direction > 0 else (days - 7 or -7))
    for number, month in enumerate(MONTHS, start=1):
        if what in (month.lower(), month[:3].lower()):
            passed = number <= moment.month if direction > 0 else number >= moment.month
            return moment.replace(year=moment.year + (direction if passed else 0), month=number, day=1)
    raise words.wrong("day, week, fortnight, month, year, a day of the week or a month", what)


def _shifted(moment: datetime, amount: int, unit: str) -> datetime:
    if unit in _SPANS:
        return moment + amount * _SPANS[unit]
    months = moment.year * _HOURS + moment.month - 1 + (amount * _HOURS if unit == "year" else amount)
    year, month = months // _HOURS, months % _HOURS + 1
    if not 1 <= year <= 9999:  # noqa: PLR2004 - Python's calendar
        raise ValueError(f"year {year} is out of range")
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


def _time(words: _Words, now: datetime) -> datetime:
    moment = now
    word = words.next
    if word in ("now", "midnight", "noon"):
        words.take()
        moment = now if word == "now" else _at(now, 0 if word == "midnight" else _HOURS)
    elif word is not None and word.isdigit():
        moment = _clock(words, now)
    elif word in ("next", "last"):
        direction = 1 if words.take() == "next" else -1
        unit = words.take()
        if unit is None or unit.removesuffix("s") not in _TIME_UNITS:
            raise words.wrong("hour, minute, second or millisecond", unit)
        moment = _shifted(now, direction, unit.removesuffix("s"))
    elif word not in ("+", "-", None):
        raise words.wrong("now, midnight, noon, 1 to 12 o'clock, next, last, + or -", word)

    def add(amount: int, unit: str) -> None:
        nonlocal moment
        moment = _shifted(moment, amount, unit)

    words.offsets(_TIME_UNITS, add)
    return moment


def _clock(words: _Words, now: datetime) -> datetime:
    """``2 o'clock``: the next one; with ``am`` and ``pm`` that of the day (``12 o'clock am`` is noon in the tables)."""
    number = words.take() or ""
    hour = int(number) if len(number) < 3 else 0  # noqa: PLR2004 - 1 to 12 have two digits
    if not 1 <= hour <= _HOURS:
        raise words.wrong("an hour from 1 to 12", number)
    if (word := words.take()) != "o'clock":
        raise words.wrong("o'clock", word)
    if words.next in ("am", "pm"):
        return _at(now, hour if words.take() == "am" or hour == _HOURS else hour + _HOURS)
    candidates = [_at(now, hour % 24) + timedelta(hours=later) for later in (0, 12, 24)]
    return next(each for each in candidates if each > now)


def _at(moment: datetime, hour: int) -> datetime:
    return moment.replace(hour=hour, minute=0, second=0, microsecond=0)
