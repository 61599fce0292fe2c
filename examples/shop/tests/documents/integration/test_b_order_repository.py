"""Document B, "Integration Tests": OrderRepository (Integration) and Transactional Outbox (Integration)."""

from decimal import Decimal
from typing import Any

import pytest
from shop_doubles.databases import rows
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.orders.adapters.repository import SqlOrderRepository
from shop.orders.domain.errors import ConcurrentModificationError
from shop.orders.domain.order import Order, OrderItem

ONE_WIDGET = [OrderItem("prod-1", "Widget", 1, Decimal("10.00"))]
OUTBOX = "SELECT * FROM outbox WHERE aggregate_id = :id AND event_type = 'order.placed'"

pytestmark = pytest.mark.postgres("rollback")  # one connection is enough: none of these works beside another


@pytest.fixture
def repo(engine: AsyncEngine) -> SqlOrderRepository:
    return SqlOrderRepository(engine)


class TestOrderRepository:
    # Document B, "should persist and retrieve an order with items"
    async def test_should_persist_and_retrieve_an_order_with_items(self, repo: SqlOrderRepository) -> None:
        order = Order.create(
            customer_id="customer-1",
            items=[OrderItem("prod-1", "Widget", 2, Decimal("10.00"))],
        )
        await repo.save(order)
        retrieved = await repo.find_by_id(order.id)
        assert retrieved is not None
        assert retrieved.customer_id == "customer-1"
        assert len(retrieved.items) == 1
        assert retrieved.total_amount == Decimal("20.00")

    # Document B, "should handle concurrent updates with optimistic locking"
    async def test_should_handle_concurrent_updates_with_optimistic_locking(self, repo: SqlOrderRepository) -> None:
        order = Order.create(customer_id="customer-1", items=ONE_WIDGET)
        await repo.save(order)
        order1 = await repo.find_by_id(order.id)
        order2 = await repo.find_by_id(order.id)
        assert order1
        assert order2
        order1.confirm()
        await repo.save(order1)
        order2.cancel("customer request")
        with pytest.raises(ConcurrentModificationError, match="Concurrent modification"):
            await repo.save(order2)


class TestTransactionalOutbox:
    # Document B, "should atomically save order and outbox event"
    async def test_should_atomically_save_order_and_outbox_event(
        self,
        repo: SqlOrderRepository,
        engine: AsyncEngine,
    ) -> None:
        order = Order.create(customer_id="customer-1", items=ONE_WIDGET)
        await repo.create_order(order)
        saved_order = await rows(engine, "SELECT * FROM orders WHERE id = :id", id=order.id)
        outbox_event = await rows(engine, OUTBOX, id=order.id)
        assert len(saved_order) == 1
        assert len(outbox_event) == 1
        assert outbox_event[0]["published_at"] is None

    # Document B, "should not save outbox event if order save fails"
    async def test_should_not_save_outbox_event_if_order_save_fails(
        self,
        repo: SqlOrderRepository,
        engine: AsyncEngine,
    ) -> None:
        nobody: Any = None  # violates NOT NULL
        invalid_order = Order.create(customer_id=nobody, items=ONE_WIDGET)
        with pytest.raises(IntegrityError):
            await repo.create_order(invalid_order)
        saved_order = await rows(engine, "SELECT * FROM orders WHERE id = :id", id=invalid_order.id)
        outbox_event = await rows(engine, "SELECT * FROM outbox WHERE aggregate_id = :id", id=invalid_order.id)
        assert len(saved_order) == 0
        assert len(outbox_event) == 0
