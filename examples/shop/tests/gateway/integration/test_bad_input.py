"""What the gateway refuses by itself: no service hears of it."""

from datetime import timedelta
from typing import Any

import httpx
from shop_doubles.bad_input import Bad, refuses_all

from shop.kit.tokens import DEVELOPMENT_SECRET, issue
from shop.kit.wire import utc_now


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def token(secret: str = DEVELOPMENT_SECRET, minutes: int = 5, *roles: str) -> str:
    return issue("ada", roles, secret=secret, now=utc_now(), lifetime=timedelta(minutes=minutes))


GOOD = token()
UNSIGNED = "eyJhbGciOiJub25lIn0." + GOOD.split(".")[1] + "."
TAMPERED = ".".join([*GOOD.split(".")[:2], GOOD.split(".")[2][::-1]])
NOBODY = {"status": 401, "error": "unauthorized"}
NOT_THERE = {"status": 404, "error": "not_found"}
CART = "/api/cart"
TABLE = [
    Bad("nobody", "GET", CART, None, {}, **NOBODY),
    Bad("an expired token", "GET", CART, None, bearer(token(minutes=-1)), **NOBODY),
    Bad("a token of another secret", "GET", CART, None, bearer(token("x" * 32)), **NOBODY),
    Bad("an unsigned token", "GET", CART, None, bearer(UNSIGNED), **NOBODY),
    Bad("a tampered token", "GET", CART, None, bearer(TAMPERED), **NOBODY),
    Bad("no token", "GET", CART, None, bearer(""), **NOBODY),
    Bad("an endless token", "GET", CART, None, bearer("x" * 20_000), **NOBODY),
    Bad("another scheme", "GET", CART, None, {"Authorization": f"Basic {GOOD}"}, **NOBODY),
    Bad("a name of one's own choice", "GET", CART, None, {"X-User-Id": "ada"}, **NOBODY),
    Bad("a customer at the shelf", "PUT", "/api/inventory/pen", {"quantity": 1}, bearer(GOOD), 403, "forbidden"),
    Bad("another's account", "GET", "/api/users/eve", None, bearer(GOOD), **NOT_THERE),
    Bad("another's card", "PUT", "/api/users/eve/payment-method", {}, bearer(GOOD), **NOT_THERE),
    Bad("an internal port", "POST", "/api/reservations", {}, bearer(GOOD), **NOT_THERE),
    Bad("an internal port", "POST", "/api/payments", {}, bearer(GOOD), **NOT_THERE),
    Bad("a way around", "GET", "/api/cart/../payments", None, bearer(GOOD), **NOT_THERE),
    Bad("two slashes", "GET", "/api//cart", None, bearer(GOOD), **NOT_THERE),
    Bad("NUL in a path", "GET", "/api/orders/a%00b", None, bearer(GOOD)),
    Bad("no such method", "DELETE", "/api/inventory/pen", None, bearer(GOOD), 405, "method_not_allowed"),
    Bad("a huge body", "POST", "/api/orders", b"x" * (2 << 20), bearer(GOOD), 413, "payload_too_large"),
]


async def test_what_is_bad_is_refused_and_no_service_hears_of_it(door: Any) -> None:
    heard: list[httpx.Request] = []

    def hear(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return httpx.Response(200, json={})

    async with door(httpx.MockTransport(hear)) as world:
        await refuses_all(world, TABLE)
        assert heard == []
        assert (await world.get(CART, headers=bearer(GOOD))).status_code == 200


async def test_who_calls_is_what_the_token_says(door: Any) -> None:
    async with door(httpx.MockTransport(lambda request: httpx.Response(200, json=dict(request.headers)))) as world:
        headers = {**bearer(GOOD), "X-User-Id": "eve", "X-Forwarded-For": "10.0.0.1"}
        seen = (await world.get(CART, headers=headers)).json()
    assert seen["x-user-id"] == "ada"
    assert "authorization" not in seen
    assert "x-forwarded-for" not in seen
