"""PaymentService keeps the contracts of its consumers, on its real database.

Document A, "Payment Service - Provider Verification".
"""

from typing import Any

import pytest
from fastapi import FastAPI
from shop_doubles.bus import a_message, delivery_of
from shop_doubles.contracts import Producer, State, broken, last_said, verification
from shop_doubles.databases import execute
from shop_doubles.payments import FakeOrders
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.envelope import Envelope
from shop.kit.remote import RemoteServiceError
from shop.kit.settings import Stage
from shop.payments.main import create_app
from shop.payments.service.ports import OrderDetails
from shop.payments.settings import Settings


class Orders(FakeOrders):
    """OrderService, which may be away."""

    is_away = False

    async def get_order(self, order_id: str) -> OrderDetails:
        if self.is_away:
            raise RemoteServiceError("OrderService", "no answer")
        return await super().get_order(order_id)


@pytest.fixture
def orders() -> Orders:
    return Orders()


@pytest.fixture
def app(engine: AsyncEngine, orders: Orders) -> FastAPI:
    return create_app(Settings(stage=Stage.TEST), engine=engine, order_client=orders)


@pytest.fixture
def states(engine: AsyncEngine, orders: Orders) -> dict[str, State]:
    """How this service comes into each state that its consumers name."""

    async def empty() -> None:
        orders.is_away = False
        await execute(engine, "TRUNCATE outbox, inbox, payments, sandbox_accounts, sandbox_charges")

    async def valid_payment_method() -> None:
        await empty()
        orders.put("12345", "100.00", "customer-123")
        await execute(engine, "INSERT INTO sandbox_accounts VALUES ('customer-123', 1000)")

    async def insufficient_funds() -> None:
        await empty()
        orders.put("12345", "10000.00", "customer-456")
        await execute(engine, "INSERT INTO sandbox_accounts VALUES ('customer-456', 0)")

    async def without_orders() -> None:
        await valid_payment_method()
        orders.is_away = True

    async def completed() -> None:
        await valid_payment_method()
        await execute(
            engine,
            "INSERT INTO payments VALUES "
            "('pay_1', 'charge:12345', '12345', 'customer-123', 100, 'USD', 'COMPLETED', now(), NULL)",
        )

    return {
        "payment pay_1 of order 12345 is completed": completed,
        "customer has valid payment method": valid_payment_method,
        "customer has insufficient funds": insufficient_funds,
        "OrderService is away": without_orders,
        "the database of PaymentService is broken": broken(engine, "payments"),
    }


@pytest.fixture
def messages(app: FastAPI, engine: AsyncEngine) -> dict[str, Producer]:
    """What this service says, from its own outbox after its own commands."""

    async def after(event_type: str, *commands: Envelope) -> dict[str, Any]:
        for command in commands:
            await app.state.consumer.receive(delivery_of(command))
        return await last_said(engine, event_type)

    def charge(customer_id: str, amount: float) -> Envelope:
        method = {"type": "card", "token": "tok_visa"}
        money = {"amount": amount, "currency": "USD"}
        return a_message("charge-payment", orderId="12345", customerId=customer_id, paymentMethod=method, **money)

    refund = a_message("refund-payment", orderId="12345", paymentId="pay_1")
    return {
        "a payment-charged event": lambda: after("payment-charged", charge("customer-123", 100.0)),
        "a payment-failed event": lambda: after("payment-failed", charge("customer-456", 10000.0)),
        "a payment-refunded event": lambda: after("payment-refunded", refund),
    }


# Document A, "should validate the expectations of Order Service"
async def test_keeps_all_consumer_contracts(
    verifier: Any,
    app: FastAPI,
    states: dict[str, State],
    messages: dict[str, Producer],
) -> None:
    await verification(verifier, "PaymentService", app, states, messages).averify()
