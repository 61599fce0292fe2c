"""PaymentService keeps the contracts of its consumers, on its real database.

Document A, "Payment Service - Provider Verification".
"""

from typing import Any

import pytest
from fastapi import FastAPI
from shop_doubles.contracts import State, verification
from shop_doubles.databases import execute
from shop_doubles.payments import FakeOrders
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.settings import Stage
from shop.payments.main import create_app
from shop.payments.settings import Settings


@pytest.fixture
def orders() -> FakeOrders:
    return FakeOrders()


@pytest.fixture
def app(engine: AsyncEngine, orders: FakeOrders) -> FastAPI:
    return create_app(Settings(stage=Stage.TEST), engine=engine, order_client=orders)


@pytest.fixture
def states(engine: AsyncEngine, orders: FakeOrders) -> dict[str, State]:
    """How this service comes into each state that its consumers name."""

    async def empty() -> None:
        await execute(engine, "TRUNCATE payments, sandbox_accounts, sandbox_charges")

    async def valid_payment_method() -> None:
        await empty()
        orders.put("12345", "100.00", "customer-123")
        await execute(engine, "INSERT INTO sandbox_accounts VALUES ('customer-123', 1000)")

    async def insufficient_funds() -> None:
        await empty()
        orders.put("12345", "10000.00", "customer-456")
        await execute(engine, "INSERT INTO sandbox_accounts VALUES ('customer-456', 0)")

    async def completed() -> None:
        await empty()
        await execute(
            engine,
            "INSERT INTO payments VALUES "
            "('pay_1', 'charge:12345', '12345', 'customer-123', 100, 'USD', 'COMPLETED', now(), NULL)",
        )

    return {
        "payment pay_1 of order 12345 is completed": completed,
        "customer has valid payment method": valid_payment_method,
        "customer has insufficient funds": insufficient_funds,
    }


# Document A, "should validate the expectations of Order Service"
async def test_keeps_all_consumer_contracts(verifier: Any, app: FastAPI, states: dict[str, State]) -> None:
    await verification(verifier, "PaymentService", app, states).averify()
