from datetime import timedelta
from decimal import Decimal

import pytest
from shop_doubles.moments import NOON
from shop_doubles.properties import given, st

from shop.inventory.domain.errors import InsufficientStockError, InvalidStockError, ReservationStateError, Shortage
from shop.inventory.domain.stock import (
    Line,
    Reservation,
    ReservationState,
    StockLevel,
    added_up,
    refuse_shortage,
)

lines = st.lists(st.builds(Line, st.sampled_from(["a", "b", "c"]), st.integers(1, 100)), min_size=1)
HELD = Reservation("order-1", (Line("a", 2),), NOON)


def a_level(on_hand: int, held: int = 0, product_id: str = "a") -> StockLevel:
    return StockLevel(product_id, "Widget", Decimal(10), on_hand, held)


@given(lines)
def test_adding_up_keeps_every_piece_and_sorts_the_products(asked: list[Line]) -> None:
    total = added_up(asked)
    assert sum(line.quantity for line in total) == sum(line.quantity for line in asked)
    assert [line.product_id for line in total] == sorted({line.product_id for line in asked})


def test_adding_up_nothing_is_refused() -> None:
    with pytest.raises(InvalidStockError, match="at least one item"):
        added_up([])


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_line_has_at_least_one_piece(quantity: int) -> None:
    with pytest.raises(InvalidStockError):
        Line("a", quantity)


@given(on_hand=st.integers(0, 100), held=st.integers(0, 100))
def test_available_is_what_nobody_holds_and_never_below_zero(on_hand: int, held: int) -> None:
    assert a_level(on_hand, held).available == max(on_hand - held, 0)


@pytest.mark.parametrize(("on_hand", "price"), [(-1, "1"), (1, "-1")])
def test_stock_and_prices_are_never_negative(on_hand: int, price: str) -> None:
    with pytest.raises(InvalidStockError):
        StockLevel("a", "Widget", Decimal(price), on_hand)


def test_all_that_is_there_can_be_had() -> None:
    refuse_shortage([Line("a", 3)], {"a": a_level(5, held=2)})


def test_every_short_line_is_named() -> None:
    with pytest.raises(InsufficientStockError, match="a, c") as refusal:
        refuse_shortage([Line("a", 4), Line("b", 1), Line("c", 1)], {"a": a_level(5, held=2), "b": a_level(1)})
    assert refusal.value.shortages == (Shortage("a", 4, 3), Shortage("c", 1, 0))


def test_a_hold_ends_at_its_moment() -> None:
    assert HELD.holds_at(NOON - timedelta(milliseconds=1))
    assert not HELD.holds_at(NOON)


@pytest.mark.parametrize("state", [ReservationState.COMMITTED, ReservationState.RELEASED])
def test_only_a_hold_holds(state: ReservationState) -> None:
    reservation = Reservation("order-1", HELD.lines, NOON, state)
    assert not reservation.holds_at(NOON - timedelta(days=1))


def test_committing_twice_changes_nothing() -> None:
    assert HELD.committed().committed().state is ReservationState.COMMITTED


def test_what_was_released_cannot_be_committed() -> None:
    with pytest.raises(ReservationStateError, match="released"):
        HELD.released().committed()
