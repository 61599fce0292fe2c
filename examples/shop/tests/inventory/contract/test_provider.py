"""InventoryService keeps the contracts of its consumers, on its real database."""

from typing import Any

import pytest
from fastapi import FastAPI
from shop_doubles.contracts import State, verification
from shop_doubles.databases import execute
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.inventory.main import create_app
from shop.inventory.settings import Settings
from shop.kit.settings import Stage


@pytest.fixture
def app(engine: AsyncEngine) -> FastAPI:
    return create_app(Settings(stage=Stage.TEST), engine=engine)


@pytest.fixture
def states(engine: AsyncEngine) -> dict[str, State]:
    """How this service comes into each state that its consumers name."""

    async def empty() -> None:
        await execute(engine, "TRUNCATE stock, reservations, reservation_lines")

    async def in_stock() -> None:
        await empty()
        await execute(engine, "INSERT INTO stock VALUES ('prod-1', 'Widget', 10.00, 5)")

    async def held() -> None:
        await in_stock()
        await execute(engine, "INSERT INTO reservations VALUES ('order-1', 'held', now() + interval '15 minutes')")
        await execute(engine, "INSERT INTO reservation_lines VALUES ('order-1', 'prod-1', 2)")

    return {
        "product prod-1 costs 10.00 and 5 are available": in_stock,
        "2 of product prod-1 are held for order-1": held,
        "nothing is held for order-9": empty,
    }


async def test_keeps_all_consumer_contracts(verifier: Any, app: FastAPI, states: dict[str, State]) -> None:
    await verification(verifier, "InventoryService", app, states).averify()
