"""What can go wrong with an order.

OrderError
├── InvalidOrderError
├── ValidationError
│   └── InvalidDiscountError
├── OrderStateError
├── InsufficientInventoryError
├── PriceChangedError
├── ConcurrentModificationError
├── OrderNotFoundError
└── PaymentDeclinedError
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ItemShortage:
    """A line that stock cannot serve."""

    product_id: str
    requested: int
    available: int


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A line whose sent price is not the catalogue's."""

    product_id: str
    sent: Decimal
    current: Decimal


class OrderError(Exception):
    """Base of every error of this service."""


class InvalidOrderError(OrderError):
    """An order that cannot exist."""


class ValidationError(OrderError):
    """A request this service refuses."""


class InvalidDiscountError(ValidationError):
    """An unknown discount code."""

    def __init__(self, code: str) -> None:
        super().__init__("Invalid discount code")
        self.code = code


class OrderStateError(OrderError):
    """A step that the order's status does not allow."""


class InsufficientInventoryError(OrderError):
    """Stock is short of at least one line."""

    def __init__(self, shortages: Sequence[ItemShortage]) -> None:
        names = ", ".join(shortage.product_id for shortage in shortages)
        super().__init__(f"Insufficient inventory for {names}")
        self.shortages = tuple(shortages)


class PriceChangedError(OrderError):
    """At least one line was sent with a price that no longer holds."""

    def __init__(self, changes: Sequence[PriceChange]) -> None:
        names = ", ".join(change.product_id for change in changes)
        super().__init__(f"The price has changed for {names}")
        self.changes = tuple(changes)


class ConcurrentModificationError(OrderError):
    """Somebody else changed the order since it was read."""

    def __init__(self, order_id: str) -> None:
        super().__init__("Concurrent modification")
        self.order_id = order_id


class OrderNotFoundError(OrderError):
    """No such order, or none that the caller may see."""

    def __init__(self, order_id: str) -> None:
        super().__init__("Order not found")
        self.order_id = order_id


class PaymentDeclinedError(OrderError):
    """The payment was refused; `code` says why, as PaymentService put it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.reason = message
