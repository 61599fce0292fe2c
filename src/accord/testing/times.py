"""Time in tests: freeze it, move it, and run one test at every moment where code that reads the clock goes wrong."""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import time_machine

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

F = TypeVar("F", bound="Callable[..., Any]")


@dataclass(frozen=True)
class Moment:
    """A moment at which a test is run.

    Attributes:
        name: such as ``leap day``.
        at: the moment, with its zone.
    """

    name: str
    at: dt.datetime

    def __str__(self) -> str:
        return f"{self.name} ({self.at.isoformat()} {self.at.tzinfo})"


class Clock:
    """The frozen clock of a block: move it by hand."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    @property
    def now(self) -> dt.datetime:
        """The moment it shows, in UTC."""
        return dt.datetime.now(dt.UTC)

    def move(self, by: dt.timedelta | float) -> None:
        """Move it on, or back.

        Args:
            by: how far; a number is seconds.
        """
        self._traveller.shift(by)

    def move_to(self, moment: dt.datetime | str) -> None:
        """Set it.

        Args:
            moment: with a zone, or UTC if it has none; a text in ISO 8601.
        """
        self._traveller.move_to(_moment(moment))


@contextmanager
def freeze(moment: dt.datetime | str) -> Iterator[Clock]:
    """Stop the clock at a moment while the block runs.

    Timers go on: ``asyncio``, time-outs and ``time.monotonic`` are not the clock on the wall.

    Args:
        moment: with a zone, or UTC if it has none; a text in ISO 8601.

    Raises:
        UsageError: it is no moment.
    """
    with time_machine.travel(_moment(moment), tick=False) as traveller:
        yield Clock(traveller)


@functools.cache
def moments(zone: str = "UTC") -> tuple[Moment, ...]:
    """The moments at which code that reads the clock goes wrong, in a time zone.

    Midnight and the second before it, the ends of months short and long, leap day and what is a year after it, the
    end of a year and its last ISO week, and both changes of daylight saving time where the zone has them.

    Raises:
        UsageError: there is no such zone.
    """
    try:
        local = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise UsageError(f"there is no time zone {zone!r}; expected an IANA name such as 'Europe/Berlin'") from None

    def at(name: str, *parts: int) -> Moment:
        return Moment(name, dt.datetime(*parts, tzinfo=local))  # type: ignore[misc, arg-type]  # year, month, day …

    fixed = (
        at("the second before midnight", 2026, 6, 15, 23, 59, 59),
        at("midnight", 2026, 6, 16, 0, 0, 0),
        at("the end of a month", 2026, 1, 31, 23, 59, 59),
        at("the end of February", 2026, 2, 28, 23, 59, 59),
        at("leap day", 2028, 2, 29, 12, 0, 0),
        at("the end of a year", 2026, 12, 31, 23, 59, 59),
        at("New Year in the old year's ISO week", 2027, 1, 1, 0, 0, 0),
    )
    return fixed + tuple(_changes(local))


def sweep(*, zone: str | Sequence[str] = "UTC") -> Callable[[F], F]:
    """Run a test once at every one of ``moments``; a failure names the moment.

    The zone is also the process's local one meanwhile, so that ``datetime.now()`` shows local time.

    Args:
        zone: one time zone or several.
    """
    zones = [zone] if isinstance(zone, str) else list(zone)
    swept = [moment for name in zones for moment in moments(name)]

    def decorate(test: F) -> F:
        if inspect.iscoroutinefunction(test):

            @functools.wraps(test)
            async def run_async(*arguments: Any, **named: Any) -> None:
                for moment in swept:
                    with _at(moment):
                        await test(*arguments, **named)

            return run_async  # type: ignore[return-value]  # the same parameters

        @functools.wraps(test)
        def run(*arguments: Any, **named: Any) -> None:
            for moment in swept:
                with _at(moment):
                    test(*arguments, **named)

        return run  # type: ignore[return-value]  # as above

    return decorate


@contextmanager
def _at(moment: Moment) -> Iterator[None]:
    try:
        with time_machine.travel(moment.at, tick=False), _local(str(moment.at.tzinfo)):
            yield
    except Exception as error:
        error.add_note(f"at {moment}")
        raise


@contextmanager
def _local(zone: str) -> Iterator[None]:
    """Make a zone the process's own; where the system cannot (Windows), it stays as it is."""
    before = os.environ.get("TZ")
    if not hasattr(time, "tzset"):
        yield
        return
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


def _changes(zone: ZoneInfo) -> Iterator[Moment]:
    """The last second before each change of the zone's offset in 2026, and the first after it."""
    first = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for day in range(365):
        before, after = first + dt.timedelta(days=day), first + dt.timedelta(days=day + 1)
        if _offset(before, zone) == _offset(after, zone):
            continue
        while after - before > dt.timedelta(seconds=1):  # halve the day until only the change is left
            middle = before + (after - before) // 2
            middle -= dt.timedelta(microseconds=middle.microsecond)
            before, after = (middle, after) if _offset(middle, zone) == _offset(before, zone) else (before, middle)
        begins = _offset(after, zone) > _offset(before, zone)
        name = f"daylight saving time {'begins' if begins else 'ends'}"
        yield Moment(f"the second before {name}", before.astimezone(zone))
        yield Moment(name, after.astimezone(zone))


def _offset(moment: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    return moment.astimezone(zone).utcoffset() or dt.timedelta(0)


def _moment(value: dt.datetime | str) -> dt.datetime:
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            raise UsageError(f"{value!r} is no moment; expected ISO 8601 such as '2026-02-28T23:59:59Z'") from None
    return value if value.tzinfo is not None else value.replace(tzinfo=dt.UTC)
