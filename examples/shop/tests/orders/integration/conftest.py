from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.clients import client_of
from shop_doubles.moments import StoppedClock
from shop_doubles.orders import FakeCarts, FakeCatalogue, FakeCustomers, FakeInventory, FakePayments
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.settings import Stage
from shop.orders.main import create_app
from shop.orders.settings import Settings


@pytest.fixture
def inventory() -> FakeInventory:
    return FakeInventory(**{"prod-1": 100, "prod-2": 50})


@pytest.fixture
def payments() -> FakePayments:
    return FakePayments()


@pytest.fixture
def app(engine: AsyncEngine, inventory: FakeInventory, payments: FakePayments) -> FastAPI:
    return create_app(
        Settings(stage=Stage.TEST, service_token="s3cret"),
        engine=engine,
        inventory_client=inventory,
        payment_client=payments,
        catalogue=FakeCatalogue.of({"prod-1": "10.00", "prod-2": "25.00"}),
        customers=FakeCustomers(),
        cart_client=FakeCarts(),
        clock=StoppedClock(),
    )


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service; a test says itself who calls."""
    async with client_of(app) as client:
        yield client
