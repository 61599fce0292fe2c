"""The order: what was bought, for how much, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self
from uuid import uuid4

from shop.orders.domain.errors import InvalidOrderError, OrderStateError
from shop.orders.domain.events import (
    EventItem,
    OrderCancelled,
    OrderConfirmed,
    OrderEvent,
    OrderPlaced,
    OrderSummary,
)
from shop.orders.domain.money import ZERO, money
from shop.orders.domain.saga_messages import PaymentMethod

MOST_LINES = 100


class OrderStatus(StrEnum):
    """Where an order stands."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One line of an order."""

    product_id: str
    product_name: str
    quantity: int
    unit_price: Decimal

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Address:
    """Where an order goes."""

    street: str
    city: str
    postal_code: str
    state: str | None = None
    country: str = "US"


@dataclass(slots=True, kw_only=True)
class Order:
    """An order and its events not yet stored.

    `Order.create` makes a new one and checks it; the constructor gives an order back as it was stored.
    `version` counts its stored states: 0 is an order that was never stored.
    """

    id: str
    customer_id: str
    items: tuple[OrderItem, ...]
    subtotal: Decimal
    total_amount: Decimal
    placed_at: datetime
    discount: Decimal = ZERO
    shipping: Decimal = ZERO
    tax: Decimal = ZERO
    status: OrderStatus = OrderStatus.PENDING
    customer_email: str = ""
    shipping_address: Address | None = None
    payment_id: str | None = None
    declined_payments: int = 0
    cancel_reason: str | None = None
    version: int = 0
    events: list[OrderEvent] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def create(
        cls,
        *,
        customer_id: str,
        items: Sequence[OrderItem],
        discount: Decimal = ZERO,
        shipping: Decimal = ZERO,
        tax: Decimal = ZERO,
        customer_email: str = "",
        shipping_address: Address | None = None,
        order_id: str | None = None,
        placed_at: datetime | None = None,
        payment_method: PaymentMethod | None = None,
    ) -> Self:
        """Place an order: total = subtotal - discount + shipping + tax.

        Raises:
            InvalidOrderError: no items or too many, a quantity below one, a negative price, or an amount nobody owes.
        """
        checked = tuple(_checked(item) for item in _counted(items))
        subtotal = money(sum((item.total for item in checked), ZERO))
        total = money(subtotal - discount + shipping + tax)
        if total < ZERO:
            raise InvalidOrderError(f"Order total cannot be negative: {total}")
        order = cls(
            id=order_id or str(uuid4()),
            customer_id=customer_id,
            customer_email=customer_email,
            items=checked,
            subtotal=subtotal,
            discount=money(discount),
            shipping=money(shipping),
            tax=money(tax),
            total_amount=total,
            shipping_address=shipping_address,
            placed_at=placed_at or _now(),
        )
        order.events.append(OrderPlaced(order.summary(), order.placed_at, payment_method))
        return order

    def confirm(self, at: datetime | None = None) -> None:
        """Pending becomes confirmed; a confirmed order stays as it is.

        Raises:
            OrderStateError: the order is cancelled or completed.
        """
        if self.status is OrderStatus.CONFIRMED:
            return
        if self.status is not OrderStatus.PENDING:
            raise OrderStateError(f"Cannot confirm a {self.status} order")
        self.status = OrderStatus.CONFIRMED
        self.events.append(OrderConfirmed(self.summary(), at or _now()))

    def paid(self, payment_id: str | None, at: datetime | None = None) -> None:
        """Keep the payment, if one was needed, and confirm.

        Raises:
            OrderStateError: the order is cancelled or completed.
        """
        self.confirm(at)
        self.payment_id = payment_id

    def payment_declined(self) -> None:
        """Count a refused payment, so that the next try is a new one to PaymentService."""
        self.declined_payments += 1

    def cancel(self, reason: str, at: datetime | None = None) -> None:
        """Pending or confirmed becomes cancelled; a cancelled order stays as it is.

        Raises:
            OrderStateError: the order is completed.
        """
        if self.status is OrderStatus.CANCELLED:
            return
        if self.status is OrderStatus.COMPLETED:
            raise OrderStateError("Cannot cancel a completed order")
        self.status = OrderStatus.CANCELLED
        self.cancel_reason = reason
        self.events.append(OrderCancelled(self.id, self.customer_id, reason, at or _now()))

    def complete(self) -> None:
        """Confirmed becomes completed; a completed order stays as it is.

        Raises:
            OrderStateError: the order is pending or cancelled.
        """
        if self.status is OrderStatus.COMPLETED:
            return
        if self.status is not OrderStatus.CONFIRMED:
            raise OrderStateError(f"Cannot complete a {self.status} order")
        self.status = OrderStatus.COMPLETED

    def summary(self) -> OrderSummary:
        """The order as its events tell it."""
        items = tuple(EventItem(item.product_name, item.quantity) for item in self.items)
        return OrderSummary(self.id, self.customer_id, self.customer_email, self.total_amount, items)


def _counted(items: Sequence[OrderItem]) -> Sequence[OrderItem]:
    if not items:
        raise InvalidOrderError("Order must have at least one item")
    if len(items) > MOST_LINES:
        raise InvalidOrderError(f"Order cannot have more than {MOST_LINES} items")
    return items


def _checked(item: OrderItem) -> OrderItem:
    if item.quantity < 1:
        raise InvalidOrderError(f"Quantity must be at least 1: {item.product_id} has {item.quantity}")
    if item.unit_price < 0:
        raise InvalidOrderError(f"Price cannot be negative: {item.product_id} has {item.unit_price}")
    return OrderItem(item.product_id, item.product_name, item.quantity, money(item.unit_price))


def _now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)  # what the wire and the store keep
