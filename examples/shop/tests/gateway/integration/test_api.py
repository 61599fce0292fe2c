"""The gateway whole, in process: tokens, limits, what neighbours do, and what the world is told."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from shop_doubles.clients import answering, client_of, failing

from shop.gateway.main import create_app
from shop.gateway.settings import Settings
from shop.kit.settings import SettingsError, Stage
from shop.kit.tokens import DEVELOPMENT_SECRET, issue
from shop.kit.wire import utc_now

TOKEN = {"Authorization": "Bearer test-token"}


def users_token(*roles: str, ago: timedelta = timedelta(), secret: str = DEVELOPMENT_SECRET) -> dict[str, str]:
    token = issue("user-1", roles, secret=secret, now=utc_now() - ago, lifetime=timedelta(hours=1))
    return {"Authorization": f"Bearer {token}"}


def echoing() -> httpx.MockTransport:
    """Answers with what was asked."""

    def answer(request: httpx.Request) -> httpx.Response:
        seen = {"url": str(request.url), "headers": dict(request.headers), "body": request.content.decode()}
        return httpx.Response(201, json=seen, headers={"Server": "inner", "Location": "/api/orders/1"})

    return httpx.MockTransport(answer)


async def test_a_request_is_passed_on_and_its_answer_back(door: Any) -> None:
    async with door(echoing()) as world:
        response = await world.post("/api/orders?a=%20b", json={"items": []}, headers=users_token())
    assert response.status_code == 201
    assert response.headers["location"] == "/api/orders/1"
    assert "server" not in response.headers
    seen = response.json()
    assert seen["url"] == "http://order/api/orders?a=%20b"
    assert seen["body"] == '{"items":[]}'
    assert seen["headers"]["x-user-id"] == "user-1"
    assert "authorization" not in seen["headers"]
    assert seen["headers"]["traceparent"].split("-")[1] == response.headers["x-trace-id"]


async def test_an_escaped_name_stays_escaped(door: Any) -> None:
    async with door(echoing()) as world:
        response = await world.get("/api/inventory/a%2Fb%3Fc")
    assert response.json()["url"] == "http://inventory/api/inventory/a%2Fb%3Fc"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Bearer tést".encode()},
        users_token(ago=timedelta(hours=2)),
        users_token(secret="another secret, and long enough too"),
    ],
    ids=["none", "empty", "no token", "other letters", "expired", "forged"],
)
async def test_a_token_that_is_none_is_401(door: Any, headers: Any) -> None:
    async with door(echoing()) as world:
        response = await world.get("/api/orders", headers=headers)
    assert (response.status_code, response.json()["error"]) == (401, "unauthorized")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_staff_is_known_by_its_token(door: Any) -> None:
    async with door(echoing()) as world:
        refused = await world.put("/api/inventory/pen", json={}, headers=users_token())
        allowed = await world.put("/api/inventory/pen", json={}, headers=users_token("staff"))
    assert (refused.status_code, refused.json()["error"]) == (403, "forbidden")
    assert allowed.json()["headers"]["authorization"] == "Bearer valid-token"


@pytest.mark.parametrize(
    ("transport", "status", "error"),
    [
        (failing(httpx.ConnectError("refused")), 503, "service_unavailable"),
        (failing(httpx.RemoteProtocolError("closed")), 503, "service_unavailable"),
        (failing(httpx.ReadTimeout("slow")), 504, "gateway_timeout"),
    ],
)
async def test_without_a_neighbour_the_world_is_told_when_to_come_back(
    door: Any,
    transport: httpx.MockTransport,
    status: int,
    error: str,
) -> None:
    async with door(transport) as world:
        response = await world.get("/api/cart", headers=TOKEN)
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert int(response.headers["retry-after"]) >= 1


async def test_a_neighbour_that_never_ends_is_given_up(door: Any) -> None:
    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with door(httpx.MockTransport(hang), timeout=0.01) as world:
        response = await world.get("/api/cart", headers=TOKEN)
    assert response.status_code == 504


@pytest.mark.parametrize("status", [400, 402, 404, 409, 500, 503])
async def test_what_a_service_says_is_said(door: Any, status: int) -> None:
    async with door(answering(status, json={"error": "x"})) as world:
        response = await world.get("/api/orders/1", headers=TOKEN)
    assert (response.status_code, response.json()) == (status, {"error": "x"})


async def test_too_often_is_429(door: Any) -> None:
    async with door(echoing(), burst=2, requests_per_second=1) as world:
        codes = [(await world.get("/api/cart", headers=TOKEN)).status_code for _ in range(2)]
        response = await world.get("/api/cart", headers=TOKEN)
    assert codes == [201, 201]
    assert (response.status_code, response.json()["error"]) == (429, "rate_limited")
    assert response.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("POST", "/api/payments", 404), ("DELETE", "/api/inventory/pen", 405)],
)
async def test_where_there_is_no_way(door: Any, method: str, path: str, status: int) -> None:
    async with door(echoing()) as world:
        response = await world.request(method, path, headers=TOKEN)
    assert response.status_code == status
    assert response.headers.get("allow") == ("GET, HEAD, PUT" if status == 405 else None)


async def test_a_huge_body_is_413(door: Any) -> None:
    async with door(echoing()) as world:
        response = await world.post("/api/orders", content=b"x" * (2 << 20), headers=TOKEN)
    assert (response.status_code, response.json()["error"]) == (413, "payload_too_large")


async def test_it_lives_without_its_neighbours_but_is_not_ready() -> None:
    settings = Settings(stage=Stage.TEST, upstream_urls=dict.fromkeys(Settings().upstream_urls, "http://127.0.0.1:1"))
    async with client_of(create_app(settings)) as world:
        assert (await world.get("/health")).json() == {"status": "ok", "service": "Gateway"}
        ready = await world.get("/ready")
    assert ready.status_code == 503
    assert ready.json()["checks"] == dict.fromkeys(["user", "cart", "order", "inventory"], "unavailable")


@pytest.mark.parametrize("missing", ["SHOP_SERVICE_TOKEN", "SHOP_TOKEN_SECRET"])
def test_production_needs_secrets_of_its_own(missing: str) -> None:
    values = {"SHOP_SERVICE_TOKEN": "s3cret", "SHOP_TOKEN_SECRET": "s" * 32}
    assert Settings.from_environment(values).stage is Stage.PRODUCTION
    with pytest.raises(SettingsError, match=missing):
        Settings.from_environment({name: value for name, value in values.items() if name != missing})
