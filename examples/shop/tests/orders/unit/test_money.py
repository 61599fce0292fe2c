from decimal import Decimal

import pytest
from shop_doubles.properties import given, st

from shop.kit.wire import wire_money
from shop.orders.domain.errors import InvalidOrderError
from shop.orders.domain.money import LARGEST, money, rounded

amounts = st.decimals(min_value=0, max_value=LARGEST, places=2)


@given(amounts)
def test_an_amount_keeps_its_value_and_has_two_decimals(amount: Decimal) -> None:
    assert money(amount) == amount
    assert money(amount).as_tuple().exponent == -2


@given(amounts)
def test_an_amount_survives_the_wire(amount: Decimal) -> None:
    assert money(repr(wire_money(amount))) == amount


@pytest.mark.parametrize("value", ["0.001", "NaN", "Infinity", "10000000000.00"])
def test_refuses_what_nobody_can_pay(value: str) -> None:
    with pytest.raises(InvalidOrderError):
        money(value)


@given(st.decimals(min_value=0, max_value=LARGEST - 1, places=5))
def test_rounding_moves_at_most_half_a_cent(value: Decimal) -> None:
    assert abs(rounded(value) - value) <= Decimal("0.005")


def test_half_a_cent_is_rounded_up() -> None:
    assert rounded(Decimal("0.125")) == Decimal("0.13")
