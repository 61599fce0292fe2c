"""OrderService whole: its real database, a real bus; its neighbours are doubles."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from shop_audit.messages import note
from shop_audit.stream import Listener
from shop_doubles.bus import Colleague, on_nats, reachable_app
from shop_doubles.clients import client_of
from shop_doubles.orders import FakeCarts, FakeCatalogue, FakeCustomers, FakeInventory, FakePayments
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.bus import BusSettings
from shop.kit.settings import Stage
from shop.orders.domain.saga_messages import PaymentMethod
from shop.orders.main import create_app
from shop.orders.settings import Settings


@pytest.fixture
def bus(nats: Any, traffic: Any) -> Iterator[BusSettings]:
    """A bus of the test's own; what OrderService says there is audited."""
    settings = on_nats(nats, acknowledge_within=1)
    yield settings
    if traffic.is_recording:
        for channel, message in Listener(settings.url, settings.prefix).news():
            note(traffic, channel, message, publisher="OrderService")


@pytest.fixture
def inventory() -> FakeInventory:
    return FakeInventory(**{"prod-1": 5})


@pytest.fixture
def payments() -> FakePayments:
    return FakePayments()


@pytest.fixture
def settings(bus: BusSettings) -> Settings:
    return Settings(stage=Stage.TEST, bus=bus, time_limit=timedelta(minutes=15))


@pytest.fixture
def app(settings: Settings, engine: AsyncEngine, inventory: FakeInventory, payments: FakePayments) -> FastAPI:
    return create_app(
        settings,
        engine=engine,
        inventory_client=inventory,
        payment_client=payments,
        catalogue=FakeCatalogue.of({"prod-1": "10.00"}),
        customers=FakeCustomers(**{"customer-2": PaymentMethod("card", "tok_stored")}),
        cart_client=FakeCarts(),
    )


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, {"X-User-Id": "customer-1"}) as client:
        await reachable_app(client)
        yield client


@pytest.fixture
async def payment_service(bus: BusSettings) -> AsyncIterator[Colleague]:
    """PaymentService's place at the bus, in the test's hands."""
    async with Colleague(bus, "payments.events", ("payments.commands",), name="payments").there() as colleague:
        yield colleague


@pytest.fixture
async def inventory_service(bus: BusSettings) -> AsyncIterator[Colleague]:
    """InventoryService's place at the bus."""
    async with Colleague(bus, "inventory.events", ("inventory.commands",), name="inventory").there() as colleague:
        yield colleague


@pytest.fixture
async def public(bus: BusSettings) -> AsyncIterator[Colleague]:
    """Everyone who hears of orders."""
    async with Colleague(bus, "nowhere", ("orders.events",), name="public").there() as colleague:
        yield colleague
