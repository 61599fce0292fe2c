"""InventoryService keeps the contracts of its consumers, on its real database."""

from typing import Any

import pytest
from fastapi import FastAPI
from shop_doubles.bus import a_message, delivery_of
from shop_doubles.contracts import Producer, State, broken, last_said, verification
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
        await execute(engine, "TRUNCATE outbox, inbox, stock, reservations, reservation_lines")

    async def in_stock() -> None:
        await empty()
        await execute(engine, "INSERT INTO stock VALUES ('prod-1', 'Widget', 10.00, 5)")

    async def held() -> None:
        await in_stock()
        await execute(engine, "INSERT INTO reservations VALUES ('order-1', 'held', now() + interval '15 minutes')")
        await execute(engine, "INSERT INTO reservation_lines VALUES ('order-1', 'prod-1', 2)")

    async def released() -> None:
        await held()
        await execute(engine, "UPDATE reservations SET state = 'released'")

    return {
        "product prod-1 costs 10.00 and 5 are available": in_stock,
        "2 of product prod-1 are held for order-1": held,
        "the hold of order-1 has been released": released,
        "nothing is held for order-9": empty,
        "the database of InventoryService is broken": broken(engine, "stock"),
    }


@pytest.fixture
def messages(app: FastAPI, engine: AsyncEngine) -> dict[str, Producer]:
    """What this service says, from its own outbox after its own commands."""

    async def after(event_type: str, command_type: str, order_id: str) -> dict[str, Any]:
        await app.state.consumer.receive(delivery_of(a_message(command_type, orderId=order_id)))
        return await last_said(engine, event_type)

    return {
        "an inventory-committed event": lambda: after("inventory-committed", "commit-inventory", "order-1"),
        "an inventory-refused event": lambda: after("inventory-refused", "commit-inventory", "order-9"),
        "an inventory-released event": lambda: after("inventory-released", "release-inventory", "order-1"),
    }


async def test_keeps_all_consumer_contracts(
    verifier: Any,
    app: FastAPI,
    states: dict[str, State],
    messages: dict[str, Producer],
) -> None:
    await verification(verifier, "InventoryService", app, states, messages).averify()
