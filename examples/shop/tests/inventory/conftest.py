from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from shop_doubles.databases import engine_for, template
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.inventory.adapters.database import MIGRATIONS, upgrade


@pytest.fixture(scope="session")
def postgres_template() -> tuple[str, Callable[[str], None]]:
    return template(MIGRATIONS, upgrade)


@pytest.fixture
async def engine(postgres: Any) -> AsyncIterator[AsyncEngine]:
    async with engine_for(postgres.url) as engine:
        yield engine
