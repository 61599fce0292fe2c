"""Notifications in PostgreSQL."""

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.database import reading, transaction
from shop.kit.wire import to_milliseconds
from shop.notifications.adapters.database import notifications
from shop.notifications.domain.notification import Notification, NotificationType
from shop.notifications.service.ports import NotificationRepository


class SqlNotificationRepository(NotificationRepository):
    """The real repository; its unique constraint decides who was first.

    Args:
        engine: the service's database.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, notification: Notification) -> bool:
        new = insert(notifications).values(**asdict(notification)).on_conflict_do_nothing()
        async with transaction(self._engine) as connection:
            return (await connection.execute(new.returning(notifications.c.id))).first() is not None

    async def of_order(self, order_id: str) -> list[Notification]:
        theirs = select(notifications).where(notifications.c.order_id == order_id)
        async with reading(self._engine) as connection:
            rows = await connection.execute(theirs.order_by(notifications.c.created_at, notifications.c.id))
        return [
            Notification(
                row.id,
                row.order_id,
                row.customer_id,
                NotificationType(row.type),
                row.recipient,
                row.subject,
                row.text,
                to_milliseconds(row.created_at),
            )
            for row in rows
        ]
