"""What the gateway answers, as far as a shop front depends on it."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in."""

    user_id: str
    token: str


@dataclass(frozen=True, slots=True)
class Line:
    """So many of a product, in a cart or in an order."""

    product_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Address:
    """Where an order goes."""

    street: str
    city: str
    postal_code: str
    country: str = "US"


class OrderStatus(StrEnum):
    """How far an order is."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Order:
    """An order. What it costs is not here: no contract promises that through the gateway yet."""

    id: str
    status: OrderStatus
    lines: tuple[Line, ...]
