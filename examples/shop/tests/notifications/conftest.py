from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from accord.infra import Migrations
from shop.notifications.adapters.database import MIGRATIONS, upgrade


@pytest.fixture(scope="session")
def postgres_template() -> Migrations:
    return Migrations.by(upgrade, MIGRATIONS)


@pytest.fixture
async def engine(postgres: Any) -> AsyncIterator[AsyncEngine]:
    async with postgres.async_engine() as engine:
        yield engine
