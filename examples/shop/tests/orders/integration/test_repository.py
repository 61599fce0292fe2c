"""OrderRepository: one suite for the fake and the real one."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from shop_doubles.databases import execute, rows
from shop_doubles.moments import NOON
from shop_doubles.orders import FakeOrderRepository, an_item, an_order
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.orders.adapters.repository import SqlOrderRepository
from shop.orders.domain.errors import ConcurrentModificationError
from shop.orders.domain.order import Address, OrderStatus
from shop.orders.service.ports import OrderRepository

pytestmark = pytest.mark.postgres("rollback")  # one connection is enough: none of these works beside another


@pytest.fixture(params=["fake", "real"])
def repository(request: pytest.FixtureRequest) -> OrderRepository:
    if request.param == "fake":
        return FakeOrderRepository()
    return SqlOrderRepository(request.getfixturevalue("engine"))


class TestEveryRepository:
    async def test_gives_back_an_order_as_it_was_stored(self, repository: OrderRepository) -> None:
        order = an_order(
            items=[an_item(), an_item("prod-2", quantity=1, unit_price="25.10", name="Gadget")],
            discount=Decimal("4.51"),
            shipping=Decimal("5.00"),
            tax=Decimal("0.99"),
            customer_email="customer@example.com",
            shipping_address=Address("123 Main St", "Springfield", "62701", "IL"),
        )
        await repository.create_order(order)
        assert await repository.find_by_id(order.id) == order

    async def test_knows_nothing_of_an_order_nobody_stored(self, repository: OrderRepository) -> None:
        assert await repository.find_by_id("order-999") is None

    async def test_stores_every_change(self, repository: OrderRepository) -> None:
        order = an_order()
        await repository.save(order)
        order.payment_declined()
        order.paid("pay_1")
        await repository.save(order)
        order.cancel("too late")
        await repository.save(order)
        stored = await repository.find_by_id(order.id)
        assert stored == order
        assert (order.version, order.status) == (3, OrderStatus.CANCELLED)

    async def test_refuses_a_stale_write(self, repository: OrderRepository) -> None:
        order = an_order()
        await repository.save(order)
        first, second = await repository.find_by_id(order.id), await repository.find_by_id(order.id)
        assert first
        assert second
        first.confirm()
        await repository.save(first)
        second.cancel("changed my mind")
        with pytest.raises(ConcurrentModificationError, match="Concurrent modification"):
            await repository.save(second)
        stored = await repository.find_by_id(order.id)
        assert stored
        assert stored.status is OrderStatus.CONFIRMED

    async def test_lists_only_the_customers_orders_the_newest_first(self, repository: OrderRepository) -> None:
        for minutes, customer in enumerate(["customer-a", "customer-a", "customer-b", "customer-a"]):
            await repository.save(an_order(customer_id=customer, placed_at=NOON + timedelta(minutes=minutes)))
        found = await repository.find_by_customer_id("customer-a", limit=2)
        assert [order.placed_at.minute for order in found] == [33, 31]
        assert {order.customer_id for order in found} == {"customer-a"}

    async def test_events_are_handed_over_once(self, repository: OrderRepository) -> None:
        order = an_order()
        await repository.save(order)
        assert order.events == []


class TestSqlRepository:
    async def test_stores_exact_amounts(self, engine: AsyncEngine) -> None:
        order = an_order(items=[an_item(quantity=3, unit_price="0.10"), an_item(quantity=3, unit_price="0.20")])
        await SqlOrderRepository(engine).save(order)
        (row,) = await rows(engine, "SELECT total_amount::text AS total FROM orders")
        assert row == {"total": "0.90"}

    async def test_writes_one_outbox_row_for_each_event(self, engine: AsyncEngine) -> None:
        repository = SqlOrderRepository(engine)
        order = an_order()
        await repository.create_order(order)
        order.confirm()
        await repository.save(order)
        order.cancel("out of money")
        await repository.save(order)
        written = await rows(engine, "SELECT aggregate_id, event_type, published_at FROM outbox ORDER BY position")
        assert [row["event_type"] for row in written] == ["order.placed", "order.confirmed", "order.cancelled"]
        assert {row["aggregate_id"] for row in written} == {order.id}
        assert {row["published_at"] for row in written} == {None}

    async def test_a_stale_write_leaves_no_event(self, engine: AsyncEngine) -> None:
        repository = SqlOrderRepository(engine)
        order = an_order()
        await repository.save(order)
        stale = replace(order, events=[])
        order.confirm()
        await repository.save(order)
        stale.cancel("changed my mind")
        with pytest.raises(ConcurrentModificationError):
            await repository.save(stale)
        assert await rows(engine, "SELECT 1 FROM outbox WHERE event_type = 'order.cancelled'") == []

    async def test_an_order_that_cannot_be_stored_leaves_no_event(self, engine: AsyncEngine) -> None:
        with pytest.raises(IntegrityError):
            await SqlOrderRepository(engine).create_order(an_order(customer_id=None))
        assert await rows(engine, "SELECT 1 FROM orders") == []
        assert await rows(engine, "SELECT 1 FROM outbox") == []

    async def test_an_event_that_cannot_be_stored_leaves_no_order(self, engine: AsyncEngine) -> None:
        await execute(engine, "ALTER TABLE outbox ADD CONSTRAINT no_events CHECK (false)")
        with pytest.raises(IntegrityError):
            await SqlOrderRepository(engine).create_order(an_order())
        assert await rows(engine, "SELECT 1 FROM orders") == []
        assert await rows(engine, "SELECT 1 FROM order_items") == []

    async def test_a_failed_save_can_be_tried_again(self, engine: AsyncEngine) -> None:
        repository = SqlOrderRepository(engine)
        order = an_order()
        await execute(engine, "ALTER TABLE outbox ADD CONSTRAINT no_events CHECK (false)")
        with pytest.raises(IntegrityError):
            await repository.create_order(order)
        await execute(engine, "ALTER TABLE outbox DROP CONSTRAINT no_events")
        await repository.create_order(order)
        assert len(await rows(engine, "SELECT 1 FROM outbox")) == 1

    async def test_wakes_the_relay_only_after_events(self, engine: AsyncEngine) -> None:
        woken: list[str] = []
        repository = SqlOrderRepository(engine, on_events=lambda: woken.append("now"))
        order = an_order()
        await repository.save(order)
        order.payment_declined()
        await repository.save(order)
        assert woken == ["now"]
