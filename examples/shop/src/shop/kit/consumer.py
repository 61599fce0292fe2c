"""From a delivery to the service's own handler: read, checked, handled once, answered, or parked."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shop.kit import outbox as outbox_rows
from shop.kit.bus import Delivery
from shop.kit.database import transaction
from shop.kit.envelope import Envelope, MalformedEnvelopeError
from shop.kit.inbox import InboxTables, mark_handled, park
from shop.kit.outbox import Alarm
from shop.kit.trace import Trace, within
from shop.kit.wire import WireModel

_log = logging.getLogger(__name__)
Body = TypeVar("Body", bound=WireModel)


class RefusedMessageError(Exception):
    """A message that will never be handled, however often it comes: it is parked at once."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that answers another; `key` is what it is about."""

    key: str
    message: Envelope


@dataclass(frozen=True, slots=True)
class Handler:
    """What to do about one type of message.

    Args:
        handle: does it, and gives what there is to say about it.
        versions: of the message's schema that it understands.
        in_transaction: whether all it does belongs in one transaction with the inbox. A handler that asks a third party
            has transactions of its own, and must itself act once however often it is called; its replies are stored
            with the inbox all the same.
    """

    handle: Callable[[Envelope], Awaitable[Sequence[Reply]]]
    versions: frozenset[int] = frozenset({1})
    in_transaction: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Where a consumer keeps its books.

    Args:
        engine: the service's database.
        inbox: what was handled and what was parked.
        outbox: for replies; a service that never replies has none.
        clock: the present moment.
        committed: called when something may have been written to the outbox: wakes its relay.
    """

    engine: AsyncEngine
    inbox: InboxTables
    outbox: Table | None = None
    clock: Callable[[], datetime]
    committed: Alarm = field(default_factory=Alarm)


class Consumer:
    """Handles each message once.

    Args:
        handlers: by type of message.
        passed_over: types that are known and of no concern to this service.
        storage: where it keeps its books.
        most_deliveries: how often a message may fail before it is parked.
    """

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        storage: Storage,
        *,
        passed_over: frozenset[str] = frozenset(),
        most_deliveries: int = 20,
    ) -> None:
        self._handlers = handlers
        self._storage = storage
        self._passed_over = passed_over
        self._most_deliveries = most_deliveries
        self.counts: Counter[str] = Counter()
        """What became of the messages: handled, repeated, passed over, failed, parked."""

    async def receive(self, delivery: Delivery) -> None:
        """Handle a delivery.

        Raises:
            Exception: whatever the handler raised; the bus delivers the message again.
        """
        with within(Trace.continued(delivery.traceparent)):
            try:
                await self._handle(delivery)
            except (MalformedEnvelopeError, RefusedMessageError) as refused:
                await self._park(delivery, str(refused))
            except Exception as error:
                self.counts["failed"] += 1
                _log.warning("%s: delivery %s failed: %r", delivery.channel, delivery.number, error)
                if delivery.number < self._most_deliveries:
                    raise
                await self._park(delivery, f"it failed {delivery.number} times, at last with {error!r}")

    async def _handle(self, delivery: Delivery) -> None:
        message = Envelope.from_json(delivery.body)
        handler = self._handlers.get(message.event_type)
        if handler is None:
            if message.event_type not in self._passed_over:
                raise RefusedMessageError(f"nobody here knows messages of the type {message.event_type!r}")
            self.counts["passed over"] += 1
        elif message.event_version not in handler.versions:
            known = ", ".join(str(version) for version in sorted(handler.versions))
            raise RefusedMessageError(
                f"{message.event_type} has the version {message.event_version}; known here: {known}",
            )
        else:
            await self._once(handler, message)

    async def _once(self, handler: Handler, message: Envelope) -> None:
        replies = [] if handler.in_transaction else await handler.handle(message)
        async with transaction(self._storage.engine) as connection:
            if not await mark_handled(connection, self._storage.inbox, message, self._storage.clock()):
                self.counts["repeated"] += 1
                return
            if handler.in_transaction:
                replies = await handler.handle(message)
            await self._store(connection, replies)
        self.counts["handled"] += 1
        self._storage.committed()

    async def _store(self, connection: AsyncConnection, replies: Sequence[Reply]) -> None:
        for reply in replies:
            if self._storage.outbox is None:
                raise RuntimeError(f"a reply, {reply.message.event_type}, of a service that has no outbox")
            await outbox_rows.append(connection, self._storage.outbox, reply.key, [reply.message])

    async def _park(self, delivery: Delivery, reason: str) -> None:
        async with transaction(self._storage.engine) as connection:
            await park(connection, self._storage.inbox, delivery, reason, self._storage.clock())
        self.counts["parked"] += 1
        _log.error("%s: a message is parked: %s", delivery.channel, reason)


def data_of(message: Envelope, model: type[Body]) -> Body:
    """The message's data, checked; fields that nobody here knows are left alone.

    Raises:
        MalformedEnvelopeError: a field is missing or of the wrong kind.
    """
    try:
        return model.model_validate(message.data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise MalformedEnvelopeError(f"{message.event_type}: {field}: {first['msg']}") from error
