"""Migrated databases and a look into them."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shop.kit.database import async_url


def template(migrations: Path, upgrade: Callable[[str], None]) -> tuple[str, Callable[[str], None]]:
    """What Accord's `postgres_template` asks for: a key that changes with the migrations, and how to run them."""
    digest = hashlib.sha256()
    for file in sorted(migrations.glob("*.py")):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return f"{migrations.parent.name}_{digest.hexdigest()[:16]}", upgrade


@asynccontextmanager
async def engine_for(url: str) -> AsyncIterator[AsyncEngine]:
    """An engine for one test, closed before the database goes."""
    engine = create_async_engine(async_url(url))
    try:
        yield engine
    finally:
        await engine.dispose()


async def rows(engine: AsyncEngine, query: str, **values: Any) -> list[dict[str, Any]]:
    """What a query finds."""
    async with engine.connect() as connection:
        return [dict(row) for row in (await connection.execute(text(query), values)).mappings()]


async def execute(engine: AsyncEngine, statement: str, **values: Any) -> None:
    """Run one statement and commit."""
    async with engine.begin() as connection:
        await connection.execute(text(statement), values)
