"""Products in stock and what is held of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self

from shop.inventory.domain.errors import InsufficientStockError, InvalidStockError, ReservationStateError, Shortage


@dataclass(frozen=True, slots=True)
class StockLevel:
    """A product: how many are on the shelf, how many of those are held. Without a price it is not sold."""

    product_id: str
    name: str
    unit_price: Decimal | None
    on_hand: int
    held: int = 0

    def __post_init__(self) -> None:
        if self.on_hand < 0:
            raise InvalidStockError(f"Quantity cannot be negative: {self.on_hand}")
        if self.unit_price is not None and self.unit_price < 0:
            raise InvalidStockError(f"Price cannot be negative: {self.unit_price}")

    @property
    def available(self) -> int:
        """What an order can still get; a recount may leave less on the shelf than is held."""
        return max(self.on_hand - self.held, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """A product and how many of it."""

    product_id: str
    quantity: int

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise InvalidStockError(f"Quantity must be at least 1: {self.product_id} has {self.quantity}")


class ReservationState(StrEnum):
    """Where a reservation stands."""

    HELD = "held"
    COMMITTED = "committed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Reservation:
    """Stock held for an order until a moment, then sold for good or given back."""

    order_id: str
    lines: tuple[Line, ...]
    expires_at: datetime
    state: ReservationState = ReservationState.HELD

    def holds_at(self, now: datetime) -> bool:
        """Whether it still keeps stock from others without having taken it off the shelf."""
        return self.state is ReservationState.HELD and now < self.expires_at

    def committed(self) -> Self:
        """The reservation made final.

        Raises:
            ReservationStateError: it was released.
        """
        if self.state is ReservationState.RELEASED:
            raise ReservationStateError(f"The reservation of order {self.order_id} was released")
        return replace(self, state=ReservationState.COMMITTED)

    def released(self) -> Self:
        """The reservation given back."""
        return replace(self, state=ReservationState.RELEASED)


def added_up(lines: Iterable[Line]) -> tuple[Line, ...]:
    """One line for each product, in a fixed order: whoever locks products one after another must agree on it."""
    quantities: dict[str, int] = {}
    for line in lines:
        quantities[line.product_id] = quantities.get(line.product_id, 0) + line.quantity
    if not quantities:
        raise InvalidStockError("A reservation must have at least one item")
    return tuple(Line(product_id, quantity) for product_id, quantity in sorted(quantities.items()))


def refuse_shortage(lines: Iterable[Line], levels: Mapping[str, StockLevel]) -> None:
    """Hold lines against stock; an unknown product has none.

    Raises:
        InsufficientStockError: at least one line asks for more than is available.
    """
    shortages = [
        Shortage(line.product_id, line.quantity, available)
        for line in lines
        if line.quantity > (available := levels[line.product_id].available if line.product_id in levels else 0)
    ]
    if shortages:
        raise InsufficientStockError(shortages)
