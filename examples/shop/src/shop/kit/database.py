"""Engines and migrations: each service has its own database, all are reached alike."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

_Command = Callable[[Config], None]
_SCRIPTS = Path(__file__).parent / "migration_scripts"


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
    engine = create_async_engine(async_url(url), pool_pre_ping=True)
    try:
        yield engine
    finally:
        await engine.dispose()


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
    _migrate(url, versions, lambda config: command.upgrade(config, revision))


def downgrade(url: str, versions: Path, revision: str = "base") -> None:
    """Migrate the database at `url` back; callable from plain and from async code."""
    _migrate(url, versions, lambda config: command.downgrade(config, revision))


def _migrate(url: str, versions: Path, run: _Command) -> None:
    # A thread of its own: asyncio.run refuses a thread whose loop is running, as a test's may be.
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(asyncio.run, _run_in_transaction(url, versions, run)).result()


async def _run_in_transaction(url: str, versions: Path, run: _Command) -> None:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("version_locations", str(versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")

    def with_connection(connection: Connection) -> None:
        config.attributes["connection"] = connection
        run(config)

    async with open_engine(url) as engine, engine.begin() as connection:
        await connection.run_sync(with_connection)
