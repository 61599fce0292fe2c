"""Stock in PostgreSQL.

Whoever changes what is available first locks the products concerned, in the order of their ids: two orders for the same
products wait for each other instead of overselling or deadlocking.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Subquery, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shop.inventory.adapters.database import reservation_lines, reservations, stock
from shop.inventory.domain.errors import ReservationNotFoundError, ReservationStateError
from shop.inventory.domain.stock import Line, Reservation, ReservationState, StockLevel, refuse_shortage
from shop.inventory.service.ports import StockRepository
from shop.kit.database import reading, transaction
from shop.kit.wire import to_milliseconds


class SqlStockRepository(StockRepository):
    """The real repository.

    Args:
        engine: the service's database.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def levels(self, product_ids: Sequence[str], now: datetime) -> Mapping[str, StockLevel]:
        async with reading(self._engine) as connection:
            return await _levels(connection, product_ids, now)

    async def put(
        self,
        product_id: str,
        on_hand: int,
        now: datetime,
        *,
        name: str | None = None,
        unit_price: Decimal | None = None,
    ) -> StockLevel:
        StockLevel(product_id, name or product_id, unit_price, on_hand)  # refuses what cannot exist
        new = insert(stock).values(
            product_id=product_id,
            name=product_id if name is None else name,
            unit_price=unit_price,
            on_hand=on_hand,
        )
        changed = {"on_hand": on_hand, "name": name, "unit_price": unit_price}
        values = {column: value for column, value in changed.items() if value is not None}
        async with transaction(self._engine) as connection:
            await connection.execute(new.on_conflict_do_update(index_elements=["product_id"], set_=values))
            return (await _levels(connection, [product_id], now))[product_id]

    async def find_reservation(self, order_id: str) -> Reservation | None:
        async with reading(self._engine) as connection:
            return await _reservation(connection, order_id)

    async def hold(self, wanted: Reservation, now: datetime) -> Reservation:
        async with transaction(self._engine) as connection:
            await _lock(connection, wanted.lines)
            current = await _reservation(connection, wanted.order_id)
            if current and current.state is ReservationState.COMMITTED:
                return current
            if current and current.holds_at(now) and current.lines != wanted.lines:
                raise ReservationStateError(f"Order {wanted.order_id} already holds other items")
            await _refuse_shortage(connection, wanted, now)
            await _store(connection, wanted)
        return wanted

    async def commit(self, order_id: str, now: datetime) -> Reservation:
        async with transaction(self._engine) as connection:
            current = await _locked_reservation(connection, order_id)
            if current is None:
                raise ReservationNotFoundError(order_id)
            committed = current.committed()
            if current.state is ReservationState.HELD:
                if not current.holds_at(now):
                    await _refuse_shortage(connection, current, now)
                await _move(connection, current.lines, -1)
                await _store(connection, committed)
        return committed

    async def release(self, order_id: str) -> None:
        async with transaction(self._engine) as connection:
            current = await _locked_reservation(connection, order_id)
            if current is None or current.state is ReservationState.RELEASED:
                return
            if current.state is ReservationState.COMMITTED:
                await _move(connection, current.lines, 1)
            await _store(connection, current.released())


async def _levels(
    connection: AsyncConnection,
    product_ids: Sequence[str],
    now: datetime,
    *,
    except_order: str = "",
) -> dict[str, StockLevel]:
    held = _held(now, except_order)
    query = (
        select(stock, func.coalesce(held.c.quantity, 0).label("held"))
        .outerjoin(held, held.c.product_id == stock.c.product_id)
        .where(stock.c.product_id.in_(product_ids))
    )
    rows = await connection.execute(query)
    return {row.product_id: StockLevel(row.product_id, row.name, row.unit_price, row.on_hand, row.held) for row in rows}


def _held(now: datetime, except_order: str) -> Subquery:
    return (
        select(reservation_lines.c.product_id, func.sum(reservation_lines.c.quantity).label("quantity"))
        .join(reservations, reservations.c.order_id == reservation_lines.c.order_id)
        .where(
            reservations.c.state == ReservationState.HELD.value,
            reservations.c.expires_at > now,
            reservations.c.order_id != except_order,
        )
        .group_by(reservation_lines.c.product_id)
        .subquery()
    )


async def _refuse_shortage(connection: AsyncConnection, wanted: Reservation, now: datetime) -> None:
    product_ids = [line.product_id for line in wanted.lines]
    refuse_shortage(wanted.lines, await _levels(connection, product_ids, now, except_order=wanted.order_id))


async def _lock(connection: AsyncConnection, lines: Iterable[Line]) -> None:
    in_order = stock.c.product_id.in_([line.product_id for line in lines])
    await connection.execute(select(stock.c.product_id).where(in_order).order_by(stock.c.product_id).with_for_update())


async def _locked_reservation(connection: AsyncConnection, order_id: str) -> Reservation | None:
    """The reservation, read again once its products are locked: until then others may still change it."""
    unlocked = await _reservation(connection, order_id)
    if unlocked is None:
        return None
    await _lock(connection, unlocked.lines)
    return await _reservation(connection, order_id)


async def _reservation(connection: AsyncConnection, order_id: str) -> Reservation | None:
    row = (await connection.execute(select(reservations).where(reservations.c.order_id == order_id))).one_or_none()
    if row is None:
        return None
    lines = await connection.execute(
        select(reservation_lines.c.product_id, reservation_lines.c.quantity)
        .where(reservation_lines.c.order_id == order_id)
        .order_by(reservation_lines.c.product_id),
    )
    return Reservation(
        order_id,
        tuple(sorted((Line(line.product_id, line.quantity) for line in lines), key=lambda line: line.product_id)),
        to_milliseconds(row.expires_at),
        ReservationState(row.state),
    )


async def _store(connection: AsyncConnection, reservation: Reservation) -> None:
    order_id = reservation.order_id
    values = {"state": reservation.state.value, "expires_at": reservation.expires_at}
    new = insert(reservations).values(order_id=order_id, **values)
    await connection.execute(new.on_conflict_do_update(index_elements=["order_id"], set_=values))
    await connection.execute(delete(reservation_lines).where(reservation_lines.c.order_id == order_id))
    await connection.execute(
        insert(reservation_lines),
        [
            {"order_id": order_id, "product_id": line.product_id, "quantity": line.quantity}
            for line in reservation.lines
        ],
    )


async def _move(connection: AsyncConnection, lines: Iterable[Line], sign: int) -> None:
    for line in lines:
        await connection.execute(
            update(stock)
            .where(stock.c.product_id == line.product_id)
            .values(on_hand=stock.c.on_hand + sign * line.quantity),
        )
