"""How Alembic reaches the database: called by accord.hub.storage.migrate, which holds the lock."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from accord.hub.storage.tables import metadata

LOCK = 4_172_026
"""PostgreSQL's number for the lock; hubs that start at once take turns."""


def _run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def _run_on_server(url: str) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(_run)
    await engine.dispose()


def _run_on_file(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        _run(connection)
    engine.dispose()


URL = context.config.get_main_option("sqlalchemy.url") or ""
if URL.startswith("sqlite"):
    _run_on_file(URL)
else:
    asyncio.run(_run_on_server(URL))
