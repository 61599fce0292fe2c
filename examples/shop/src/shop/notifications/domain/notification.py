"""What is written to a customer."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class NotificationType(StrEnum):
    """What it is about; an order has one of each at most."""

    ORDER_CONFIRMATION = "order_confirmation"


@dataclass(frozen=True, slots=True)
class OrderedItem:
    """A line of an order."""

    product_name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderNews:
    """What there is to say of an order."""

    order_id: str
    customer_id: str
    customer_email: str
    total_amount: Decimal
    items: tuple[OrderedItem, ...]


@dataclass(frozen=True, slots=True)
class Notification:
    """A message to a customer; without an address it is kept and not sent."""

    id: str
    order_id: str
    customer_id: str
    type: NotificationType
    recipient: str
    subject: str
    text: str
    created_at: datetime


def confirmation(news: OrderNews, notification_id: str, now: datetime) -> Notification:
    """The confirmation of an order."""
    lines = [f"{item.quantity} x {item.product_name}" for item in news.items]
    return Notification(
        id=notification_id,
        order_id=news.order_id,
        customer_id=news.customer_id,
        type=NotificationType.ORDER_CONFIRMATION,
        recipient=news.customer_email,
        subject=f"Your order {news.order_id}",
        text="\n".join(["Thank you for your order:", *lines, f"Total: {news.total_amount:.2f}"]),
        created_at=now,
    )
