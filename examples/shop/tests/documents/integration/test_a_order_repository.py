"""Document A, "Database Integration Tests": OrderRepository Integration."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from shop_doubles.databases import rows
from shop_doubles.moments import NOON
from shop_doubles.orders import an_item
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.orders.adapters.repository import SqlOrderRepository
from shop.orders.domain.order import Order, OrderItem, OrderStatus

pytestmark = pytest.mark.postgres("rollback")  # one connection is enough: none of these works beside another


def stored_order(
    order_id: str,
    customer_id: str,
    total: str,
    status: OrderStatus,
    items: Sequence[OrderItem] = (),
) -> Order:
    """An order as A writes it down; A's has a total of its own, and may have no items."""
    amount = Decimal(total)
    return Order(
        id=order_id,
        customer_id=customer_id,
        items=tuple(items),
        subtotal=amount,
        total_amount=amount,
        status=status,
        placed_at=NOON,
    )


@pytest.fixture
def order_repository(engine: AsyncEngine) -> SqlOrderRepository:
    # A: beforeEach deletes all rows - here each test has a database of its own.
    return SqlOrderRepository(engine)


class TestSave:
    # Document A, "should persist order to database"
    async def test_should_persist_order_to_database(
        self,
        order_repository: SqlOrderRepository,
        engine: AsyncEngine,
    ) -> None:
        items = [an_item("p1", quantity=2, unit_price="50")]
        order = stored_order("order-123", "customer-456", "100", OrderStatus.PENDING, items)
        await order_repository.save(order)
        query = "SELECT id, customer_id, total_amount::text AS total, status FROM orders WHERE id = :id"
        (row,) = await rows(engine, query, id=order.id)
        assert row["id"] == order.id
        assert row["customer_id"] == order.customer_id
        assert row["total"] == "100.00"  # A's column `total` is `total_amount` in the shop's specification
        assert row["status"] == "pending"  # A's 'PENDING': the specification stores small letters

    # Document A, "should save order items"
    async def test_should_save_order_items(self, order_repository: SqlOrderRepository, engine: AsyncEngine) -> None:
        items = [an_item("p1", quantity=2, unit_price="50"), an_item("p2", quantity=1, unit_price="30")]
        order = stored_order("order-123", "customer-456", "130", OrderStatus.PENDING, items)
        await order_repository.save(order)
        found = await rows(engine, "SELECT * FROM order_items WHERE order_id = :id", id=order.id)
        assert len(found) == 2


class TestFindByCustomerId:
    @pytest.fixture(autouse=True)
    async def _seed(self, order_repository: SqlOrderRepository) -> None:
        await order_repository.save(stored_order("order-1", "customer-A", "100", OrderStatus.COMPLETED))
        await order_repository.save(stored_order("order-2", "customer-A", "200", OrderStatus.PENDING))
        await order_repository.save(stored_order("order-3", "customer-B", "150", OrderStatus.COMPLETED))

    # Document A, "should return orders for specific customer"
    async def test_should_return_orders_for_specific_customer(self, order_repository: SqlOrderRepository) -> None:
        orders = await order_repository.find_by_customer_id("customer-A")
        assert len(orders) == 2
        assert all(order.customer_id == "customer-A" for order in orders)

    # Document A, "should return empty array for customer with no orders"
    async def test_should_return_empty_array_for_customer_with_no_orders(
        self,
        order_repository: SqlOrderRepository,
    ) -> None:
        assert await order_repository.find_by_customer_id("customer-C") == []
