"""Orders in PostgreSQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shop.kit import outbox as outbox_rows
from shop.kit.database import after_commit, reading, transaction
from shop.kit.wire import to_milliseconds
from shop.orders.adapters.database import order_items, orders, outbox
from shop.orders.adapters.envelopes import envelope_of
from shop.orders.domain.errors import ConcurrentModificationError
from shop.orders.domain.order import Address, Order, OrderItem, OrderStatus
from shop.orders.service.ports import OrderRepository


class SqlOrderRepository(OrderRepository):
    """The real repository: order, items and outbox rows in one transaction.

    Args:
        engine: the service's database.
        on_events: called after a commit that stored events; the outbox relay's alarm.
    """

    def __init__(self, engine: AsyncEngine, on_events: Callable[[], None] | None = None) -> None:
        self._engine = engine
        self._on_events = on_events

    async def save(self, order: Order) -> None:
        events = [envelope_of(event) for event in order.events]
        async with transaction(self._engine) as connection:
            if order.version == 0:
                await _insert(connection, order)
            else:
                await _update(connection, order)
            await outbox_rows.append(connection, outbox, order.id, events)
            if events and self._on_events:
                after_commit(self._engine, self._on_events)
        order.version += 1
        order.events.clear()

    async def find_by_id(self, order_id: str) -> Order | None:
        found = await self._load(select(orders).where(orders.c.id == order_id))
        return found[0] if found else None

    async def find_by_customer_id(self, customer_id: str, limit: int = 100) -> list[Order]:
        newest_first = (
            select(orders)
            .where(orders.c.customer_id == customer_id)
            .order_by(orders.c.placed_at.desc(), orders.c.id)
            .limit(limit)
        )
        return await self._load(newest_first)

    async def _load(self, query: Select[Any]) -> list[Order]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query)).all()
            if not rows:
                return []
            lines = (
                await connection.execute(
                    select(order_items)
                    .where(order_items.c.order_id.in_([row.id for row in rows]))
                    .order_by(order_items.c.id),
                )
            ).all()
        lines_of: dict[str, list[Row[Any]]] = {row.id: [] for row in rows}
        for line in lines:
            lines_of[line.order_id].append(line)
        return [_order(row, lines_of[row.id]) for row in rows]


async def _insert(connection: AsyncConnection, order: Order) -> None:
    await connection.execute(insert(orders).values(id=order.id, version=1, **_columns(order)))
    lines = [{"order_id": order.id, **asdict(item)} for item in order.items]
    if lines:
        await connection.execute(insert(order_items), lines)


async def _update(connection: AsyncConnection, order: Order) -> None:
    result = await connection.execute(
        update(orders)
        .where(orders.c.id == order.id, orders.c.version == order.version)
        .values(version=order.version + 1, **_columns(order)),
    )
    if result.rowcount == 0:
        raise ConcurrentModificationError(order.id)


def _columns(order: Order) -> dict[str, Any]:
    return {
        "customer_id": order.customer_id,
        "customer_email": order.customer_email,
        "status": order.status.value,
        "subtotal": order.subtotal,
        "discount": order.discount,
        "shipping": order.shipping,
        "tax": order.tax,
        "total_amount": order.total_amount,
        "shipping_address": asdict(order.shipping_address) if order.shipping_address else None,
        "payment_id": order.payment_id,
        "declined_payments": order.declined_payments,
        "cancel_reason": order.cancel_reason,
        "placed_at": order.placed_at,
    }


def _order(row: Row[Any], lines: Sequence[Row[Any]]) -> Order:
    return Order(
        id=row.id,
        customer_id=row.customer_id,
        customer_email=row.customer_email,
        items=tuple(OrderItem(line.product_id, line.product_name, line.quantity, line.unit_price) for line in lines),
        subtotal=row.subtotal,
        discount=row.discount,
        shipping=row.shipping,
        tax=row.tax,
        total_amount=row.total_amount,
        status=OrderStatus(row.status),
        shipping_address=_address(row.shipping_address),
        payment_id=row.payment_id,
        declined_payments=row.declined_payments,
        cancel_reason=row.cancel_reason,
        placed_at=to_milliseconds(row.placed_at),
        version=row.version,
    )


def _address(stored: Mapping[str, Any] | None) -> Address | None:
    return Address(**stored) if stored else None
