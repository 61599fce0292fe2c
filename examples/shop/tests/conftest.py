"""For every test of the shop."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy.ext.asyncio import AsyncEngine

# A busy machine makes an example slow, never wrong; and a property starts from nothing in every run.
settings.register_profile("shop", deadline=None, database=None)
settings.load_profile("shop")


@pytest.fixture
async def engine(postgres: Any) -> AsyncIterator[AsyncEngine]:
    """The test's own database, with the tables of the service whose folder the test is in (`postgres_template`)."""
    async with postgres.async_engine() as engine:
        yield engine


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the tests marked 'soak' too: they take minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--soak"):
        long = [item for item in items if item.get_closest_marker("soak")]
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=long)
