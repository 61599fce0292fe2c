"""UserService keeps the contracts of its consumers, on its real database."""

from typing import Any

import pytest
from fastapi import FastAPI
from shop_doubles.contracts import State, broken, verification
from shop_doubles.databases import execute
from shop_doubles.identity import PASSWORD, quick_hasher
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.identity.adapters.repository import SqlUserRepository
from shop.identity.domain.user import PaymentMethod, User
from shop.identity.main import create_app
from shop.identity.settings import Settings
from shop.kit.settings import Stage


@pytest.fixture
def app(engine: AsyncEngine) -> FastAPI:
    return create_app(Settings(stage=Stage.TEST), engine=engine, hasher=quick_hasher())


@pytest.fixture
def states(engine: AsyncEngine) -> dict[str, State]:
    """How this service comes into each state that its consumers name."""

    async def empty() -> None:
        await execute(engine, "TRUNCATE users")

    async def ada() -> None:
        await empty()
        stored = await quick_hasher().hashed(PASSWORD)
        user = User.create("user-1", "Ada", "ada@example.com", stored, frozenset())
        await SqlUserRepository(engine).add(user)

    async def ada_with_a_card() -> None:
        await ada()
        await SqlUserRepository(engine).store_payment_method("user-1", PaymentMethod("card", "tok_visa"))

    return {
        "user user-1 pays with the card tok_visa": ada_with_a_card,
        f"user user-1 is Ada of ada@example.com with the password '{PASSWORD}'": ada,
        "nobody is registered": empty,
        "the database of UserService is broken": broken(engine, "users"),
    }


async def test_keeps_all_consumer_contracts(verifier: Any, app: FastAPI, states: dict[str, State]) -> None:
    await verification(verifier, "UserService", app, states).averify()
