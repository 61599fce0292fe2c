"""The bodies."""

from typing import Self

from shop.kit.wire import Timestamp, WireModel
from shop.notifications.domain.notification import Notification


class NotificationOut(WireModel):
    """A message to a customer."""

    id: str
    order_id: str
    customer_id: str
    type: str
    recipient: str
    subject: str
    text: str
    created_at: Timestamp

    @classmethod
    def of(cls, notification: Notification) -> Self:
        return cls(
            id=notification.id,
            order_id=notification.order_id,
            customer_id=notification.customer_id,
            type=notification.type.value,
            recipient=notification.recipient,
            subject=notification.subject,
            text=notification.text,
            created_at=notification.created_at,
        )
