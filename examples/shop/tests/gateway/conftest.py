from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest
from shop_doubles.clients import client_of

from shop.gateway.adapters.upstreams import HttpUpstreams
from shop.gateway.domain.routing import Upstream
from shop.gateway.main import create_app
from shop.gateway.settings import Settings
from shop.kit.settings import Stage

Door = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def door() -> Door:
    """The whole gateway in process, before services that a transport plays; extra words are settings."""

    def opened(transport: httpx.AsyncBaseTransport, **settings: Any) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        chosen = Settings(stage=Stage.TEST, **settings)
        urls = {name: f"http://{name.lower()}" for name in Upstream}
        return client_of(create_app(chosen, upstreams=HttpUpstreams(urls, transport=transport, timeout=chosen.timeout)))

    return opened
