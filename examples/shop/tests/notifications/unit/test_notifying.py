from decimal import Decimal
from typing import Any

import pytest
from shop_doubles.moments import NOON, StoppedClock
from shop_doubles.notifications import FakeNotificationRepository, FakeSender, order_data

from shop.kit.envelope import MalformedEnvelopeError
from shop.notifications.adapters.order_events import OrderEventHandler
from shop.notifications.domain.notification import NotificationType, OrderedItem, OrderNews, confirmation
from shop.notifications.service.notifying import NotificationService


class Office:
    """The service on fakes, and the handler of its events."""

    def __init__(self) -> None:
        self.repository, self.sender = FakeNotificationRepository(), FakeSender()
        self.handler = OrderEventHandler(NotificationService(self.repository, self.sender, clock=StoppedClock()))

    async def hear(self, event_type: str, data: Any) -> None:
        await self.handler.handle({"eventType": event_type, "data": data})


def test_a_confirmation_says_what_was_ordered() -> None:
    news = OrderNews("order-1", "customer-1", "ada@example.com", Decimal("45.0"), (OrderedItem("Widget", 2),))
    written = confirmation(news, "note_1", NOON)
    assert (written.type, written.recipient) == (NotificationType.ORDER_CONFIRMATION, "ada@example.com")
    assert written.subject == "Your order order-1"
    assert written.text.splitlines()[1:] == ["2 x Widget", "Total: 45.00"]


@pytest.mark.parametrize("event_type", ["order.placed", "order.confirmed"])
async def test_sends_a_confirmation(event_type: str) -> None:
    office = Office()
    await office.hear(event_type, order_data())
    assert [notification.recipient for notification in office.sender.sent] == ["ada@example.com"]


async def test_sends_it_once_however_many_events_there_are() -> None:
    office = Office()
    for event_type in ("order.placed", "order.confirmed", "order.confirmed"):
        await office.hear(event_type, order_data())
    assert len(office.sender.sent) == len(office.repository.stored) == 1


async def test_nobody_is_written_to_without_an_address_and_it_is_kept() -> None:
    office = Office()
    await office.hear("order.confirmed", order_data(customerEmail=""))
    assert (len(office.sender.sent), len(office.repository.stored)) == (0, 1)


async def test_leaves_fields_alone_that_it_does_not_know() -> None:
    office = Office()
    await office.hear("order.confirmed", order_data(loyaltyPoints=9))
    assert len(office.sender.sent) == 1


@pytest.mark.parametrize(
    ("event_type", "data"),
    [
        ("order.cancelled", order_data()),
        ("order.confirmed", None),
        ("order.confirmed", {"orderId": "order-1"}),
        ("order.confirmed", order_data(items="many")),
        ("order.confirmed", order_data(totalAmount="45.00")),
    ],
)
async def test_refuses_what_it_cannot_confirm(event_type: str, data: Any) -> None:
    office = Office()
    with pytest.raises(MalformedEnvelopeError):
        await office.hear(event_type, data)
    assert office.repository.stored == []
