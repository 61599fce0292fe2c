from typing import Any

from shop_doubles.databases import tables
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.identity.adapters.database import downgrade, upgrade


async def test_back_and_forward_again(postgres: Any, engine: AsyncEngine) -> None:
    before = await tables(engine)
    downgrade(postgres.url)
    assert await tables(engine) == ["alembic_version"]
    upgrade(postgres.url)
    assert await tables(engine) == before == ["alembic_version", "users"]
