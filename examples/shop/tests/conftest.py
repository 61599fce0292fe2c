"""For every test of the shop."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from shop_audit.addresses import PARTICIPANTS, whose
from sqlalchemy.ext.asyncio import AsyncEngine


@pytest.fixture
async def engine(postgres: Any) -> AsyncIterator[AsyncEngine]:
    """The test's own database, with the tables of the service whose folder the test is in (`postgres_template`)."""
    async with postgres.async_engine() as engine:
        yield engine


@pytest.fixture(autouse=True)
def calls_of_components(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a service under test asks of its neighbours, played by doubles, must stand in its contracts."""
    folders = request.path.parts
    if "component" not in folders:
        yield
        return
    traffic: Any = request.getfixturevalue("traffic")
    service = next((PARTICIPANTS[name] for name in folders if name in PARTICIPANTS), "OrderService")
    with traffic.watch(service, whose, doubled=True):
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the tests marked 'soak' too: they take minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--soak"):
        long = [item for item in items if item.get_closest_marker("soak")]
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=long)
