"""Time in tests: frozen, moved, and swept over the moments where code goes wrong."""

from __future__ import annotations

import asyncio
import datetime as dt
import time

import pytest

from accord.core.errors import UsageError
from accord.testing import freeze, moments, sweep


def test_a_frozen_clock_stands_and_is_moved_by_hand() -> None:
    with freeze("2026-02-28T23:59:59Z") as clock:
        assert clock.now == dt.datetime(2026, 2, 28, 23, 59, 59, tzinfo=dt.UTC)
        clock.move(1)
        assert dt.datetime.now(dt.UTC).date() == dt.date(2026, 3, 1)
        clock.move(dt.timedelta(days=-1))
        assert dt.datetime.now(dt.UTC).date() == dt.date(2026, 2, 28)
        clock.move_to("2030-01-01")
        assert time.time() == dt.datetime(2030, 1, 1, tzinfo=dt.UTC).timestamp()


async def test_asyncio_goes_on_while_the_clock_stands() -> None:
    with freeze("2026-01-01T00:00:00Z"):
        async with asyncio.timeout(5):
            await asyncio.sleep(0)
        assert dt.datetime.now(dt.UTC).year == 2026


def test_the_moments_of_a_zone_have_its_changes_of_daylight_saving_time() -> None:
    assert [moment.name for moment in moments("UTC")] == [
        "the second before midnight",
        "midnight",
        "the end of a month",
        "the end of February",
        "leap day",
        "the end of a year",
        "New Year in the old year's ISO week",
    ]
    assert [str(moment) for moment in moments("Europe/Berlin")[7:]] == [
        "the second before daylight saving time begins (2026-03-29T01:59:59+01:00 Europe/Berlin)",
        "daylight saving time begins (2026-03-29T03:00:00+02:00 Europe/Berlin)",
        "the second before daylight saving time ends (2026-10-25T02:59:59+02:00 Europe/Berlin)",
        "daylight saving time ends (2026-10-25T02:00:00+01:00 Europe/Berlin)",
    ]


SEEN: list[dt.datetime] = []


@sweep(zone=["UTC", "America/New_York"])
def test_a_swept_test_runs_at_every_moment_in_local_time() -> None:
    SEEN.append(dt.datetime.now().astimezone())
    if len(SEEN) == len(moments("UTC")) + len(moments("America/New_York")):
        assert {str(moment.utcoffset()) for moment in SEEN} == {"0:00:00", "-1 day, 19:00:00", "-1 day, 20:00:00"}
        SEEN.clear()


def test_a_failure_in_a_sweep_names_the_moment() -> None:
    @sweep()
    def next_year() -> None:
        today = dt.datetime.now(dt.UTC).date()
        today.replace(year=today.year + 1)

    with pytest.raises(ValueError, match="day") as caught:
        next_year()
    assert caught.value.__notes__ == ["at leap day (2028-02-29T12:00:00+00:00 UTC)"]


async def test_an_asynchronous_test_is_swept_too() -> None:
    years = []

    @sweep()
    async def note() -> None:
        await asyncio.sleep(0)
        years.append(dt.datetime.now(dt.UTC).year)

    await note()
    assert sorted(set(years)) == [2026, 2027, 2028]


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (lambda: moments("Mars/Olympus"), "there is no time zone 'Mars/Olympus'; expected an IANA name"),
        (lambda: freeze("tomorrow").__enter__(), "'tomorrow' is no moment; expected ISO 8601"),
    ],
)
def test_what_is_no_moment_or_zone_is_refused(use: object, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        use()  # type: ignore[operator]  # a function
