from __future__ import annotations

import pytest

from accord.contract.matching.dates import DateFormatError, matches_format


@pytest.mark.parametrize(
    ("date_format", "text"),
    [
        ("yyyy-MM-dd", "2024-02-29"),
        ("yyyyMMdd", "20250115"),
        ("d.M.yy", "1.12.25"),
        ("EEE, d MMM yyyy HH:mm:ss Z", "Wed, 15 Jan 2025 10:30:00 +0100"),
        ("EEEE MMMM", "wednesday JANUARY"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2025-01-15T10:30:00.123+01:00"),
        ("yyyy-MM-dd'T'HH:mm:ssX", "2025-01-15T10:30:00Z"),
        ("hh:mm a", "12:59 pm"),
        ("HH:mm[:ss]", "10:30"),
        ("HH:mm[:ss]", "10:30:59"),
        ("h 'o''clock'", "9 o'clock"),
        ("''yy", "'25"),
        ("dd/MM", "29/02"),
        ("D", "366"),
        ("VV", "Europe/Berlin"),
        ("G Q", "AD 1"),
        ("yyyy", "+12345"),
    ],
)
def test_a_text_in_its_format_fits(date_format: str, text: str) -> None:
    assert matches_format(text, date_format)


@pytest.mark.parametrize(
    ("date_format", "text"),
    [
        ("yyyy-MM-dd", "2025-02-29"),
        ("yyyy-MM-dd", "2025-13-01"),
        ("yyyy-MM-dd", "2025-1-1"),
        ("yyyy-MM-dd", "2025-01-15 "),
        ("HH:mm", "24:00"),
        ("hh:mm", "13:00"),
        ("mm", "60"),
        ("XXX", "0100"),
        ("dd/MM", "31/04"),
        ("EEE", "Wednesday"),
        ("yyyy-MM-dd", ""),
    ],
)
def test_a_text_out_of_its_format_or_range_does_not_fit(date_format: str, text: str) -> None:
    assert not matches_format(text, date_format)


@pytest.mark.parametrize(
    ("date_format", "message"),
    [("b", "the letter 'b' has no meaning"), ("'T", "the quote at column 1 is never closed"), ("[HH", "never closed")],
)
def test_a_wrong_format_says_what_is_wrong(date_format: str, message: str) -> None:
    with pytest.raises(DateFormatError) as caught:
        matches_format("x", date_format)
    assert message in str(caught.value)
