"""Each service whole, while its database and the bus are away: at its start, in the middle, and when they are back."""

from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.bus import on_nats
from shop_doubles.clients import client_of

from accord import poll_until
from shop.cart import main as cart
from shop.identity import main as identity
from shop.inventory import main as inventory
from shop.kit.bus import BusSettings
from shop.kit.settings import Stage
from shop.notifications import main as notifications
from shop.orders import main as orders
from shop.payments import main as payments


@dataclass(frozen=True)
class Service:
    """A service, and a question that it needs its database for."""

    module: Any
    question: str
    has_bus: bool = True

    def app(self, database_url: str, bus: BusSettings) -> FastAPI:
        more = {"bus": bus} if self.has_bus else {}
        settings = self.module.Settings(stage=Stage.TEST, database_url=database_url, **more)
        app: FastAPI = self.module.create_app(settings)
        return app


SERVICES = {
    "cart": Service(cart, "/api/cart", has_bus=False),
    "identity": Service(identity, "/api/users/user-1", has_bus=False),
    "inventory": Service(inventory, "/api/inventory/pen"),
    "notifications": Service(notifications, "/api/notifications?orderId=order-1"),
    "orders": Service(orders, "/api/orders"),
    "payments": Service(payments, "/api/payments/pay_1"),
}


async def says_try_again(api: httpx.AsyncClient, service: Service) -> None:
    answer = await api.get(service.question)
    assert (answer.status_code, answer.json()["error"]) == (503, "service_unavailable")
    assert answer.headers["retry-after"] == "1"


async def becomes_ready(api: httpx.AsyncClient) -> None:
    async def is_ready() -> bool:
        return (await api.get("/ready")).status_code == HTTPStatus.OK

    await poll_until(is_ready, description="the service to be ready", timeout=20)


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
async def test_it_starts_before_them_and_outlives_them(faults: Any, postgres: Any, nats: Any, service: Service) -> None:
    database = faults.link("service", "database", postgres.url)
    bus = faults.link("service", "bus", nats.url)
    with ExitStack() as away:
        away.enter_context(database.down())
        away.enter_context(bus.down())
        async with client_of(service.app(database.url, on_nats(nats, url=bus.url)), {"X-User-Id": "ada"}) as api:
            assert (await api.get("/health")).status_code == HTTPStatus.SERVICE_UNAVAILABLE
            assert set((await api.get("/ready")).json()["checks"].values()) == {"unavailable"}
            await says_try_again(api, service)

            away.close()
            await becomes_ready(api)

            with database.down():  # in the middle: connections that were open are gone
                await says_try_again(api, service)
            await becomes_ready(api)
