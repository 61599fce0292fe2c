"""OrderService keeps the contracts of its consumers, on its real database.

Document B, "Order Service Provider Verification".
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from shop_doubles.contracts import Producer, State, Step, broken, last_said, verification
from shop_doubles.databases import execute
from shop_doubles.orders import FakeCarts, FakeCatalogue, FakeCustomers, FakeInventory, FakePayments, an_order
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.remote import RemoteServiceError
from shop.kit.settings import Stage
from shop.kit.wire import utc_now
from shop.orders.adapters.repository import SqlOrderRepository
from shop.orders.adapters.saga_store import SqlSagaStore
from shop.orders.domain.saga_messages import (
    InventoryCommitted,
    PaymentCharged,
    PaymentFailed,
    PaymentMethod,
    SagaEvent,
)
from shop.orders.main import create_app
from shop.orders.service.ports import CartContents, ItemAvailability, RequestedItem
from shop.orders.service.sagas import OrderSagas, SagaOrderRepository
from shop.orders.settings import Settings


class Inventory(FakeInventory):
    """InventoryService, which may be away."""

    is_away = False

    async def check_availability(self, items: Sequence[RequestedItem]) -> list[ItemAvailability]:
        if self.is_away:
            raise RemoteServiceError("InventoryService", "no answer")
        return await super().check_availability(items)


@pytest.fixture
def inventory() -> Inventory:
    return Inventory()


@pytest.fixture
def carts() -> FakeCarts:
    return FakeCarts()


@pytest.fixture
def payments() -> FakePayments:
    return FakePayments()


@pytest.fixture
def app(engine: AsyncEngine, inventory: Inventory, payments: FakePayments, carts: FakeCarts) -> FastAPI:
    return create_app(
        Settings(stage=Stage.TEST),
        engine=engine,
        inventory_client=inventory,
        payment_client=payments,
        catalogue=FakeCatalogue.of({"prod-1": "10.00"}),
        customers=FakeCustomers(),
        cart_client=carts,
    )


@pytest.fixture
def states(engine: AsyncEngine, inventory: Inventory, payments: FakePayments, carts: FakeCarts) -> dict[str, State]:
    """How this service comes into each state that its consumers name."""

    async def empty() -> None:
        await execute(engine, "TRUNCATE orders, order_items, outbox, sagas")

    async def order_123() -> None:
        await empty()
        await execute(
            engine,
            "INSERT INTO orders (id, customer_id, status, total_amount, placed_at) "
            "VALUES ('order-123', 'customer-456', 'pending', 45.00, now())",
        )
        await execute(
            engine,
            "INSERT INTO order_items (order_id, product_id, quantity, unit_price) "
            "VALUES ('order-123', 'prod-1', 2, 10.00)",
        )

    async def in_stock() -> None:
        await empty()
        inventory.is_away = False
        inventory.set_available("prod-1", 5)

    async def in_cart() -> None:
        await in_stock()
        carts.carts["customer-1"] = CartContents((RequestedItem("prod-1", 2),), 1)

    async def without_inventory() -> None:
        await in_stock()
        inventory.is_away = True

    async def pending() -> None:
        await in_stock()
        payments.has_funds = True
        order = an_order(order_id="order-1", customer_id="customer-1")
        await SqlOrderRepository(engine).create_order(order)

    async def pending_without_money() -> None:
        await pending()
        payments.has_funds = False

    def as_it_is_when(status: str) -> Step:
        async def changed() -> None:
            await pending()
            await execute(engine, "UPDATE orders SET status = :status", status=status)

        return changed

    return {
        "the database of OrderService is broken": broken(engine, "orders"),
        "InventoryService is away": without_inventory,
        "product prod-1 costs 10.00 and 5 are available": in_stock,
        "product prod-1 costs 10.00 and 5 are available, 2 of them in the cart of customer-1": in_cart,
        "customer-1 has the cancelled order order-1 of 20.00": as_it_is_when("cancelled"),
        "customer-1 has the completed order order-1 of 20.00": as_it_is_when("completed"),
        "customer-1 has the pending order order-1 of 20.00": pending,
        "customer-1 has the pending order order-1 of 20.00 and no money": pending_without_money,
        "an order with ID order-123 exists": order_123,
        "no order with ID order-999 exists": empty,
        "an order has been placed": empty,
        "an order has been confirmed": empty,
        "an order with a payment method has been placed": empty,
        "the payment of an order has been charged": empty,
        "a paid order has been cancelled": empty,
        "the payment of an order has failed": empty,
    }


@pytest.fixture
def messages(engine: AsyncEngine) -> dict[str, Producer]:
    """What this service says, from its own outbox after its own use cases."""
    store = SqlSagaStore(engine, utc_now)
    sagas = OrderSagas(SqlOrderRepository(engine), store, clock=utc_now, time_limit=timedelta(minutes=15))
    repository = SagaOrderRepository(SqlOrderRepository(engine), sagas)

    async def after(event_type: str, *happened: SagaEvent, cancelled: bool = False) -> dict[str, Any]:
        order = an_order(customer_email="customer@example.com", payment_method=PaymentMethod("card", "tok_visa"))
        await repository.create_order(order)
        for event in happened:
            await sagas.tell(order.id, event)
        if cancelled:
            stored = await repository.find_by_id(order.id)
            assert stored
            stored.cancel("changed my mind")
            await repository.save(stored)
        return await last_said(engine, event_type)

    charged, committed = PaymentCharged("pay_1"), InventoryCommitted()
    return {
        "an order.placed event": lambda: after("order.placed"),
        "an order.confirmed event": lambda: after("order.confirmed", charged, committed),
        "a charge-payment command": lambda: after("charge-payment"),
        "a refund-payment command": lambda: after("refund-payment", charged, committed, cancelled=True),
        "a commit-inventory command": lambda: after("commit-inventory", charged),
        "a release-inventory command": lambda: after("release-inventory", PaymentFailed("no money")),
    }


# Document B, "should satisfy all consumer contracts"
async def test_keeps_all_consumer_contracts(
    verifier: Any,
    app: FastAPI,
    states: dict[str, State],
    messages: dict[str, Producer],
) -> None:
    await verification(verifier, "OrderService", app, states, messages).averify()
