"""Sagas on a real database: with their order and their commands, or not at all."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from shop_doubles.databases import execute, rows
from shop_doubles.moments import NOON, StoppedClock
from shop_doubles.orders import an_order
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.orders.adapters.repository import SqlOrderRepository
from shop.orders.adapters.saga_store import SqlSagaStore
from shop.orders.domain.errors import ConcurrentModificationError, OrderStateError
from shop.orders.domain.order import Order, OrderStatus
from shop.orders.domain.saga import Saga, SagaState
from shop.orders.domain.saga_messages import (
    InventoryCommitted,
    InventoryReleased,
    PaymentCharged,
    PaymentMethod,
    ReleaseInventory,
)
from shop.orders.service.ports import OrderRepository
from shop.orders.service.sagas import OrderSagas, SagaOrderRepository

CARD = PaymentMethod("card", "tok_visa")
LIMIT = timedelta(minutes=15)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def store(engine: AsyncEngine, clock: StoppedClock) -> SqlSagaStore:
    return SqlSagaStore(engine, clock)


@pytest.fixture
def sagas(engine: AsyncEngine, store: SqlSagaStore, clock: StoppedClock) -> OrderSagas:
    return OrderSagas(SqlOrderRepository(engine), store, clock=clock, time_limit=LIMIT)


@pytest.fixture
def repository(engine: AsyncEngine, sagas: OrderSagas) -> OrderRepository:
    return SagaOrderRepository(SqlOrderRepository(engine), sagas)


async def state(engine: AsyncEngine, order: Order) -> tuple[str, list[str]]:
    """Where the saga stands, and all that was ever said."""
    (saga,) = await rows(engine, "SELECT state FROM sagas WHERE order_id = :id", id=order.id)
    said = await rows(engine, "SELECT event_type FROM outbox WHERE aggregate_id = :id ORDER BY position", id=order.id)
    return saga["state"], [row["event_type"] for row in said]


async def test_an_order_and_its_saga_are_stored_together(engine: AsyncEngine, repository: OrderRepository) -> None:
    order = an_order(payment_method=CARD)
    await repository.create_order(order)
    assert await state(engine, order) == ("charging", ["order.placed", "charge-payment"])
    (command,) = await rows(engine, "SELECT payload FROM outbox WHERE event_type = 'charge-payment'")
    assert command["payload"]["data"] == {
        "orderId": order.id,
        "customerId": "customer-1",
        "amount": 20.0,
        "currency": "USD",
        "paymentMethod": {"type": "card", "token": "tok_visa"},
    }


async def test_or_not_at_all(engine: AsyncEngine, repository: OrderRepository) -> None:
    await execute(engine, "ALTER TABLE sagas ADD CONSTRAINT none_today CHECK (false)")
    order = an_order(payment_method=CARD)
    with pytest.raises(Exception, match="none_today"):
        await repository.create_order(order)
    assert await rows(engine, "SELECT id FROM orders") == await rows(engine, "SELECT event_type FROM outbox") == []


async def test_an_order_confirms_when_it_is_charged_and_its_stock_is_its_own(
    engine: AsyncEngine,
    repository: OrderRepository,
    sagas: OrderSagas,
) -> None:
    order = an_order(payment_method=CARD)
    await repository.create_order(order)
    for event in (PaymentCharged("pay_1"), PaymentCharged("pay_1"), InventoryCommitted(), InventoryCommitted()):
        await sagas.tell(order.id, event)
    stored = await repository.find_by_id(order.id)
    assert stored is not None
    assert (stored.status, stored.payment_id) == (OrderStatus.CONFIRMED, "pay_1")
    said = ["order.placed", "charge-payment", "commit-inventory", "order.confirmed"]
    assert await state(engine, order) == ("confirmed", said)


async def test_a_cancelled_order_is_confirmed_by_nobody(
    engine: AsyncEngine,
    repository: OrderRepository,
    sagas: OrderSagas,
    clock: StoppedClock,
) -> None:
    order = an_order()
    await repository.create_order(order)
    clock.advance(LIMIT)
    assert await sagas.end_overdue() == 1
    paid = await repository.find_by_id(order.id)
    assert paid is not None
    assert paid.status is OrderStatus.PENDING  # until its stock is back
    paid.paid("pay_1", NOON)
    with pytest.raises(OrderStateError, match="being cancelled"):
        await repository.save(paid)
    await sagas.tell(order.id, InventoryReleased())
    stored = await repository.find_by_id(order.id)
    assert stored is not None
    assert (stored.status, stored.cancel_reason) == (OrderStatus.CANCELLED, "not paid in time")
    assert await state(engine, order) == ("cancelled", ["order.placed", "release-inventory", "order.cancelled"])


async def test_a_time_limit_acts_once_and_starts_again(
    engine: AsyncEngine,
    repository: OrderRepository,
    sagas: OrderSagas,
    clock: StoppedClock,
) -> None:
    order = an_order()
    await repository.create_order(order)
    assert await sagas.end_overdue() == 0
    clock.advance(LIMIT)
    await asyncio.gather(*(sagas.end_overdue() for _ in range(3)))
    assert await state(engine, order) == ("releasing", ["order.placed", "release-inventory"])
    clock.advance(LIMIT)
    await sagas.end_overdue()  # nobody has answered: said again
    assert (await state(engine, order))[1] == ["order.placed", "release-inventory", "release-inventory"]
    await sagas.tell(order.id, InventoryReleased())
    clock.advance(LIMIT)
    assert await sagas.end_overdue() == 0


async def test_two_who_move_a_saga_at_once_wait_for_each_other(
    engine: AsyncEngine,
    repository: OrderRepository,
    sagas: OrderSagas,
) -> None:
    order = an_order(payment_method=CARD)
    await repository.create_order(order)
    paid = await repository.find_by_id(order.id)
    assert paid is not None
    paid.paid("pay_1", NOON)
    await asyncio.gather(
        sagas.tell(order.id, PaymentCharged("pay_1")),
        repository.save(paid),
        sagas.tell(order.id, PaymentCharged("pay_1")),
    )
    assert (await state(engine, order))[0] == "confirmed"


async def test_a_saga_is_stored_over_no_newer_one(store: SqlSagaStore) -> None:
    await store.save(Saga("order-1", SagaState.CHARGING), (), waits_until=NOON)
    first = await store.find("order-1")
    assert first == Saga("order-1", SagaState.CHARGING, version=1)
    await store.save(first, (), waits_until=NOON)
    with pytest.raises(ConcurrentModificationError):
        await store.save(first, [ReleaseInventory()], waits_until=None)
    assert await store.overdue(NOON) == ["order-1"]
    assert await store.find("order-1", overdue_at=NOON - timedelta(seconds=1)) is None


async def test_an_order_from_before_the_sagas_has_none(engine: AsyncEngine, repository: OrderRepository) -> None:
    order = an_order()
    await SqlOrderRepository(engine).create_order(order)
    order.paid("pay_1", NOON)
    await repository.save(order)
    assert order.total_amount == Decimal("20.00")
    assert await rows(engine, "SELECT * FROM sagas") == []
