"""The gateway while a service fails, over real sockets: what the world is told, and when the service is left alone."""

from typing import Any

import httpx
import pytest
from shop_doubles.clients import client_of
from shop_doubles.gateway import Seconds
from shop_doubles.troubles import BROKEN, NO_ANSWER, TOO_SLOW, Trouble

from shop.gateway.domain.routing import Upstream
from shop.gateway.main import create_app
from shop.gateway.settings import Settings
from shop.kit.settings import Stage

FAILURES = 3  # that open the breaker, as conftest.py sets it
CART = {"items": [], "version": 1}


@pytest.fixture(autouse=True)
def cart(stub_server: Any) -> None:
    stub_server.when("GET", "/api/cart").answer(200, json=CART)


async def told(world: httpx.AsyncClient, path: str = "/api/cart") -> tuple[int, str | None]:
    answer = await world.get(path)
    return answer.status_code, answer.json().get("error")


@pytest.mark.parametrize("trouble", NO_ANSWER.values(), ids=NO_ANSWER)
async def test_a_service_that_gives_no_answer_is_503(
    world: httpx.AsyncClient, stub_server: Any, link: Any, trouble: Trouble
) -> None:
    with trouble(stub_server, link):
        answer = await world.get("/api/cart")
        assert (answer.status_code, answer.json()["error"]) == (503, "service_unavailable")
        assert int(answer.headers["retry-after"]) >= 1
    assert await told(world) == (200, None)


@pytest.mark.parametrize("trouble", TOO_SLOW.values(), ids=TOO_SLOW)
async def test_a_service_that_is_too_slow_is_504(
    world: httpx.AsyncClient, stub_server: Any, link: Any, trouble: Trouble
) -> None:
    with trouble(stub_server, link):
        assert await told(world) == (504, "gateway_timeout")
    assert await told(world) == (200, None)


@pytest.mark.parametrize("status", [400, 401, 402, 404, 409, 429, 500, 503])
async def test_what_a_service_says_the_world_is_told(world: httpx.AsyncClient, stub_server: Any, status: int) -> None:
    body = {"error": "a_code", "message": "a text"}
    stub_server.when("GET", "/api/orders/1").answer(status, json=body, headers={"Retry-After": "7"})
    answer = await world.get("/api/orders/1")
    assert (answer.status_code, answer.json(), answer.headers["retry-after"]) == (status, body, "7")


@pytest.mark.parametrize("trouble", [NO_ANSWER["the connection is reset"], *BROKEN.values()], ids=["reset", *BROKEN])
async def test_the_breaker_opens_and_closes(
    world: httpx.AsyncClient, stub_server: Any, link: Any, seconds: Seconds, trouble: Trouble
) -> None:
    with trouble(stub_server, link):
        for _ in range(FAILURES):
            assert (await told(world))[0] >= 500
        asked = len(stub_server.requests())
        assert await told(world) == (503, "service_unavailable")
        seconds.now += 9
    assert await told(world) == (503, "service_unavailable")  # it is well again, and nobody has noticed
    assert len(stub_server.requests()) == asked  # it was left alone

    seconds.now += 1.1  # now one call tries
    assert await told(world) == (200, None)
    assert await told(world) == (200, None)
    assert len(stub_server.requests()) == asked + 2


async def test_a_page_that_is_not_the_services_own_is_not_passed_on(
    world: httpx.AsyncClient, stub_server: Any, link: Any
) -> None:
    with BROKEN["503"](stub_server, link):
        answer = await world.get("/api/cart")
    assert (answer.status_code, answer.json()["error"]) == (503, "service_unavailable")


async def test_a_try_that_fails_opens_the_breaker_again(
    world: httpx.AsyncClient, stub_server: Any, link: Any, seconds: Seconds
) -> None:
    with BROKEN["500"](stub_server, link):
        for _ in range(FAILURES):
            await told(world)
        seconds.now += 10
        assert (await told(world))[0] == 500  # the try
        asked = len(stub_server.requests())
        assert (await told(world))[0] == 503
    assert len(stub_server.requests()) == asked


async def test_one_service_that_fails_does_not_take_the_others_along(faults: Any, stub_server: Any) -> None:
    stub_server.when("GET", "/api/orders").answer(200, json=[])
    urls = {name: faults.link("gateway", name, stub_server.url).url for name in Upstream}
    app = create_app(Settings(stage=Stage.TEST, upstream_urls=urls, breaker_failures=1))
    async with client_of(app, {"Authorization": "Bearer test-token"}) as world:
        with faults.between("gateway", "CART").down():
            assert [(await told(world))[0] for _ in range(2)] == [503, 503]
            assert (await world.get("/api/orders")).status_code == 200
            ready = (await world.get("/ready")).json()["checks"]
    assert ready["cart"] == "unavailable"


@pytest.mark.parametrize("trouble", [NO_ANSWER["nobody listens"], *BROKEN.values()], ids=["down", *BROKEN])
async def test_stock_is_answered_from_memory_while_inventory_is_away(
    world: httpx.AsyncClient, stub_server: Any, link: Any, trouble: Trouble
) -> None:
    level = {"productId": "prod-1", "availableQuantity": 5}
    stub_server.when("GET", "/api/inventory/prod-1").answer(200, json=level)
    fresh = await world.get("/api/inventory/prod-1")
    with trouble(stub_server, link):
        stale = await world.get("/api/inventory/prod-1")
        never_seen = await world.get("/api/inventory/prod-2")
    assert fresh.json() == stale.json() == level
    assert "warning" not in fresh.headers
    assert stale.headers["warning"].startswith("110")
    assert never_seen.status_code >= 500


async def test_what_changes_something_is_sent_once(world: httpx.AsyncClient, stub_server: Any, link: Any) -> None:
    stub_server.when("POST", "/api/orders").answer(201, json={"orderId": "o-1"})
    with link.resets(direction="downstream"):  # the order is placed; its answer is lost
        assert (await world.post("/api/orders", json={"items": []})).status_code == 503
    stub_server.verify("POST", "/api/orders", times=1)
