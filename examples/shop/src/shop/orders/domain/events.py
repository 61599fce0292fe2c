"""What an order tells the rest of the shop."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shop.orders.domain.saga_messages import PaymentMethod


@dataclass(frozen=True, slots=True)
class EventItem:
    """A line as events tell it."""

    product_name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """What placed and confirmed orders have in common."""

    order_id: str
    customer_id: str
    customer_email: str
    total_amount: Decimal
    items: tuple[EventItem, ...]


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """An order was taken; its payment method is the saga's alone and is told to nobody else."""

    order: OrderSummary
    occurred_at: datetime
    payment_method: PaymentMethod | None = None


@dataclass(frozen=True, slots=True)
class OrderConfirmed:
    """An order will be served."""

    order: OrderSummary
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """An order will not be served."""

    order_id: str
    customer_id: str
    reason: str
    occurred_at: datetime


OrderEvent = OrderPlaced | OrderConfirmed | OrderCancelled
