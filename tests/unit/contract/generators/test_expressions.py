"""Moments said in words: the table of the reference's documentation, and what lies beside it."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.contract.generators.expressions import ExpressionError, moment_of

NOW = datetime(2000, 1, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("", "2000-01-01T10:00:00"),
        ("now", "2000-01-01T10:00:00"),
        ("today", "2000-01-01T10:00:00"),
        ("yesterday", "1999-12-31T10:00:00"),
        ("tomorrow", "2000-01-02T10:00:00"),
        ("+ 1 day", "2000-01-02T10:00:00"),
        ("today + 1 day", "2000-01-02T10:00:00"),
        ("+ 1 week", "2000-01-08T10:00:00"),
        ("- 2 weeks", "1999-12-18T10:00:00"),
        ("+ 4 years", "2004-01-01T10:00:00"),
        ("tomorrow+ 4 years", "2004-01-02T10:00:00"),
        ("next week", "2000-01-08T10:00:00"),
        ("last month", "1999-12-01T10:00:00"),
        ("next fortnight", "2000-01-15T10:00:00"),
        ("next monday", "2000-01-03T10:00:00"),
        ("next saturday", "2000-01-08T10:00:00"),
        ("last saturday", "1999-12-25T10:00:00"),
        ("last wednesday", "1999-12-29T10:00:00"),
        ("next mon", "2000-01-03T10:00:00"),
        ("last december", "1999-12-01T10:00:00"),
        ("next jan", "2001-01-01T10:00:00"),
        ("next june + 2 weeks", "2000-06-15T10:00:00"),
        ("last mon + 2 weeks", "2000-01-10T10:00:00"),
        ("+ 1 day - 2 weeks", "1999-12-19T10:00:00"),
        ("last december + 2 weeks + 4 days", "1999-12-19T10:00:00"),
        ("@ now", "2000-01-01T10:00:00"),
        ("@ midnight", "2000-01-01T00:00:00"),
        ("@ noon", "2000-01-01T12:00:00"),
        ("@ 2 o'clock", "2000-01-01T14:00:00"),
        ("@ 11 o'clock", "2000-01-01T11:00:00"),
        ("@ 10 o'clock", "2000-01-01T22:00:00"),
        ("@ 12 o'clock am", "2000-01-01T12:00:00"),
        ("@ 1 o'clock pm", "2000-01-01T13:00:00"),
        ("@ + 1 hour", "2000-01-01T11:00:00"),
        ("@ - 2 minutes", "2000-01-01T09:58:00"),
        ("@ + 4 seconds", "2000-01-01T10:00:04"),
        ("@ + 4 milliseconds", "2000-01-01T10:00:00.004000"),
        ("@ midnight+ 4 minutes", "2000-01-01T00:04:00"),
        ("@ next hour", "2000-01-01T11:00:00"),
        ("@ last minute", "2000-01-01T09:59:00"),
        ("@ now + 2 hours - 4 minutes", "2000-01-01T11:56:00"),
        ("yesterday @ midnight - 1 hour", "1999-12-30T23:00:00"),
        ("+ 1 week @ +1 hour", "2000-01-08T11:00:00"),
        ("tomorrow+ 4 years @ 3 o'clock + 40 milliseconds", "2004-01-02T15:00:00.040000"),
        ("last month @ last hour", "1999-12-01T09:00:00"),
    ],
)
def test_an_expression_names_a_moment(expression: str, expected: str) -> None:
    assert moment_of(expression, NOW, "DateTime").replace(tzinfo=None).isoformat() == expected


def test_a_month_ends_where_the_calendar_ends_it() -> None:
    assert moment_of("+ 1 month", datetime(2001, 1, 31, tzinfo=UTC), "Date").day == 28
    assert moment_of("+ 1 year", datetime(2000, 2, 29, tzinfo=UTC), "Date").day == 28


def test_a_time_may_leave_out_the_at() -> None:
    assert moment_of("noon", NOW, "Time").hour == moment_of("@ noon", NOW, "Time").hour == 12


@pytest.mark.parametrize(
    ("expression", "kind", "reason"),
    [
        ("whenever", "Date", "expected now, today"),
        ("today 1 day", "Date", "expected \\+ or -, seen '1'"),
        ("+ one day", "Date", "expected a number, seen 'one'"),
        ("+ 1 hour", "Date", "expected days or weeks"),
        ("next full moon", "Date", "a day of the week or a month, seen 'full'"),
        ("44 o'clock", "Time", "an hour from 1 to 12"),
        ("2 hours", "Time", "expected o'clock"),
        ("+ 99999 years", "Date", "leads out of the calendar"),
        ("- 99999999999999999999 days", "Date", "leads out of the calendar"),
        ("today §", "Date", "seen ' §'"),
    ],
)
def test_a_wrong_expression_says_what_was_expected(expression: str, kind: str, reason: str) -> None:
    with pytest.raises(ExpressionError, match=reason):
        moment_of(expression, NOW, kind)


@given(st.text(alphabet="+-@ 0123456789'", max_size=12) | st.sampled_from(["next", "last", "+ 1", "@", "next @ next"]))
def test_no_text_breaks_the_reader(expression: str) -> None:
    with suppress(ExpressionError):
        assert isinstance(moment_of(expression, NOW, "DateTime"), datetime)
