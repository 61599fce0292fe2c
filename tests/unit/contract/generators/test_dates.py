"""What is written in a format is read back by the matching of the same format: both stand on one table."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.contract.generators.dates import render
from accord.contract.matching.dates import matches_format

MOMENT = datetime(2025, 3, 9, 14, 5, 7, 42_000, tzinfo=timezone(timedelta(hours=-5, minutes=-30)))


@pytest.mark.parametrize(
    ("date_format", "expected"),
    [
        ("yyyy-MM-dd", "2025-03-09"),
        ("dd/MM/yy", "09/03/25"),
        ("EEE, d MMM yyyy", "Sun, 9 Mar 2025"),
        ("EEEE d MMMM", "Sunday 9 March"),
        ("HH:mm:ss.SSS", "14:05:07.042"),
        ("h:mm a", "2:05 PM"),
        ("K k", "2 14"),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", "2025-03-09T14:05:07-05:30"),
        ("HH:mm:ssZ", "14:05:07-0530"),
        ("X", "-0530"),
        ("ZZZZ", "GMT-05:30"),
        ("D w Q e F", "68 10 1 7 2"),
        ("yyyy[-MM]", "2025-03"),
        ("'it''s' yyyy", "it's 2025"),
        ("SSSSSSSSS", "042000000"),
        ("G", "AD"),
    ],
)
def test_a_moment_is_written_in_a_format(date_format: str, expected: str) -> None:
    assert render(MOMENT, date_format) == expected


FIELDS = st.sampled_from(
    ["yyyy", "yy", "uuuu", "M", "MM", "MMM", "MMMM", "d", "dd", "DDD", "E", "EEEE", "HH", "H", "h", "hh", "K", "kk", "m",
     "mm", "ss", "s", "S", "SSS", "SSSSSS", "a", "X", "XX", "XXX", "x", "xxx", "Z", "ZZZZZ", "z", "VV", "w", "Q", "n", "A"]
)  # fmt: skip


@given(
    st.lists(FIELDS, min_size=1, max_size=6),
    st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year >= 1000),
    st.integers(-17 * 60, 17 * 60),
)
def test_what_is_written_is_what_is_matched(fields: list[str], moment: datetime, minutes: int) -> None:
    date_format = "|".join(fields)
    try:
        shifted = moment.astimezone(timezone(timedelta(minutes=minutes)))
    except OverflowError:
        return
    assert matches_format(render(shifted, date_format), date_format)
