"""A look into databases."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine


async def rows(engine: AsyncEngine, query: str, **values: Any) -> list[dict[str, Any]]:
    """What a query finds."""
    async with engine.connect() as connection:
        return [dict(row) for row in (await connection.execute(text(query), values)).mappings()]


async def execute(engine: AsyncEngine, statement: str, **values: Any) -> None:
    """Run one statement and commit."""
    async with engine.begin() as connection:
        await connection.execute(text(statement), values)


async def tables(engine: AsyncEngine) -> list[str]:
    """The names of all tables, Alembic's own among them."""
    found = await rows(engine, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [row["tablename"] for row in found]
