"""What NotificationService needs from outside, in its own words."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime

from shop.notifications.domain.notification import Notification

Clock = Callable[[], datetime]
IdFactory = Callable[[], str]


class NotificationRepository(ABC):
    """Keeps notifications; an order has one of each type."""

    @abstractmethod
    async def add(self, notification: Notification) -> bool:
        """Store a notification; False when the order has one of its type already."""

    @abstractmethod
    async def of_order(self, order_id: str) -> list[Notification]:
        """An order's notifications, the oldest first."""


class EmailSender(ABC):
    """The post."""

    @abstractmethod
    async def send(self, notification: Notification) -> None:
        """Send it to its recipient; raise when the post did not take it."""
