"""What UserService refuses, and what it keeps word for word."""

from collections.abc import AsyncIterator

import httpx
import pytest
from shop_doubles.bad_input import HTML, SQL, Bad, bodies, refuses_all
from shop_doubles.clients import client_of
from shop_doubles.databases import rows
from shop_doubles.identity import FakeHasher
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.identity.main import create_app
from shop.identity.settings import Settings
from shop.kit.settings import Stage

USERS, LOG_IN = "/api/users", "/api/auth/login"
ADA = {"name": "Ada", "email": "ada@example.com", "password": "correct horse"}
KNOWN = {"email": "ada@example.com", "password": "correct horse"}
CARD = {"type": "card", "token": "tok_visa"}
NOT_THERE = {"status": 404, "error": "not_found"}
UNKNOWN = {"status": 401, "error": "unauthorized"}
NO_ADDRESSES = ("ada", "ada@", "@example.com", "ada@example", "a b@example.com", "a@b@example.com", SQL, HTML)
TABLE = [
    *bodies("POST", USERS, ADA),
    *bodies("PUT", f"{USERS}/user-1/payment-method", CARD),
    # What is only unknown, however odd, is told the same as everything that is unknown.
    *(
        bad
        for bad in bodies("POST", LOG_IN, KNOWN)
        if not bad.what.endswith((" empty", " blank", "d is NUL", "d is endless"))
    ),
    *(Bad(f"no address: {text}", "POST", USERS, {**ADA, "email": text}) for text in NO_ADDRESSES),
    Bad("an endless address", "POST", USERS, {**ADA, "email": "a" * 250 + "@example.com"}),
    Bad("a short password", "POST", USERS, {**ADA, "password": "1234567"}),
    Bad("an endless password", "POST", USERS, {**ADA, "password": "x" * 129}),
    Bad("SQL to log in with", "POST", LOG_IN, {"email": "ada@example.com' --", "password": "x"}, {}, **UNKNOWN),
    Bad("an unknown user", "POST", LOG_IN, {"email": "eve@example.com", "password": "correct horse"}, {}, **UNKNOWN),
    Bad("no such user", "GET", f"{USERS}/1'%20OR%20'1'='1", None, {}, **NOT_THERE),
    Bad("no such user", "PUT", f"{USERS}/user-9/payment-method", CARD, {}, **NOT_THERE),
    Bad("NUL in an id", "GET", f"{USERS}/a%00b"),
]


@pytest.fixture
async def api(engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(stage=Stage.PRODUCTION), engine=engine, hasher=FakeHasher())
    async with client_of(app) as client:
        yield client


async def test_what_is_bad_is_refused_and_nobody_is_registered(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    await refuses_all(api, TABLE)
    assert await rows(engine, "SELECT id FROM users") == []


@pytest.mark.parametrize("text", [SQL, HTML, "名前 😀"])
async def test_a_text_is_a_text(api: httpx.AsyncClient, text: str) -> None:
    made = (await api.post(USERS, json={**ADA, "name": text})).json()
    seen = await api.get(f"{USERS}/{made['id']}")
    assert seen.json()["name"] == text
    assert seen.headers["content-type"] == "application/json"
