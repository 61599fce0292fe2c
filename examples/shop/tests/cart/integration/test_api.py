"""CartService's API, in process, on a real database."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.clients import client_of
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.cart.main import create_app
from shop.cart.settings import Settings
from shop.kit.settings import Stage

ADA = {"X-User-Id": "ada"}
PEN = {"productId": "pen", "quantity": 2}


@pytest.fixture
def app(engine: AsyncEngine) -> FastAPI:
    return create_app(Settings(stage=Stage.TEST), engine=engine)


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, ADA) as client:
        yield client


@pytest.mark.parametrize("form", ["", "/api"])
async def test_a_cart_is_filled_and_emptied(api: httpx.AsyncClient, form: str) -> None:
    assert (await api.get(f"{form}/cart")).json() == {"items": [], "version": 0}
    added = await api.post(f"{form}/cart/items", json=PEN)
    assert (added.status_code, added.json()["items"]) == (200, [PEN])
    await api.post(f"{form}/cart/items", json={"productId": "ink", "quantity": 1})
    changed = await api.put(f"{form}/cart/items/pen", json={"quantity": 5})
    assert changed.json()["items"] == [{"productId": "pen", "quantity": 5}, {"productId": "ink", "quantity": 1}]
    removed = await api.delete(f"{form}/cart/items/ink")
    assert removed.json()["items"] == [{"productId": "pen", "quantity": 5}]
    assert (await api.delete(f"{form}/cart")).status_code == 204
    assert (await api.get(f"{form}/cart")).json()["items"] == []


async def test_what_changed_meanwhile_is_not_emptied(api: httpx.AsyncClient) -> None:
    seen = (await api.post("/api/cart/items", json=PEN)).json()["version"]
    await api.post("/api/cart/items", json=PEN)
    response = await api.delete("/api/cart", params={"version": seen})
    assert (response.status_code, response.json()["error"]) == (409, "concurrent_modification")
    assert (await api.delete("/api/cart", params={"version": seen + 1})).status_code == 204


async def test_ten_at_once_are_all_in(api: httpx.AsyncClient) -> None:
    await asyncio.gather(*(api.post("/api/cart/items", json=PEN) for _ in range(10)))
    assert (await api.get("/api/cart")).json() == {"items": [{"productId": "pen", "quantity": 20}], "version": 10}


async def test_others_carts_are_others(api: httpx.AsyncClient) -> None:
    await api.post("/api/cart/items", json=PEN)
    assert (await api.get("/api/cart", headers={"X-User-Id": "bob"})).json()["items"] == []


async def test_nobody_has_no_cart(app: FastAPI) -> None:
    async with client_of(app) as nobody:
        response = await nobody.get("/api/cart")
    assert (response.status_code, response.json()["error"]) == (401, "unauthorized")


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"productId": "", "quantity": 1},
        {"productId": "pen", "quantity": 0},
        {"productId": "pen", "quantity": -1},
        {"productId": "pen", "quantity": 1.5},
        {"productId": "pen", "quantity": "1"},
        {"productId": "pen", "quantity": 10**12},
        {"productId": "x" * 201, "quantity": 1},
    ],
)
async def test_a_wrong_body_is_400(api: httpx.AsyncClient, body: Any) -> None:
    response = await api.post("/api/cart/items", json=body)
    assert (response.status_code, response.json()["error"]) == (400, "validation_error")


async def test_what_is_not_in_is_404(api: httpx.AsyncClient) -> None:
    response = await api.delete("/api/cart/items/' OR 1=1 --")
    assert (response.status_code, response.json()["message"]) == (404, "Not in the cart")


async def test_the_fifty_first_product_is_400(api: httpx.AsyncClient) -> None:
    for number in range(50):
        await api.post("/api/cart/items", json={"productId": str(number), "quantity": 1})
    response = await api.post("/api/cart/items", json=PEN)
    assert response.status_code == 400
    assert "more than 50 products" in response.text
