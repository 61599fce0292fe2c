"""What CartService refuses, and what it keeps word for word."""

from urllib.parse import quote

import pytest
from shop_doubles.bad_input import HTML, SQL, Bad, bodies, quantities, refuses_all
from shop_doubles.clients import client_of
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.cart.main import create_app
from shop.cart.settings import Settings
from shop.kit.settings import Stage

ADA = {"X-User-Id": "ada"}
ITEM = "/api/cart/items"
NOBODY = {"status": 401, "error": "unauthorized"}
TABLE = [
    *bodies("POST", ITEM, {"productId": "prod-1", "quantity": 1}, ADA),
    *bodies("PUT", f"{ITEM}/prod-1", {"quantity": 1}, ADA),
    *quantities("POST", ITEM, lambda number: {"productId": "prod-1", "quantity": number}, ADA),
    *quantities("PUT", f"{ITEM}/prod-1", lambda number: {"quantity": number}, ADA),
    Bad("none at all", "POST", ITEM, {"productId": "prod-1", "quantity": 0}, ADA),
    Bad("an endless name", "PUT", f"{ITEM}/{'x' * 201}", {"quantity": 1}, ADA),
    Bad("NUL in a path", "DELETE", f"{ITEM}/a%00b", None, ADA),
    Bad("NUL in a query", "DELETE", "/api/cart?version=%00", None, ADA),
    Bad("a version that is none", "DELETE", "/api/cart?version=-1", None, ADA),
    Bad("an absurd version", "DELETE", f"/api/cart?version={2**64}", None, ADA),
    Bad("what is not in the cart", "DELETE", f"{ITEM}/{quote(SQL, safe='')}", None, ADA, 404, "not_found"),
    Bad("nobody", "GET", "/api/cart", None, {}, **NOBODY),
    Bad("an empty name", "GET", "/api/cart", None, {"X-User-Id": "  "}, **NOBODY),
    Bad("a forged token", "POST", ITEM, {}, {"Authorization": "Bearer e30.e30.e30"}, **NOBODY),
    Bad("no such path", "GET", "/api/carts", None, ADA, 404, "not_found"),
    Bad("no such method", "PATCH", "/api/cart", {}, ADA, 405, "method_not_allowed"),
]


async def test_what_is_bad_is_refused_and_changes_nothing(engine: AsyncEngine) -> None:
    async with client_of(create_app(Settings(stage=Stage.PRODUCTION), engine=engine)) as api:
        await refuses_all(api, TABLE)
        assert (await api.get("/api/cart", headers=ADA)).json()["items"] == []


@pytest.mark.parametrize("text", [SQL, HTML, "名前 😀", "a/b?c#d", "%2e%2e"])
async def test_a_text_is_a_text(engine: AsyncEngine, text: str) -> None:
    async with client_of(create_app(Settings(stage=Stage.PRODUCTION), engine=engine), ADA) as api:
        kept = await api.post(ITEM, json={"productId": text, "quantity": 1})
        assert kept.json()["items"] == [{"productId": text, "quantity": 1}]
        assert kept.headers["content-type"] == "application/json"
