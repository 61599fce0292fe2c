"""InventoryService as a participant of the saga: alone, on a real database and a real bus."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from shop_doubles.bus import Colleague, a_message, delivery_of, on_nats
from shop_doubles.clients import client_of
from shop_doubles.crashes import crash_before_acknowledging
from shop_doubles.databases import execute, rows
from sqlalchemy.ext.asyncio import AsyncEngine

from accord import poll_until
from shop.inventory.main import create_app
from shop.inventory.settings import Settings
from shop.kit.bus import BusSettings
from shop.kit.settings import Stage


@pytest.fixture
def bus(nats: Any) -> BusSettings:
    return on_nats(nats, acknowledge_within=1)


@pytest.fixture
async def app(engine: AsyncEngine, bus: BusSettings) -> FastAPI:
    await execute(engine, "INSERT INTO stock VALUES ('prod-1', 'Widget', 10.00, 5)")
    return create_app(Settings(stage=Stage.TEST, bus=bus), engine=engine)


@pytest.fixture
async def orders(bus: BusSettings) -> AsyncIterator[Colleague]:
    async with Colleague(bus, "inventory.commands", ("inventory.events",)).there() as colleague:
        yield colleague


def reserve(quantity: int = 2, order_id: str = "order-1") -> Any:
    return a_message("reserve-inventory", orderId=order_id, items=[{"productId": "prod-1", "quantity": quantity}])


async def stock(engine: AsyncEngine) -> tuple[int, str]:
    (row,) = await rows(engine, "SELECT on_hand, state FROM stock, reservations")
    return row["on_hand"], row["state"]


async def test_holds_commits_and_releases(app: FastAPI, orders: Colleague, engine: AsyncEngine) -> None:
    async with client_of(app):
        await orders.say(reserve())
        await orders.has_heard("inventory-reserved")
        assert await stock(engine) == (5, "held")
        await orders.say(a_message("commit-inventory", orderId="order-1"))
        await orders.has_heard("inventory-reserved", "inventory-committed")
        assert await stock(engine) == (3, "committed")
        await orders.say(a_message("release-inventory", orderId="order-1"))
        await orders.has_heard("inventory-reserved", "inventory-committed", "inventory-released")
        assert await stock(engine) == (5, "released")


async def test_says_what_it_refuses(app: FastAPI, orders: Colleague, engine: AsyncEngine) -> None:
    async with client_of(app):
        await orders.say(reserve(6))
        await orders.say(a_message("commit-inventory", orderId="order-9"))
        short, unknown = await orders.has_heard("inventory-refused", "inventory-refused")
    assert short["data"]["code"] == "insufficient_inventory"
    assert unknown["data"] == {"orderId": "order-9", "code": "invalid_state", "reason": "Reservation not found"}
    assert await rows(engine, "SELECT * FROM reservations") == []


async def test_gives_back_what_was_never_held(app: FastAPI, orders: Colleague) -> None:
    async with client_of(app):
        await orders.say(a_message("release-inventory", orderId="order-9"))
        await orders.has_heard("inventory-released")


async def test_the_same_command_twice_acts_once(app: FastAPI, engine: AsyncEngine) -> None:
    app.state.relay = None
    async with client_of(app):
        consumer = app.state.consumer
        await consumer.receive(delivery_of(reserve()))
        command = delivery_of(a_message("commit-inventory", orderId="order-1"))
        await consumer.receive(command)
        await consumer.receive(command)
        assert consumer.counts == {"handled": 2, "repeated": 1}
    assert await stock(engine) == (3, "committed")
    said = await rows(engine, "SELECT event_type FROM outbox ORDER BY position")
    assert [row["event_type"] for row in said] == ["inventory-reserved", "inventory-committed"]


async def test_a_crash_before_the_acknowledgement_changes_nothing(
    app: FastAPI,
    orders: Colleague,
    engine: AsyncEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deliveries = crash_before_acknowledging(monkeypatch)
    async with client_of(app):
        await orders.say(reserve())

        async def delivered_again() -> bool:
            return app.state.consumer.counts["repeated"] == 1

        await poll_until(delivered_again, timeout=20)
        await orders.say(a_message("commit-inventory", orderId="order-1"))
        await orders.has_heard("inventory-reserved", "inventory-committed")
    assert [delivery.number for delivery in deliveries] == [1, 2, 1]
    assert await stock(engine) == (3, "committed")


async def test_a_crash_before_the_commit_leaves_nothing_behind(app: FastAPI, engine: AsyncEngine) -> None:
    """The effect, the mark in the inbox and the reply are one transaction."""
    async with client_of(app):
        await execute(engine, "ALTER TABLE outbox ADD CONSTRAINT none_today CHECK (false) NOT VALID")
        with pytest.raises(Exception, match="none_today"):
            await app.state.consumer.receive(delivery_of(reserve()))
        assert await rows(engine, "SELECT event_id FROM inbox") == []
        assert await rows(engine, "SELECT order_id FROM reservations") == []


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"orderId": "order-1"},
        {"orderId": "order-1", "items": []},
        {"orderId": "order-1", "items": [{"productId": "prod-1", "quantity": 0}]},
        {"orderId": "order-1", "items": [{"productId": "prod-1", "quantity": "2"}]},
    ],
)
async def test_parks_a_command_that_nobody_can_obey(app: FastAPI, engine: AsyncEngine, data: Any) -> None:
    async with client_of(app):
        await app.state.consumer.receive(delivery_of(a_message("reserve-inventory", **data)))
        assert app.state.consumer.counts == {"parked": 1}
    (parked,) = await rows(engine, "SELECT reason FROM parked_messages")
    assert parked["reason"].startswith("reserve-inventory: ")
