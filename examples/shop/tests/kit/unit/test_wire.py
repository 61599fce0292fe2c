import json
import logging
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from pydantic import ValidationError
from shop_doubles.properties import given, st

from shop.kit.envelope import Envelope, MalformedEnvelopeError
from shop.kit.logs import JsonLines
from shop.kit.wire import Money, Timestamp, WireModel, to_milliseconds, utc_now, wire_time


class Receipt(WireModel):
    paid_amount: Money
    paid_at: Timestamp


@pytest.mark.parametrize(
    ("amount", "text"),
    [("100.00", "100.0"), ("45.10", "45.1"), ("0.00", "0.0"), ("9999999999.99", "9999999999.99"), ("0.01", "0.01")],
)
def test_money_is_a_number_with_a_fraction(amount: str, text: str) -> None:
    receipt = Receipt(paid_amount=Decimal(amount), paid_at=datetime(2025, 1, 15, 10, 30, tzinfo=UTC))
    assert receipt.model_dump_json(by_alias=True) == f'{{"paidAmount":{text},"paidAt":"2025-01-15T10:30:00.000Z"}}'


@pytest.mark.parametrize("amount", ["10", True, None, 0.001, 1e11, float("nan"), float("inf"), []])
def test_money_that_is_none_is_refused(amount: object) -> None:
    with pytest.raises(ValidationError):
        Receipt.model_validate({"paidAmount": amount, "paidAt": "2025-01-15T10:30:00.000Z"})


@given(st.decimals(min_value=0, max_value=Decimal("9999999999.99"), places=2))
def test_money_survives_there_and_back(amount: Decimal) -> None:
    sent = Receipt(paid_amount=amount, paid_at=utc_now()).model_dump_json(by_alias=True)
    assert Receipt.model_validate(json.loads(sent)).paid_amount == amount


def test_moments_are_told_in_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    assert wire_time(datetime(2025, 1, 15, 11, 30, 0, 999_999, tzinfo=berlin)) == "2025-01-15T10:30:00.999Z"


def test_moments_are_cut_to_milliseconds_not_rounded() -> None:
    assert to_milliseconds(datetime(2025, 1, 15, 10, 30, 0, 999_999, tzinfo=UTC)).microsecond == 999_000


ENVELOPE = Envelope("event-1", "order.placed", datetime(2025, 1, 15, 10, 30, tzinfo=UTC), {"orderId": "order-1"})


def test_an_envelope_has_five_fields() -> None:
    assert ENVELOPE.as_dict() == {
        "eventId": "event-1",
        "eventType": "order.placed",
        "eventVersion": 1,
        "timestamp": "2025-01-15T10:30:00.000Z",
        "data": {"orderId": "order-1"},
    }


def test_an_envelope_survives_there_and_back() -> None:
    assert Envelope.from_dict(ENVELOPE.as_dict()) == ENVELOPE


@pytest.mark.parametrize("field", ["eventId", "eventType", "eventVersion", "timestamp", "data"])
def test_an_envelope_without_a_field_is_refused_by_name(field: str) -> None:
    message = {name: value for name, value in ENVELOPE.as_dict().items() if name != field}
    with pytest.raises(MalformedEnvelopeError, match=field):
        Envelope.from_dict(message)


@pytest.mark.parametrize("change", [{"timestamp": "yesterday"}, {"eventVersion": "one"}, {"data": 5}])
def test_an_envelope_that_cannot_be_read_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(MalformedEnvelopeError, match="cannot be read"):
        Envelope.from_dict({**ENVELOPE.as_dict(), **change})


def test_a_log_line_is_one_json_object_that_names_the_service() -> None:
    record = logging.LogRecord("shop.orders", logging.INFO, __file__, 1, "order %s\nplaced", ("order-1",), None)
    line = JsonLines("orders").format(record)
    assert "\n" not in line
    read = json.loads(line)
    assert (read["service"], read["level"], read["message"]) == ("orders", "info", "order order-1\nplaced")


def test_a_log_line_tells_the_exception() -> None:
    error = ConnectionError("the database is down")
    caught = (ConnectionError, error, None)
    record = logging.LogRecord("shop.orders", logging.ERROR, __file__, 1, "crash", (), caught)
    assert "the database is down" in json.loads(JsonLines("orders").format(record))["exception"]
