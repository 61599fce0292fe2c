"""The inbox: which messages a service has handled; and the messages that it could not handle, parked to be looked at.

What is parked lies in a table of the service's own database, not in a stream of the bus: SQL is enough to look at it,
it stays as long as it is wanted, and it is the same whichever bus is used.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Identity, Integer, MetaData, String, Table, Text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from shop.kit.bus import Delivery
from shop.kit.envelope import Envelope


@dataclass(frozen=True, slots=True)
class InboxTables:
    """The two tables, for a service's own metadata."""

    handled: Table
    parked: Table

    @classmethod
    def of(cls, metadata: MetaData) -> "InboxTables":
        handled = Table(
            "inbox",
            metadata,
            Column("event_id", String, primary_key=True),
            Column("event_type", String, nullable=False),
            Column("handled_at", DateTime(timezone=True), nullable=False),
        )
        parked = Table(
            "parked_messages",
            metadata,
            Column("position", BigInteger, Identity(always=True), primary_key=True),
            Column("channel", String, nullable=False),
            Column("body", Text, nullable=False),
            Column("reason", String, nullable=False),
            Column("deliveries", Integer, nullable=False),
            Column("traceparent", String),
            Column("parked_at", DateTime(timezone=True), nullable=False),
        )
        return cls(handled, parked)


async def mark_handled(connection: AsyncConnection, tables: InboxTables, message: Envelope, now: datetime) -> bool:
    """Note in the caller's transaction that a message is handled; False when it already was.

    Who asks at the same moment waits here until the first transaction has ended.
    """
    values = {"event_id": message.event_id, "event_type": message.event_type, "handled_at": now}
    new = insert(tables.handled).values(**values).on_conflict_do_nothing()
    return (await connection.execute(new.returning(tables.handled.c.event_id))).first() is not None


async def park(
    connection: AsyncConnection,
    tables: InboxTables,
    delivery: Delivery,
    reason: str,
    now: datetime,
) -> None:
    """Keep a message that cannot be handled, word for word as far as a text can hold it."""
    await connection.execute(
        insert(tables.parked).values(
            channel=delivery.channel,
            body=delivery.body.decode("utf-8", "backslashreplace").replace("\0", "\\x00"),
            reason=reason,
            deliveries=delivery.number,
            traceparent=delivery.traceparent,
            parked_at=now,
        ),
    )
