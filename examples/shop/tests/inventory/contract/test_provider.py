"""InventoryService keeps the contracts of its consumers, on its real database."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from shop_doubles.databases import execute
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.inventory.main import create_app
from shop.inventory.settings import Settings
from shop.kit.settings import Stage

CONTRACTS = Path(__file__).parents[3] / "contracts"

State = Callable[[], Awaitable[None]]


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
    verification = verifier("InventoryService").app(app).pacts(CONTRACTS)
    for name, handler in states.items():
        verification.state(name, handler)
    if verification.version is not None:  # a build of CI: can-i-deploy asks for its result
        verification.record_to(CONTRACTS)
    await verification.averify()
