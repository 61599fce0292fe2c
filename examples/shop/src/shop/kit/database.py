"""Engines and migrations: each service has its own database, all are reached alike."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine


@dataclass(frozen=True, slots=True)
class _Transaction:
    connection: AsyncConnection
    afterwards: list[Callable[[], None]] = field(default_factory=list)


_begun: ContextVar[Mapping[AsyncEngine, _Transaction]] = ContextVar("begun", default=MappingProxyType({}))


def async_url(url: str) -> URL:
    """`postgresql://…` as the asyncpg dialect wants it."""
    return make_url(url).set(drivername="postgresql+asyncpg")


@asynccontextmanager
async def open_engine(url: str) -> AsyncIterator[AsyncEngine]:
    """An engine that lives as long as the block; connections open when first used."""
    engine = create_async_engine(async_url(url))
    event.listen(engine.sync_engine, "checkout", _refuse_a_closed_one)
    try:
        yield engine
    finally:
        await engine.dispose()


def _refuse_a_closed_one(connection: Any, *_: object) -> None:
    """A pooled connection that the server has ended, as at its restart: the pool makes new ones.

    The driver has noticed already. Asking the server each time (`pool_pre_ping`) costs three more messages before every
    transaction, which have two to six themselves.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction of the engine; begun inside another one of the same task it joins that, and ends with it.

    So what several repositories do for one message is done together or not at all, and none of them knows of it.
    """
    begun = _begun.get()
    if engine in begun:
        yield begun[engine].connection
        return
    async with engine.begin() as connection:
        opened = _Transaction(connection)
        token = _begun.set({**begun, engine: opened})
        try:
            yield connection
        finally:
            _begun.reset(token)
    for call in opened.afterwards:
        call()


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection to read with: that of the transaction this task is in, if it is in one."""
    begun = _begun.get()
    if engine in begun:
        yield begun[engine].connection
        return
    async with engine.connect() as connection:
        yield connection


def after_commit(engine: AsyncEngine, call: Callable[[], None]) -> None:
    """Call when the transaction that this task is in has been committed; at once when it is in none."""
    begun = _begun.get()
    if engine in begun:
        begun[engine].afterwards.append(call)
    else:
        call()


def upgrade(url: str, versions: Path, revision: str = "head") -> None:
    """Migrate the database at `url` forward; callable from plain and from async code."""
    from shop.kit import migrations  # noqa: PLC0415 - late: Alembic is the sixth part of a service's start, which it needs not

    migrations.upgrade(url, versions, revision)


def downgrade(url: str, versions: Path, revision: str = "base") -> None:
    """Migrate the database at `url` back; callable from plain and from async code."""
    from shop.kit import migrations  # noqa: PLC0415 - as above

    migrations.downgrade(url, versions, revision)
