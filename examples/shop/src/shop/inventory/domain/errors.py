"""What can go wrong with stock.

InventoryError
├── InvalidStockError
├── ProductNotFoundError
├── InsufficientStockError
├── ReservationNotFoundError
└── ReservationStateError
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shortage:
    """A product of which less is available than asked for."""

    product_id: str
    requested: int
    available: int


class InventoryError(Exception):
    """Base of every error of this service."""


class InvalidStockError(InventoryError):
    """Stock or a reservation that cannot exist."""


class ProductNotFoundError(InventoryError):
    """No such product."""

    def __init__(self, product_id: str) -> None:
        super().__init__("Product not found")
        self.product_id = product_id


class InsufficientStockError(InventoryError):
    """Not everything asked for is available, so nothing was held."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        names = ", ".join(shortage.product_id for shortage in shortages)
        super().__init__(f"Insufficient inventory for {names}")
        self.shortages = tuple(shortages)


class ReservationNotFoundError(InventoryError):
    """Nothing was ever held for this order."""

    def __init__(self, order_id: str) -> None:
        super().__init__("Reservation not found")
        self.order_id = order_id


class ReservationStateError(InventoryError):
    """A step that the reservation's state does not allow."""
