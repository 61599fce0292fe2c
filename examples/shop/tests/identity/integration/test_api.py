"""UserService's API, in process, on a real database, with the real hash and real tokens."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.clients import client_of
from shop_doubles.databases import rows
from shop_doubles.identity import PASSWORD, quick_hasher
from shop_doubles.moments import NOON, StoppedClock
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.identity.main import create_app
from shop.identity.settings import Settings
from shop.kit.settings import Stage
from shop.kit.tokens import DEVELOPMENT_SECRET, read

ADA = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}


@pytest.fixture
def app(engine: AsyncEngine) -> FastAPI:
    return create_app(Settings(stage=Stage.TEST), engine=engine, hasher=quick_hasher(), clock=StoppedClock())


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


async def test_from_registration_to_a_token(api: httpx.AsyncClient) -> None:
    registered = await api.post("/api/users", json=ADA)
    assert registered.status_code == 201
    user_id = registered.json()["id"]
    assert registered.json() == {"id": user_id, "name": "Ada", "email": "ada@example.com"}
    session = await api.post("/auth/login", json={"email": "ADA@example.com", "password": PASSWORD})
    assert session.status_code == 200
    assert session.json()["userId"] == user_id
    identity = read(session.json()["accessToken"], secret=DEVELOPMENT_SECRET, now=NOON + timedelta(minutes=59))
    assert identity.user_id == user_id


@pytest.mark.parametrize("path", ["/users/", "/api/users/"])
async def test_a_user_is_shown_without_the_password(api: httpx.AsyncClient, engine: AsyncEngine, path: str) -> None:
    user = (await api.post("/api/users", json=ADA)).json()
    assert (await api.get(path + user["id"])).json() == user
    [stored] = await rows(engine, "SELECT password_hash FROM users")
    assert stored["password_hash"].startswith("$argon2id$")


async def test_an_address_is_registered_once(api: httpx.AsyncClient) -> None:
    await api.post("/api/users", json=ADA)
    again = await api.post("/api/users", json={**ADA, "email": "Ada@EXAMPLE.com"})
    assert (again.status_code, again.json()["error"]) == (409, "email_taken")


async def test_a_wrong_password_is_401(api: httpx.AsyncClient) -> None:
    await api.post("/api/users", json=ADA)
    response = await api.post("/api/auth/login", json={"email": ADA["email"], "password": "wrong password"})
    assert response.status_code == 401
    assert response.json() == {"error": "unauthorized", "message": "Wrong email address or password"}
    assert response.headers["www-authenticate"] == "Bearer"


async def test_an_unknown_user_is_404(api: httpx.AsyncClient) -> None:
    response = await api.get("/api/users/' OR 1=1 --")
    assert (response.status_code, response.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {**ADA, "name": 1},
        {**ADA, "name": "x" * 2000},
        {**ADA, "email": "ada"},
        {**ADA, "password": "short"},
        {**ADA, "password": None},
    ],
)
async def test_a_wrong_body_is_400(api: httpx.AsyncClient, body: Any) -> None:
    response = await api.post("/api/users", json=body)
    assert (response.status_code, response.json()["error"]) == (400, "validation_error")
    assert PASSWORD not in response.text


async def test_what_people_write_is_stored_as_they_wrote_it(api: httpx.AsyncClient) -> None:
    name = "<script>alert('x')</script>; DROP TABLE users"
    user = (await api.post("/api/users", json={**ADA, "name": name})).json()
    assert (await api.get(f"/api/users/{user['id']}")).json()["name"] == name


async def test_a_payment_method_is_kept_and_changed(api: httpx.AsyncClient) -> None:
    path = f"/api/users/{(await api.post('/api/users', json=ADA)).json()['id']}/payment-method"
    assert (await api.get(path)).status_code == 404
    for token in ("tok_visa", "tok_other"):
        stored = await api.put(path, json={"type": "card", "token": token})
        assert (stored.status_code, stored.json()) == (200, {"type": "card", "token": token})
    assert (await api.get(path)).json() == {"type": "card", "token": "tok_other"}


async def test_refuses_a_payment_method_that_is_none(api: httpx.AsyncClient) -> None:
    path = f"/api/users/{(await api.post('/api/users', json=ADA)).json()['id']}/payment-method"
    for body in ({"type": "card", "token": " "}, {"type": "card"}, {"type": "", "token": "tok_visa"}):
        assert (await api.put(path, json=body)).status_code == 400
    method = {"type": "card", "token": "tok_visa"}
    assert (await api.put("/api/users/user-9/payment-method", json=method)).status_code == 404
