from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.clients import client_of
from shop_doubles.moments import StoppedClock
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.inventory.main import create_app
from shop.inventory.settings import Settings
from shop.kit.settings import Stage


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def app(engine: AsyncEngine, clock: StoppedClock) -> FastAPI:
    return create_app(Settings(stage=Stage.TEST), engine=engine, clock=clock)


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client
