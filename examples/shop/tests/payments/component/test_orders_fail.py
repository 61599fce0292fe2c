"""PaymentService whole while OrderService fails, over real sockets: no money is taken, and a command comes again."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.bus import Colleague, a_message, on_nats, reachable_app
from shop_doubles.clients import client_of
from shop_doubles.databases import rows
from shop_doubles.troubles import ALL, BROKEN, ONE_OF_EACH_KIND, PATIENCE, Trouble
from sqlalchemy.ext.asyncio import AsyncEngine

from accord import poll_until
from accord.stub import Namespace
from shop.kit.bus import BusSettings
from shop.kit.settings import Stage
from shop.payments.main import create_app
from shop.payments.settings import Settings

CHARGE = {"orderId": "12345", "amount": 100.0, "currency": "USD", "customerId": "customer-123"}
CARD = {"type": "card", "token": "tok_visa"}
ORDER = {
    "id": "12345",
    "orderId": "12345",
    "customerId": "customer-123",
    "status": "pending",
    "totalAmount": 100.0,
    "items": [{"productId": "prod-1", "productName": "Widget", "quantity": 1, "unitPrice": 100.0}],
    "placedAt": "2025-01-15T10:30:00.000Z",
}


@pytest.fixture
def bus(nats: Any) -> BusSettings:
    return on_nats(nats, acknowledge_within=1)


@pytest.fixture
def link(faults: Any, stub_server: Namespace) -> Any:
    stub_server.when("GET", "/api/orders/12345").answer(200, json=ORDER)
    return faults.link("payments", "orders", stub_server.url)


@pytest.fixture
def app(engine: AsyncEngine, link: Any, bus: BusSettings) -> FastAPI:
    return create_app(Settings(stage=Stage.TEST, order_url=link.url, timeout=PATIENCE, bus=bus), engine=engine)


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


@pytest.mark.parametrize("trouble", ALL.values(), ids=ALL)
async def test_without_orders_nothing_is_charged(
    api: httpx.AsyncClient, engine: AsyncEngine, stub_server: Namespace, link: Any, trouble: Trouble
) -> None:
    with trouble(stub_server, link):
        answer = await api.post("/payments", json=CHARGE)
        assert (answer.status_code, answer.json()["error"]) == (503, "service_unavailable")
    assert await rows(engine, "SELECT id FROM payments UNION ALL SELECT event_id FROM outbox") == []
    assert (await api.post("/payments", json=CHARGE)).json()["status"] == "COMPLETED"


@pytest.mark.parametrize("trouble", ONE_OF_EACH_KIND.values(), ids=ONE_OF_EACH_KIND)
async def test_a_command_waits_until_orders_answer(
    app: FastAPI, bus: BusSettings, stub_server: Namespace, link: Any, trouble: Trouble
) -> None:
    orders = Colleague(bus, "payments.commands", ("payments.events",), name="orders")

    async def tried() -> bool:
        return bool(app.state.consumer.counts["failed"])

    async with client_of(app) as api, orders.there():
        await reachable_app(api)
        with trouble(stub_server, link):
            await orders.say(a_message("charge-payment", **CHARGE, paymentMethod=CARD))
            await poll_until(tried, description="the command to fail", timeout=20)
            assert orders.heard == []
        await orders.has_heard("payment-charged")
    assert app.state.consumer.counts["parked"] == 0


async def test_what_was_charged_is_answered_without_asking(
    api: httpx.AsyncClient, stub_server: Namespace, link: Any
) -> None:
    first = await api.post("/payments", json=CHARGE)
    with BROKEN["500"](stub_server, link):
        again = await api.post("/payments", json=CHARGE)
    assert first.json() == again.json()


@pytest.mark.parametrize(
    ("seen", "status", "error"), [(404, 404, "not_found"), (401, 503, "service_unavailable")], ids=["404", "401"]
)
async def test_what_orders_refuse(
    api: httpx.AsyncClient, stub_server: Namespace, seen: int, status: int, error: str
) -> None:
    stub_server.when("GET", "/api/orders/12345").priority(1).answer(seen, json={"error": "x", "message": "y"})
    answer = await api.post("/payments", json={**CHARGE})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
