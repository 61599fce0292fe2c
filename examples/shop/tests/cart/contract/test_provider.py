"""CartService keeps the contracts of its consumers, on its real database."""

from typing import Any

import pytest
from fastapi import FastAPI
from shop_doubles.contracts import State, broken, verification
from shop_doubles.databases import execute
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.cart.main import create_app
from shop.cart.settings import Settings
from shop.kit.settings import Stage


@pytest.fixture
def app(engine: AsyncEngine) -> FastAPI:
    return create_app(Settings(stage=Stage.TEST), engine=engine)


@pytest.fixture
def states(engine: AsyncEngine) -> dict[str, State]:
    """How this service comes into each state that its consumers name."""

    async def empty() -> None:
        await execute(engine, "TRUNCATE carts, cart_lines")

    async def two_pens() -> None:
        await empty()
        await execute(engine, "INSERT INTO carts VALUES ('customer-1', 3)")
        await execute(engine, "INSERT INTO cart_lines VALUES ('customer-1', 'prod-1', 0, 2)")

    return {
        "2 of product prod-1 are in the cart of customer-1, which is at version 3": two_pens,
        "the cart of customer-1 is empty": empty,
        "the database of CartService is broken": broken(engine, "carts"),
    }


async def test_keeps_all_consumer_contracts(verifier: Any, app: FastAPI, states: dict[str, State]) -> None:
    await verification(verifier, "CartService", app, states).averify()
