"""Sagas in PostgreSQL."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit import outbox as outbox_rows
from shop.kit.database import after_commit, reading, transaction
from shop.orders.adapters.database import outbox, sagas
from shop.orders.adapters.envelopes import command_envelope
from shop.orders.domain.errors import ConcurrentModificationError
from shop.orders.domain.saga import Saga, SagaState
from shop.orders.domain.saga_messages import Command
from shop.orders.service.ports import Clock, SagaStore


class SqlSagaStore(SagaStore):
    """The real store: the saga's row and its commands in the outbox, in one transaction.

    Args:
        engine: the service's database.
        clock: the present moment.
        on_commands: called after a commit that stored commands; the outbox relay's alarm.
    """

    def __init__(self, engine: AsyncEngine, clock: Clock, on_commands: Callable[[], None] | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self._on_commands = on_commands

    def transaction(self) -> AbstractAsyncContextManager[object]:
        return transaction(self._engine)

    async def find(self, order_id: str, *, overdue_at: datetime | None = None) -> Saga | None:
        wanted = select(sagas).where(sagas.c.order_id == order_id).with_for_update()
        async with transaction(self._engine) as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is None or (overdue_at and (row.waits_until is None or row.waits_until > overdue_at)):
            return None
        return Saga(row.order_id, SagaState(row.state), row.payment_id, row.reason, row.version)

    async def save(self, saga: Saga, commands: Sequence[Command], *, waits_until: datetime | None) -> None:
        now = self._clock()
        values = {
            "state": saga.state.value,
            "payment_id": saga.payment_id,
            "reason": saga.reason,
            "waits_until": waits_until,
            "version": saga.version + 1,
        }
        this = (sagas.c.order_id == saga.order_id, sagas.c.version == saga.version)
        async with transaction(self._engine) as connection:
            if saga.version == 0:
                await connection.execute(insert(sagas).values(order_id=saga.order_id, **values))
            elif (await connection.execute(update(sagas).where(*this).values(**values))).rowcount == 0:
                raise ConcurrentModificationError(saga.order_id)
            messages = [command_envelope(saga.order_id, command, now) for command in commands]
            await outbox_rows.append(connection, outbox, saga.order_id, messages)
            if messages and self._on_commands:
                after_commit(self._engine, self._on_commands)

    async def overdue(self, now: datetime, limit: int = 100) -> list[str]:
        late = select(sagas.c.order_id).where(sagas.c.waits_until <= now).order_by(sagas.c.waits_until).limit(limit)
        async with reading(self._engine) as connection:
            return list(await connection.scalars(late))
