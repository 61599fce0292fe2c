"""The gateway keeps the contract of the shop fronts. What is behind it answers as its own contracts with the services say."""

from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.contracts import CONTRACTS, State, verification
from shop_doubles.gateway import Seconds
from shop_doubles.services_by_contract import ServicesByContract

from shop.gateway.adapters.upstreams import HttpUpstreams
from shop.gateway.domain.routing import Upstream
from shop.gateway.main import create_app
from shop.gateway.settings import Settings
from shop.kit.settings import Stage
from shop.kit.tokens import DEVELOPMENT_SECRET, issue
from shop.kit.wire import utc_now

SETTINGS = Settings(stage=Stage.TEST, burst=20, breaker_failures=2)


@pytest.fixture
def services() -> ServicesByContract:
    return ServicesByContract(CONTRACTS)


@pytest.fixture
def seconds() -> Seconds:
    """The gateway's clock, which stands still while nobody moves it on."""
    return Seconds()


@pytest.fixture
def app(services: ServicesByContract, seconds: Seconds) -> FastAPI:
    urls = {name: f"http://{name.lower()}" for name in Upstream}
    return create_app(SETTINGS, upstreams=HttpUpstreams(urls, transport=services), seconds=seconds)


def token_of(user_id: str) -> str:
    return issue(user_id, (), secret=DEVELOPMENT_SECRET, now=utc_now(), lifetime=timedelta(hours=1))


class Situation:
    """Brings the gateway into its states: those of the services are theirs, the others its own."""

    def __init__(self, app: FastAPI, services: ServicesByContract, seconds: Seconds) -> None:
        self._app = app
        self._services = services
        self._seconds = seconds

    def handlers(self) -> dict[str, State]:
        found: dict[str, State] = {state: partial(self._services_are, state) for state in self._services.states}
        for user_id in ("customer-1", "customer-2"):
            found[f"{user_id} is logged in"] = partial(self._logged_in, user_id)
        found["customer-1 has come too often"] = (self._too_often, self._all_is_well)
        found["OrderService is away"] = (self._orders_are_away, self._all_is_well)
        found["CartService is too slow"] = (self._carts_are_slow, self._all_is_well)
        return found

    async def _services_are(self, state: str) -> None:
        self._services.state = state

    async def _logged_in(self, user_id: str) -> dict[str, str]:
        return {"token": token_of(user_id)}

    async def _too_often(self) -> None:
        await self._ask("/api/nowhere", "customer-1", times=SETTINGS.burst, until=429)

    async def _orders_are_away(self) -> None:
        """For so long that the gateway leaves it alone."""
        self._services.away.add("order")
        await self._ask("/api/orders", "somebody", times=SETTINGS.breaker_failures, until=503)

    async def _carts_are_slow(self) -> None:
        self._services.slow.add("cart")

    async def _all_is_well(self) -> None:
        self._services.away.clear()
        self._services.slow.clear()
        self._seconds.now += 1000  # buckets are full, and breakers closed with the next call

    async def _ask(self, path: str, user_id: str, *, times: int, until: int) -> None:
        """Ask as anybody might, so often, and once more to see that it has come to this."""
        transport = httpx.ASGITransport(self._app)
        headers = {"Authorization": f"Bearer {token_of(user_id)}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway", headers=headers) as world:
            for _ in range(times):
                await world.get(path)
            assert (await world.get(path)).status_code == until


async def test_keeps_all_consumer_contracts(
    verifier: Any, app: FastAPI, services: ServicesByContract, seconds: Seconds
) -> None:
    states = Situation(app, services, seconds).handlers()
    await verification(verifier, "Gateway", app, states).averify()
