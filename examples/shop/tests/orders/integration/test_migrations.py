from typing import Any

from shop_doubles.databases import tables
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.orders.adapters.database import downgrade, upgrade


async def test_back_and_forward_again(postgres: Any, engine: AsyncEngine) -> None:
    before = await tables(engine)
    downgrade(postgres.url)
    assert await tables(engine) == ["alembic_version"]
    upgrade(postgres.url)
    assert await tables(engine) == before
    assert set(before) == {
        "alembic_version",
        "inbox",
        "order_items",
        "orders",
        "outbox",
        "parked_messages",
        "sagas",
    }
