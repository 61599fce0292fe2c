"""The order's events and its saga's commands as messages.

Their schema is a contract of its own: the HTTP layer's names do not reach it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, assert_never
from uuid import uuid4

from shop.kit.envelope import Envelope
from shop.kit.wire import wire_money
from shop.orders.domain.events import OrderCancelled, OrderConfirmed, OrderEvent, OrderPlaced, OrderSummary
from shop.orders.domain.saga_messages import ChargePayment, Command, CommitInventory, RefundPayment, ReleaseInventory

EVENTS: Final = "orders.events"
TO_PAYMENTS: Final = "payments.commands"
TO_INVENTORY: Final = "inventory.commands"
CHANNEL_OF: Final[Mapping[str, str]] = {
    "order.placed": EVENTS,
    "order.confirmed": EVENTS,
    "order.cancelled": EVENTS,
    "charge-payment": TO_PAYMENTS,
    "refund-payment": TO_PAYMENTS,
    "commit-inventory": TO_INVENTORY,
    "release-inventory": TO_INVENTORY,
}
"""Where each message goes."""
CURRENCY: Final = "USD"


def envelope_of(event: OrderEvent) -> Envelope:
    """The message that tells of an event."""
    match event:
        case OrderPlaced():
            event_type, data = "order.placed", _summary(event.order)
        case OrderConfirmed():
            event_type, data = "order.confirmed", _summary(event.order)
        case OrderCancelled():
            event_type = "order.cancelled"
            data = {"orderId": event.order_id, "customerId": event.customer_id, "reason": event.reason}
        case _:
            assert_never(event)
    return Envelope(str(uuid4()), event_type, event.occurred_at, data)


def command_envelope(order_id: str, command: Command, asked_at: datetime) -> Envelope:
    """The message that asks a participant to do something for an order."""
    match command:
        case ChargePayment():
            command_type = "charge-payment"
            data: dict[str, Any] = {
                "customerId": command.customer_id,
                "amount": wire_money(command.amount),
                "currency": CURRENCY,
                "paymentMethod": {"type": command.method.type, "token": command.method.token},
            }
        case RefundPayment():
            command_type, data = "refund-payment", {"paymentId": command.payment_id}
        case CommitInventory():
            command_type, data = "commit-inventory", {}
        case ReleaseInventory():
            command_type, data = "release-inventory", {}
        case _:
            raise TypeError(f"{type(command).__name__} is for the order itself, not for a participant")
    return Envelope(str(uuid4()), command_type, asked_at, {"orderId": order_id, **data})


def _summary(order: OrderSummary) -> dict[str, Any]:
    return {
        "orderId": order.order_id,
        "customerId": order.customer_id,
        "customerEmail": order.customer_email,
        "totalAmount": wire_money(order.total_amount),
        "items": [{"productName": item.product_name, "quantity": item.quantity} for item in order.items],
    }
