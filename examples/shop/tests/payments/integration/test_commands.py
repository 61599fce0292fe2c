"""PaymentService as a participant of the saga: alone, on a real database and a real bus."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from shop_doubles.bus import Colleague, a_message, delivery_of, on_nats
from shop_doubles.clients import client_of
from shop_doubles.crashes import crash_before_acknowledging
from shop_doubles.databases import execute, rows
from shop_doubles.moments import StoppedClock
from shop_doubles.payments import FakeAcquirer, FakeOrders
from sqlalchemy.ext.asyncio import AsyncEngine

from accord import poll_until
from shop.kit.bus import BusSettings
from shop.kit.settings import Stage
from shop.payments.adapters.sandbox_acquirer import REFUSED_TOKEN
from shop.payments.main import create_app
from shop.payments.settings import Settings

CHARGE = {"orderId": "12345", "amount": 100.0, "currency": "USD", "customerId": "customer-123"}


@pytest.fixture
def bus(nats: Any) -> BusSettings:
    return on_nats(nats, acknowledge_within=1)


@pytest.fixture
def app(engine: AsyncEngine, bus: BusSettings, orders: FakeOrders) -> FastAPI:
    settings = Settings(stage=Stage.TEST, bus=bus)
    return create_app(settings, engine=engine, order_client=orders, clock=StoppedClock(), new_id=lambda: "pay_1")


@pytest.fixture
async def saga(bus: BusSettings) -> AsyncIterator[Colleague]:
    async with Colleague(bus, "payments.commands", ("payments.events",)).there() as colleague:
        yield colleague


def charge(token: str = "tok_visa", **changes: Any) -> Any:
    return a_message("charge-payment", **{**CHARGE, **changes}, paymentMethod={"type": "card", "token": token})


def refund(payment_id: str = "pay_1") -> Any:
    return a_message("refund-payment", orderId="12345", paymentId=payment_id)


async def test_charges_and_pays_back(app: FastAPI, saga: Colleague) -> None:
    async with client_of(app):
        await saga.say(charge())
        (charged,) = await saga.has_heard("payment-charged")
        await saga.say(refund())
        _, refunded = await saga.has_heard("payment-charged", "payment-refunded")
    moment = "2025-01-15T10:30:00.000Z"
    told = {"orderId": "12345", "paymentId": "pay_1", "amount": 100.0}
    assert charged["data"] == {**told, "processedAt": moment}
    assert refunded["data"] == {**told, "refundedAt": moment}


async def test_a_request_is_told_on_the_bus_too(app: FastAPI, saga: Colleague) -> None:
    """One function for both: a saga hears of a charge whose request crashed before the order was stored."""
    async with client_of(app) as api:
        assert (await api.post("/payments", json=CHARGE)).status_code == 200
        await saga.has_heard("payment-charged")
        await saga.say(charge())  # the saga asks for what was done: the same charge, told again
        first, second = await saga.has_heard("payment-charged", "payment-charged")
    assert first["data"] == second["data"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (charge(REFUSED_TOKEN), "INSUFFICIENT_FUNDS"),
        (charge(amount=99.0), "invalid_charge"),
        (charge(orderId="67890"), "order_not_found"),
        (charge(customerId="customer-9"), "invalid_charge"),
    ],
)
async def test_says_why_it_took_nothing(app: FastAPI, engine: AsyncEngine, command: Any, code: str) -> None:
    async with client_of(app):
        for again in (command, a_message(command.event_type, **command.data)):
            await app.state.consumer.receive(delivery_of(again))
    said = await rows(engine, "SELECT event_type, payload FROM outbox")
    assert [row["event_type"] for row in said] == ["payment-failed"] * 2
    assert {row["payload"]["data"]["code"] for row in said} == {code}


async def test_the_same_command_twice_charges_once(app: FastAPI, engine: AsyncEngine) -> None:
    await execute(engine, "INSERT INTO sandbox_accounts VALUES ('customer-123', 150)")
    command = delivery_of(charge())
    async with client_of(app):
        for _ in range(2):
            await app.state.consumer.receive(command)
        assert app.state.consumer.counts == {"handled": 1, "repeated": 1}
    assert await rows(engine, "SELECT balance::int FROM sandbox_accounts") == [{"balance": 50}]
    assert len(await rows(engine, "SELECT 1 FROM outbox")) == 1


async def test_a_crash_before_the_acknowledgement_charges_once(
    app: FastAPI,
    saga: Colleague,
    engine: AsyncEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await execute(engine, "INSERT INTO sandbox_accounts VALUES ('customer-123', 150)")
    deliveries = crash_before_acknowledging(monkeypatch)
    async with client_of(app):
        await saga.say(charge())

        async def delivered_again() -> bool:
            return app.state.consumer.counts["repeated"] == 1

        await poll_until(delivered_again, timeout=20)
        await saga.has_heard("payment-charged")
    assert [delivery.number for delivery in deliveries] == [1, 2]
    assert await rows(engine, "SELECT balance::int FROM sandbox_accounts") == [{"balance": 50}]


async def test_a_crash_after_the_bank_and_before_the_books_charges_once(
    engine: AsyncEngine,
    bus: BusSettings,
    orders: FakeOrders,
    saga: Colleague,
) -> None:
    bank = FakeAcquirer(**{"customer-123": "150.00"})
    bank.loses_answer = True
    app = create_app(Settings(stage=Stage.TEST, bus=bus), engine=engine, order_client=orders, acquirer=bank)
    async with client_of(app):
        await saga.say(charge())
        await saga.has_heard("payment-charged")
        assert app.state.consumer.counts["failed"] == 1
    assert bank.balances == {"customer-123": 50}


async def test_parks_a_refund_of_what_was_never_charged(app: FastAPI, engine: AsyncEngine) -> None:
    async with client_of(app):
        await app.state.consumer.receive(delivery_of(refund("pay_9")))
    (parked,) = await rows(engine, "SELECT reason FROM parked_messages")
    assert parked["reason"] == "payment pay_9 cannot be paid back: Payment not found"
