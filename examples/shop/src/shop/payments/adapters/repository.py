"""Payments in PostgreSQL."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit import outbox as outbox_rows
from shop.kit.wire import to_milliseconds
from shop.payments.adapters.database import outbox, payments
from shop.payments.adapters.messages import told
from shop.payments.domain.errors import AlreadyChargedError
from shop.payments.domain.payment import Charge, Payment, PaymentStatus
from shop.payments.service.ports import PaymentRepository


class SqlPaymentRepository(PaymentRepository):
    """The real repository: a payment and the event that tells of it in one transaction.

    Its unique indexes, not locks, decide between requests that come at once.

    Args:
        engine: the service's database.
        on_events: called after a commit that stored an event; the outbox relay's alarm.
    """

    def __init__(self, engine: AsyncEngine, on_events: Callable[[], None] | None = None) -> None:
        self._engine = engine
        self._on_events = on_events

    async def find_by_key(self, key: str) -> Payment | None:
        return await self._find(payments.c.idempotency_key == key)

    async def find_by_id(self, payment_id: str) -> Payment | None:
        return await self._find(payments.c.id == payment_id)

    async def open(self, payment: Payment) -> Payment:
        charge = payment.charge
        new = insert(payments).values(
            id=payment.id,
            idempotency_key=payment.key,
            order_id=charge.order_id,
            customer_id=charge.customer_id,
            amount=charge.amount,
            currency=charge.currency,
            status=payment.status.value,
            processed_at=payment.processed_at,
        )
        try:
            async with self._engine.begin() as connection:
                await connection.execute(new.on_conflict_do_nothing(index_elements=["idempotency_key"]))
        except IntegrityError as error:
            # Either index may refuse first: the same key at the same moment is no second charge.
            stored = await self.find_by_key(payment.key)
            if stored is None:
                raise AlreadyChargedError(charge.order_id) from error
            return stored
        return await self.find_by_key(payment.key) or payment

    async def settle(self, payment: Payment) -> Payment:
        return await self._change(
            payment,
            payments.c.status == PaymentStatus.PENDING.value,
            status=payment.status.value,
            processed_at=payment.processed_at,
        )

    async def store_refund(self, payment: Payment) -> Payment:
        return await self._change(payment, payments.c.refunded_at.is_(None), refunded_at=payment.refunded_at)

    async def _change(self, payment: Payment, condition: ColumnElement[bool], **values: Any) -> Payment:
        change = update(payments).where(payments.c.id == payment.id, condition).values(**values)
        async with self._engine.begin() as connection:
            changed = (await connection.execute(change)).rowcount > 0
            if changed:
                await outbox_rows.append(connection, outbox, payment.charge.order_id, [told(payment)])
        if changed and self._on_events:
            self._on_events()
        return await self.find_by_id(payment.id) or payment

    async def _find(self, condition: ColumnElement[bool]) -> Payment | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(payments).where(condition))).one_or_none()
        return _payment(row) if row else None


def _payment(row: Row[Any]) -> Payment:
    return Payment(
        id=row.id,
        key=row.idempotency_key,
        charge=Charge(row.order_id, row.amount, row.currency, row.customer_id),
        processed_at=to_milliseconds(row.processed_at),
        status=PaymentStatus(row.status),
        refunded_at=to_milliseconds(row.refunded_at) if row.refunded_at else None,
    )
