"""Writing to customers, and showing what was written."""

from uuid import uuid4

from shop.notifications.domain.notification import Notification, OrderNews, confirmation
from shop.notifications.service.ports import Clock, EmailSender, IdFactory, NotificationRepository


class NotificationService:
    """Writes to customers.

    Args:
        repository: keeps what was written.
        sender: the post.
        clock: the present moment.
        new_id: makes notification ids; random ones when left out.
    """

    def __init__(
        self,
        repository: NotificationRepository,
        sender: EmailSender,
        *,
        clock: Clock,
        new_id: IdFactory | None = None,
    ) -> None:
        self._repository = repository
        self._sender = sender
        self._clock = clock
        self._new_id = new_id or (lambda: f"note_{uuid4().hex}")

    async def confirm_order(self, news: OrderNews) -> None:
        """Send the confirmation of an order, unless it was sent."""
        notification = confirmation(news, self._new_id(), self._clock())
        if await self._repository.add(notification) and notification.recipient:
            await self._sender.send(notification)

    async def of_order(self, order_id: str) -> list[Notification]:
        """An order's notifications, the oldest first."""
        return await self._repository.of_order(order_id)
