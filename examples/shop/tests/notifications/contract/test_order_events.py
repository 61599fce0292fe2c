"""NotificationService as a reader of OrderService's events, with its own handler.

Document B, "Order Events Contract (Consumer: Notification Service)", in its own texts.
"""

from typing import Any

import pytest
from shop_doubles.moments import StoppedClock
from shop_doubles.notifications import FakeNotificationRepository, FakeSender

from accord import match
from shop.notifications.adapters.order_events import OrderEventHandler
from shop.notifications.service.notifying import NotificationService

DATA = {
    "orderId": match.like("order-123"),
    "customerId": match.like("customer-456"),
    "customerEmail": match.like("customer@example.com"),
    "totalAmount": match.like(45.00),
    "items": match.each_like({"productName": match.like("Widget"), "quantity": match.like(2)}),
}


# Document B, "should handle order.placed event"; the bus brings the second, of the same shape
@pytest.mark.parametrize(
    ("state", "event_type"),
    [("an order has been placed", "order.placed"), ("an order has been confirmed", "order.confirmed")],
)
async def test_should_handle_the_event(pact: Any, state: str, event_type: str) -> None:
    sender = FakeSender()
    service = NotificationService(FakeNotificationRepository(), sender, clock=StoppedClock())

    async def handle(event: dict[str, Any], _metadata: object) -> None:
        await OrderEventHandler(service).handle(event)

    await (
        pact("NotificationService", "OrderService")
        .given(state)
        .expects_to_receive(f"an {event_type} event")
        .with_content(
            {"eventType": event_type, "timestamp": match.like("2025-01-15T10:30:00.000Z"), "data": DATA},
        )
        .averify(handle)
    )
    assert len(sender.sent) == 1
    assert sender.sent[0].recipient == "customer@example.com"
