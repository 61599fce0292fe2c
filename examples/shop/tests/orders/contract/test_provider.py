"""OrderService keeps the contracts of its consumers, on its real database.

Document B, "Order Service Provider Verification".
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from shop_doubles.databases import execute, rows
from shop_doubles.orders import FakeCatalogue, FakeCustomers, FakeInventory, FakePayments, an_order
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.settings import Stage
from shop.orders.adapters.repository import SqlOrderRepository
from shop.orders.main import create_app
from shop.orders.settings import Settings

CONTRACTS = Path(__file__).parents[3] / "contracts"

State = Callable[[], Awaitable[None]]


@pytest.fixture
def app(engine: AsyncEngine) -> FastAPI:
    return create_app(
        Settings(stage=Stage.TEST),
        engine=engine,
        inventory_client=FakeInventory(),
        payment_client=FakePayments(),
        catalogue=FakeCatalogue(),
        customers=FakeCustomers(),
    )


@pytest.fixture
def states(engine: AsyncEngine) -> dict[str, State]:
    """How this service comes into each state that its consumers name."""

    async def empty() -> None:
        await execute(engine, "TRUNCATE orders, order_items, outbox")

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

    return {
        "an order with ID order-123 exists": order_123,
        "no order with ID order-999 exists": empty,
        "an order has been placed": empty,
    }


# Document B, "should satisfy all consumer contracts"
async def test_keeps_all_consumer_contracts(
    verifier: Any,
    app: FastAPI,
    states: dict[str, State],
    engine: AsyncEngine,
) -> None:
    async def order_placed() -> dict[str, Any]:
        await SqlOrderRepository(engine).create_order(an_order(customer_email="customer@example.com"))
        (row,) = await rows(engine, "SELECT payload FROM outbox WHERE event_type = 'order.placed'")
        payload: dict[str, Any] = row["payload"]
        return payload

    verification = verifier("OrderService").app(app).pacts(CONTRACTS).message("an order.placed event", order_placed)
    for name, handler in states.items():
        verification.state(name, handler)
    if verification.version is not None:  # a build of CI: can-i-deploy asks for its result
        verification.record_to(CONTRACTS)
    await verification.averify()
