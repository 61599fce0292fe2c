"""The gateway whole, in front of a real neighbour: a StubServer at the other end of a link that can be broken."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from shop_doubles.clients import client_of
from shop_doubles.gateway import Seconds
from shop_doubles.troubles import PATIENCE

from shop.gateway.domain.routing import Upstream
from shop.gateway.main import create_app
from shop.gateway.settings import Settings
from shop.kit.settings import Stage

FAILURES = 3


@pytest.fixture
def seconds() -> Seconds:
    """The breaker's clock, in the test's hands."""
    return Seconds()


@pytest.fixture
def link(faults: Any, stub_server: Any) -> Any:
    return faults.link("gateway", "services", stub_server.url)


@pytest.fixture
async def world(link: Any, seconds: Seconds) -> AsyncIterator[httpx.AsyncClient]:
    """A customer at the gateway, whose services are all behind the one link."""
    settings = Settings(
        stage=Stage.TEST,
        upstream_urls=dict.fromkeys(Upstream, link.url),
        timeout=PATIENCE,
        breaker_failures=FAILURES,
        breaker_seconds=10,
    )
    async with client_of(create_app(settings, seconds=seconds), {"Authorization": "Bearer test-token"}) as client:
        yield client
