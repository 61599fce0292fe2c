"""NotificationService's ports as fakes, and events to test with."""

from typing import Any

from shop.notifications.domain.notification import Notification
from shop.notifications.service.ports import EmailSender, NotificationRepository


class FakeNotificationRepository(NotificationRepository):
    """Notifications in memory, with the real one's uniqueness rule."""

    def __init__(self) -> None:
        self.stored: list[Notification] = []

    async def add(self, notification: Notification) -> bool:
        if any((old.order_id, old.type) == (notification.order_id, notification.type) for old in self.stored):
            return False
        self.stored.append(notification)
        return True

    async def of_order(self, order_id: str) -> list[Notification]:
        return [notification for notification in self.stored if notification.order_id == order_id]


class FakeSender(EmailSender):
    """Keeps what it is given; fails as long as a test wants it to."""

    def __init__(self) -> None:
        self.sent: list[Notification] = []
        self.failing = False

    async def send(self, notification: Notification) -> None:
        if self.failing:
            raise ConnectionError("the post is closed")
        self.sent.append(notification)


def order_data(order_id: str = "order-1", **changes: Any) -> dict[str, Any]:
    """What `order.placed` and `order.confirmed` say."""
    data = {
        "orderId": order_id,
        "customerId": "customer-1",
        "customerEmail": "ada@example.com",
        "totalAmount": 45.0,
        "items": [{"productName": "Widget", "quantity": 2}],
    }
    return {**data, **changes}
