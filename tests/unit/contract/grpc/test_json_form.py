"""Protobuf messages as JSON values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from accord.contract.grpc.json_form import from_json, said_in, to_json
from accord.contract.matchers import integer
from accord.contract.rules import RuleCategory
from accord.contract.templates import TemplateParts
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from tests.grpc_code.quotes import Quotes

NO_RULES = RuleCategory()
DEFAULTS = {
    "id": "", "total_cents": 0, "currency": "CURRENCY_UNSPECIFIED", "lines": [], "stock": {}, "contacts": {},
    "signature": "", "rate": 0.0, "weight_kg": 0.0, "accepted": [], "fee": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        {"total_cents": 9_007_199_254_740_993},
        {"fee": 2**64 - 1},
        {"currency": "EUR"},
        {"accepted": ["EUR", "CURRENCY_UNSPECIFIED", "USD"]},
        {"lines": [{"sku": "a", "cents": 1}, {"sku": "", "cents": 0}]},
        {"stock": {"a": 1, "b": 0}},
        {"contacts": {"7": {"mail": "m", "city": ""}}},
        {"pickup_at": "the shop"},
        {"pickup_at": ""},
        {"send_to": {"mail": "", "city": "Graz"}},
        {"discount": 0},
        {"signature": "AAH/"},
        {"rate": 0.1},
        {"weight_kg": 0.1},
        {"weight_kg": 16777216.0},
        {"valid_until": "2026-01-01T00:00:00Z"},
        {"points": 12},
        {"points": 0},
    ],
    ids=str,
)
def test_a_value_survives_the_way_to_a_message_and_back(quotes: Quotes, value: dict[str, Any]) -> None:
    message = from_json(value, quotes.pb2.Quote)
    again = quotes.pb2.Quote.FromString(message.SerializeToString())
    assert to_json(again) == DEFAULTS | value


def test_what_json_cannot_hold_is_a_text(quotes: Quotes) -> None:
    pb2 = quotes.pb2
    assert to_json(pb2.Quote(rate=math.inf, weight_kg=math.nan)) == DEFAULTS | {"rate": "Infinity", "weight_kg": "NaN"}
    assert to_json(pb2.Quote(rate=-math.inf))["rate"] == "-Infinity"


def test_an_enum_number_without_a_name_stays_a_number(quotes: Quotes) -> None:
    assert to_json(quotes.pb2.Quote(currency=17))["currency"] == 17


def test_what_is_expected_has_no_defaults_but_those_that_were_named(quotes: Quotes) -> None:
    message = from_json({"id": "q", "fee": 0, "lines": [{"sku": "a", "cents": 0}]}, quotes.pb2.Quote)
    assert said_in(message, None, NO_RULES) == {"id": "q", "lines": [{"sku": "a"}]}
    said = {"id": "q", "fee": 0, "lines": [{"sku": "a", "cents": 0}]}
    assert said_in(message, said, NO_RULES) == said


def test_a_default_with_a_rule_is_expected(quotes: Quotes) -> None:
    parts = TemplateParts({"fee": integer(0), "lines": [{"cents": integer(0)}]})
    message = from_json(parts.example, quotes.pb2.Quote)
    assert said_in(message, None, parts.rules) == {"fee": 0, "lines": [{"cents": 0}]}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"totalCents": 1}, "at $: shop.v1.Quote has no field 'totalCents'; is it 'total_cents'?"),
        ({"lines": [{"sku": "a"}, {"SKU": "b"}]}, "at $.lines[1]: shop.v1.Quote.Line has no field 'SKU'; is it 'sku'?"),
        ({"contacts": {"7": {"x": 1}}}, "at $.contacts['7']: shop.v1.Contact has no field 'x'; it has mail, city"),
        ({"send_to": "Graz"}, "at $.send_to: expected an object of the fields of shop.v1.Contact, seen 'Graz'"),
        ({"total_cents": "many"}, "not a shop.v1.Quote: "),
        ({"currency": "GBP"}, "not a shop.v1.Quote: "),
        ({"stock": [1]}, "not a shop.v1.Quote: "),
        ({"pickup_at": "a", "send_to": {}}, "not a shop.v1.Quote: "),
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_is_refused_with_its_place(quotes: Quotes, value: Any, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        from_json(value, quotes.pb2.Quote)
    assert str(caught.value).startswith(said)
