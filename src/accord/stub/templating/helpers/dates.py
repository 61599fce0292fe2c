"""Dates: now, parsed, moved, cut off and written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from accord.stub.templating.errors import HelperError
from accord.stub.templating.helpers.arguments import problem, stand_in
from accord.stub.templating.helpers.java_date_reading import parse_by, parse_known
from accord.stub.templating.helpers.java_dates import write_by, zone_of
from accord.stub.templating.helpers.registry import helper
from accord.stub.templating.values import is_falsy, to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.stub.templating.calls import Arguments

_OFFSET = re.compile(r"(?:now\s+)?([+-]?\d{1,9})\s+([A-Za-z]+)$")
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_MONTHS = {"months": 1, "years": 12}
_STYLES = {"full": "EEEE, MMMM d, yyyy", "long": "MMMM d, yyyy", "medium": "MMM d, yyyy", "short": "M/d/yy"}


class Moment:
    """A date with the format and the zone in which it is written.

    Attributes:
        at: the moment.
        zone: the zone it was given, or None.
    """

    __slots__ = ("_format", "_machine", "at", "zone")

    def __init__(
        self, at: datetime, zone: tzinfo | None, machine: tzinfo | None, date_format: str | None = None
    ) -> None:
        self.at = at
        self.zone = zone
        self._machine = machine
        self._format = date_format

    def __str__(self) -> str:
        if self._format is None:
            return write_by("yyyy-MM-dd'T'HH:mm:ssXXX", self.at.astimezone(self.zone or UTC))
        if self._format in {"epoch", "unix"}:
            milliseconds = int(self.at.timestamp() * 1000)
            return str(milliseconds if self._format == "epoch" else milliseconds // 1000)
        return write_by(self._format, self.at.astimezone(self.zone or self._machine))


@helper("now", "the moment; format=, offset='3 days', timezone=", "{{now offset='3 days' format='yyyy-MM-dd'}}", None)
def _now(arguments: Arguments) -> Moment:
    return _dated(arguments, None)


@helper("date", "a date; format= (Java's SimpleDateFormat, epoch, unix), offset=, timezone=",
        "{{date (parseDate '2030-01-31T10:00:00Z') offset='1 months' format='d MMM yyyy'}}", "28 Feb 2030")  # fmt: skip
def _date(arguments: Arguments) -> Moment:
    return _dated(arguments, arguments.context if isinstance(arguments.context, Moment) else None)


def _dated(arguments: Arguments, moment: Moment | None) -> Moment:
    surroundings = arguments.run.surroundings
    asked = arguments.hash.get("timezone")
    if moment is None:
        at, zone = surroundings.now(), zone_of(to_text(asked)) if asked is not None else None
    else:
        at, zone = moment.at, moment.zone
    if arguments.hash.get("offset") is not None:
        at = _moved(at, to_text(arguments.hash["offset"]), zone or surroundings.zone)
    date_format = arguments.hash.get("format")
    return Moment(at, zone, surroundings.zone, None if date_format is None else to_text(date_format))


def _moved(at: datetime, offset: str, zone: tzinfo | None) -> datetime:
    match = _OFFSET.match(offset)
    unit = match.group(2).lower() if match else ""
    if not match or unit not in _SECONDS | _MONTHS:
        raise HelperError(f"the offset {offset!r} is none; write a number and one of {', '.join(_SECONDS | _MONTHS)}")
    amount = int(match.group(1))
    try:
        if unit in _SECONDS:
            return at + timedelta(seconds=amount * _SECONDS[unit])
        return _months_later(at.astimezone(zone), amount * _MONTHS[unit])
    except (OverflowError, ValueError):
        raise HelperError(f"the offset {offset!r} leads beyond the years 1 to 9999") from None


def _months_later(at: datetime, months: int) -> datetime:
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    for day in range(at.day, at.day - 4, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError as error:
            if "day" not in str(error):
                raise
    raise HelperError("there is no such date")


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


_TRUNCATIONS: dict[str, Callable[[datetime], datetime]] = {
    "first second of minute": lambda at: at.replace(second=0, microsecond=0),
    "first minute of hour": lambda at: at.replace(minute=0, second=0, microsecond=0),
    "first hour of day": _midnight,
    "first day of month": lambda at: _midnight(at).replace(day=1),
    "first day of next month": lambda at: _midnight(_months_later(at.replace(day=1), 1)),
    "last day of month": lambda at: _midnight(_months_later(at.replace(day=1), 1) - timedelta(days=1)),
    "first day of year": lambda at: _midnight(at).replace(month=1, day=1),
    "first day of next year": lambda at: _midnight(at).replace(year=at.year + 1, month=1, day=1),
    "last day of year": lambda at: _midnight(at).replace(month=12, day=31),
}


@helper("parseDate", "a date from a text: ISO 8601 and those of HTTP, or by format=; nothing where it is none",
        "{{date (parseDate '01/02/2030' format='dd/MM/yyyy') format='yyyy-MM-dd'}}", "2030-02-01")  # fmt: skip
def _parse_date(arguments: Arguments) -> Moment | None:
    machine = arguments.run.surroundings.zone
    text = to_text(arguments.context)
    date_format = arguments.hash.get("format")
    at = parse_known(text) if date_format is None else parse_by(to_text(date_format), text)
    if at is None:
        return None
    if at.tzinfo is None:
        return Moment(at.replace(tzinfo=machine) if machine else at.astimezone(), None, machine)
    return Moment(at, at.tzinfo, machine)


@helper("truncateDate", f"a date cut off: {', '.join(_TRUNCATIONS)}",
        "{{truncateDate (parseDate '2030-06-14T15:16:17Z') 'first day of month'}}", "2030-06-01T00:00:00Z")  # fmt: skip
def _truncate_date(arguments: Arguments) -> Any:
    if not arguments.parameters:
        return problem("Truncation type must be specified as the first parameter to truncateDate")
    if not isinstance(arguments.context, Moment):
        return problem("A date object must be passed to the truncateDate helper")
    kind = to_text(arguments.parameters[0])
    if kind not in _TRUNCATIONS:
        raise HelperError(f"the truncation {kind!r} is not known; known are {', '.join(_TRUNCATIONS)}")
    machine = arguments.run.surroundings.zone
    zone = arguments.context.zone
    return Moment(_TRUNCATIONS[kind](arguments.context.at.astimezone(zone or machine or UTC)), zone, machine)


@helper("dateFormat", "a date by a pattern, or full, long, medium, short; tz= for a zone",
        "{{dateFormat (parseDate '2030-06-14T15:16:17Z') 'long' tz='UTC'}}", "June 14, 2030")  # fmt: skip
def _date_format(arguments: Arguments) -> Any:
    if is_falsy(arguments.context):
        return stand_in(arguments)
    if not isinstance(arguments.context, Moment):
        raise HelperError(f"found {to_text(arguments.context)!r}, expected a date, such as (now) or (parseDate …)")
    if not to_text(arguments.parameter(1, "en_US")).startswith("en"):
        raise HelperError("names of months and days are known in English alone")
    pattern = to_text(arguments.parameter(0, arguments.hash.get("format", "medium")))
    zone = arguments.hash.get("tz")
    where = zone_of(to_text(zone)) if zone is not None else arguments.run.surroundings.zone
    return write_by(_STYLES.get(pattern, pattern), arguments.context.at.astimezone(where))
