from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.clients import client_of
from shop_doubles.moments import StoppedClock
from shop_doubles.payments import FakeOrders
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.settings import Stage
from shop.payments.main import create_app
from shop.payments.settings import Settings


@pytest.fixture
def orders() -> FakeOrders:
    orders = FakeOrders()
    orders.put("12345", "100.00")
    return orders


@pytest.fixture
def app(engine: AsyncEngine, orders: FakeOrders) -> FastAPI:
    return create_app(Settings(stage=Stage.TEST), engine=engine, order_client=orders, clock=StoppedClock())


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client
