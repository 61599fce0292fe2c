"""The order's events as messages. Their schema is a contract of its own: the HTTP layer's names do not reach it."""

from typing import Any, assert_never
from uuid import uuid4

from shop.kit.envelope import Envelope
from shop.kit.wire import wire_money
from shop.orders.domain.events import OrderCancelled, OrderConfirmed, OrderEvent, OrderPlaced, OrderSummary


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


def _summary(order: OrderSummary) -> dict[str, Any]:
    return {
        "orderId": order.order_id,
        "customerId": order.customer_id,
        "customerEmail": order.customer_email,
        "totalAmount": wire_money(order.total_amount),
        "items": [{"productName": item.product_name, "quantity": item.quantity} for item in order.items],
    }
