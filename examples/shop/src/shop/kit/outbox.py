"""The transactional outbox: a message is stored with the change it tells of, and relayed afterwards.

Messages are events, which tell what has happened, and commands, which ask a participant to do something.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, DateTime, Identity, MetaData, String, Table, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shop.kit import trace
from shop.kit.envelope import Envelope

_log = logging.getLogger(__name__)
_MAY_BE_LOST = timedelta(hours=1)  # older messages have been read, or their sagas have gone past their time limits


class EventPublisher(ABC):
    """Port to the bus: what the relay hands messages to."""

    @abstractmethod
    async def publish(self, event: Envelope, key: str) -> None:
        """Deliver one message; raise when the bus did not take it.

        Args:
            event: the message, event or command.
            key: what it is about; messages of one key stay in order.
        """


def outbox_table(metadata: MetaData) -> Table:
    """The outbox's columns, for a service's own metadata."""
    return Table(
        "outbox",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", String, nullable=False, unique=True),
        Column("aggregate_id", String, nullable=False),
        Column("event_type", String, nullable=False),
        Column("payload", JSONB, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("published_at", DateTime(timezone=True)),
        Column("traceparent", String),
    )


async def append(connection: AsyncConnection, outbox: Table, aggregate_id: str, events: Sequence[Envelope]) -> None:
    """Write events into the caller's transaction: they exist if and only if it commits."""
    rows = [
        {
            "event_id": event.event_id,
            "aggregate_id": aggregate_id,
            "event_type": event.event_type,
            "payload": event.as_dict(),
            "created_at": event.timestamp,
            "traceparent": trace.outgoing().get(trace.HEADER),
        }
        for event in events
    ]
    if rows:
        await connection.execute(insert(outbox), rows)


class OutboxRelay:
    """Publishes stored events in order, at least once each.

    Args:
        engine: the service's database.
        outbox: its table.
        publisher: the bus.
        clock: the present moment.
        interval: seconds between looks when nobody wakes the relay.
        batch: events per transaction.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        outbox: Table,
        publisher: EventPublisher,
        *,
        clock: Callable[[], datetime],
        interval: float = 1.0,
        batch: int = 100,
    ) -> None:
        self._engine = engine
        self._outbox = outbox
        self._publisher = publisher
        self._clock = clock
        self._interval = interval
        self._batch = batch
        self._woken = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    def wake(self) -> None:
        """Look at once: an event was just committed."""
        self._woken.set()

    async def publish_again(self) -> None:
        """Publish once more what was published lately: the bus has lost it, and nobody knows how much was read.

        Whoever has read a message already passes it over: that is what the inbox is for.
        """
        outbox = self._outbox
        lately = outbox.c.published_at >= self._clock() - _MAY_BE_LOST
        # After a batch that is under way: what it gave to the bus before the loss is marked as published only then.
        async with self._one_at_a_time, self._engine.begin() as connection:
            await connection.execute(update(outbox).where(lately).values(published_at=None))
        self.wake()

    async def drain(self) -> int:
        """Publish everything that is due; give the number of events published."""
        total = 0
        async with self._one_at_a_time:
            published = self._batch
            while published == self._batch:  # a batch that is not full was the last one
                published = await self._publish_batch()
                total += published
        return total

    async def run(self) -> None:
        """Publish until cancelled; a bus that is down is tried again after the interval."""
        while True:
            self._woken.clear()
            try:
                await self.drain()
            except Exception:  # noqa: BLE001 - whatever went wrong, the rows are still there to try again
                _log.exception("outbox: could not publish; next try in %s s", self._interval)
                await asyncio.sleep(self._interval)
                continue
            await self._wait_until_woken()

    async def _wait_until_woken(self) -> None:
        try:
            async with asyncio.timeout(self._interval):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _publish_batch(self) -> int:
        outbox = self._outbox
        due = select(outbox).where(outbox.c.published_at.is_(None)).order_by(outbox.c.position).limit(self._batch)
        async with self._engine.begin() as connection:
            # Locked, not skipped: a second relay waits, so that the order of events holds.
            rows = (await connection.execute(due.with_for_update())).all()
            for row in rows:
                with trace.within(trace.Trace.continued(row.traceparent)):
                    await self._publisher.publish(Envelope.from_dict(row.payload), row.aggregate_id)
            if rows:
                await connection.execute(
                    update(outbox)
                    .where(outbox.c.position.in_([row.position for row in rows]))
                    .values(published_at=self._clock()),
                )
        return len(rows)


class Alarm:
    """Wakes the relay, once there is one."""

    def __init__(self) -> None:
        self.relay: OutboxRelay | None = None

    def __call__(self) -> None:
        if self.relay is not None:
            self.relay.wake()
