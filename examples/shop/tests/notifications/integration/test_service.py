"""NotificationService whole, on a real database and a real bus, with a colleague who tells of orders."""

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.bus import Colleague, a_message, on_nats
from shop_doubles.clients import client_of
from shop_doubles.databases import rows
from shop_doubles.moments import StoppedClock
from shop_doubles.notifications import FakeSender, order_data
from sqlalchemy.ext.asyncio import AsyncEngine

from accord import poll_until
from shop.kit.bus import BusSettings
from shop.kit.settings import Stage
from shop.notifications.main import create_app
from shop.notifications.settings import Settings


@pytest.fixture
def bus(nats: object) -> BusSettings:
    return on_nats(nats, acknowledge_within=1, most_deliveries=3)


@pytest.fixture
def sender() -> FakeSender:
    return FakeSender()


@pytest.fixture
def app(engine: AsyncEngine, bus: BusSettings, sender: FakeSender) -> FastAPI:
    return create_app(Settings(stage=Stage.TEST, bus=bus), engine=engine, sender=sender, clock=StoppedClock())


async def written(api: httpx.AsyncClient, order_id: str, count: int = 1) -> list[dict[str, str]]:
    async def enough() -> list[dict[str, str]] | None:
        found: list[dict[str, str]] = (await api.get("/api/notifications", params={"orderId": order_id})).json()
        return found if len(found) >= count else None

    return await poll_until(enough, timeout=20) or []


async def test_a_confirmed_order_is_written_about_once(app: FastAPI, bus: BusSettings, sender: FakeSender) -> None:
    confirmed = a_message("order.confirmed", **order_data())
    again = a_message("order.confirmed", **order_data())
    async with client_of(app) as api, Colleague(bus, "orders.events", ()).there() as orders:
        await orders.say(a_message("order.placed", **order_data()))
        await orders.say(confirmed)
        await orders.say(again)  # another event that tells the same
        await orders.say(a_message("order.confirmed", **order_data("order-2")))
        assert len(await written(api, "order-2")) == 1
        (notification,) = await written(api, "order-1")
    assert notification.pop("id")
    assert notification == {
        "orderId": "order-1",
        "customerId": "customer-1",
        "type": "order_confirmation",
        "recipient": "ada@example.com",
        "subject": "Your order order-1",
        "text": "Thank you for your order:\n2 x Widget\nTotal: 45.00",
        "createdAt": "2025-01-15T10:30:00.000Z",
    }
    assert [sent.order_id for sent in sender.sent] == ["order-1", "order-2"]
    assert app.state.consumer.counts == {"passed over": 1, "handled": 3}


async def test_what_it_does_not_know_is_parked_and_counted(
    app: FastAPI,
    bus: BusSettings,
    sender: FakeSender,
    engine: AsyncEngine,
) -> None:
    async with client_of(app) as api, Colleague(bus, "orders.events", ()).there() as orders:
        await orders.say(a_message("order.confirmed", version=2, **order_data()))
        await orders.say(a_message("order.exploded", orderId="order-1"))
        await orders.say(a_message("order.confirmed", orderId="order-1"))
        await orders.say(a_message("order.confirmed", **order_data("order-2")))
        await written(api, "order-2")
    assert app.state.consumer.counts == {"parked": 3, "handled": 1}
    parked = await rows(engine, "SELECT channel, reason, body FROM parked_messages ORDER BY position")
    assert [row["channel"] for row in parked] == ["orders.events"] * 3
    assert parked[0]["reason"] == "order.confirmed has the version 2; known here: 1"
    assert parked[1]["reason"] == "nobody here knows messages of the type 'order.exploded'"
    assert "customerId" in parked[2]["reason"]
    assert '"order.exploded"' in parked[1]["body"]
    assert len(sender.sent) == 1


async def test_what_always_fails_is_parked_and_what_comes_after_it_is_not_held_up(
    app: FastAPI,
    bus: BusSettings,
    sender: FakeSender,
    engine: AsyncEngine,
) -> None:
    sender.failing = True
    async with client_of(app) as api, Colleague(bus, "orders.events", ()).there() as orders:
        await orders.say(a_message("order.confirmed", **order_data()))
        await orders.say(a_message("order.confirmed", **order_data("order-2", customerEmail="")))
        await written(api, "order-2")

        async def parked() -> bool:
            return bool(await rows(engine, "SELECT 1 FROM parked_messages"))

        await poll_until(parked, timeout=20)
        assert (await api.get("/api/notifications", params={"orderId": "order-1"})).json() == []
    (row,) = await rows(engine, "SELECT deliveries, reason FROM parked_messages")
    assert (row["deliveries"], row["reason"]) == (
        3,
        "it failed 3 times, at last with ConnectionError('the post is closed')",
    )


async def test_an_order_of_no_name_is_refused(app: FastAPI) -> None:
    async with client_of(app) as api:
        assert (await api.get("/api/notifications")).status_code == 400
        assert (await api.get("/notifications", params={"orderId": "order-9"})).json() == []


async def test_is_ready_only_with_its_bus(engine: AsyncEngine) -> None:
    nowhere = BusSettings(url="nats://127.0.0.1:9")
    async with client_of(create_app(Settings(stage=Stage.TEST, bus=nowhere), engine=engine)) as api:
        assert (await api.get("/health")).status_code == 200
        ready = await api.get("/ready")
    assert ready.status_code == 503
    assert ready.json()["checks"] == {"database": "ok", "bus": "unavailable"}
