"""Connecting to a test's database with each of the usual drivers, whatever keeps the test apart from others.

The methods are the same for every way of isolation, so that changing the word does not change a test.
"""

from __future__ import annotations

import importlib
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, urlsplit, urlunsplit

from accord.core.errors import ResourceMissingError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import psycopg
    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

_PACKAGES = {"psycopg": "'psycopg[binary]'", "asyncpg": "asyncpg", "sqlalchemy": "'sqlalchemy[asyncio]'"}


def load(module: str) -> Any:
    """A driver or a library that only its users install; imported when it is first used.

    Raises:
        ResourceMissingError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.split(".", maxsplit=1)[0]
        raise ResourceMissingError(
            f"this needs {package}, which cannot be imported: {error}. "
            f"Run `pip install {_PACKAGES.get(package, package)}`."
        ) from error


def sqlalchemy_arguments(url: str, driver: str) -> tuple[str, dict[str, Any]]:
    """The URL and ``connect_args`` of an engine.

    Args:
        url: ``postgresql://…``.
        driver: ``psycopg`` or ``asyncpg``.
    """
    parts = urlsplit(url)
    if driver == "asyncpg" and "options" in parse_qs(parts.query):
        # SQLAlchemy hands every part of the query to asyncpg as an argument, and asyncpg knows none of that name.
        return f"postgresql+asyncpg://{urlunsplit(('', parts.netloc, parts.path, '', ''))[2:]}", {
            "server_settings": {"options": parse_qs(parts.query)["options"][0]}
        }
    return url.replace("postgresql://", f"postgresql+{driver}://", 1), {}


class HasUrl(Protocol):
    """What the methods below need."""

    @property
    def url(self) -> str: ...


class Connecting:
    """Connections that are closed at the end of the block."""

    @contextmanager
    def connection(self: HasUrl, **options: Any) -> Iterator[psycopg.Connection[Any]]:
        """A connection of psycopg: ``with postgres.connection() as connection:``. It closes without a commit."""
        connection = load("psycopg").connect(self.url, **options)
        try:
            yield connection
        finally:
            connection.close()

    @asynccontextmanager
    async def async_connection(self: HasUrl, **options: Any) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """An asynchronous connection of psycopg. It closes without a commit."""
        connection = await load("psycopg").AsyncConnection.connect(self.url, **options)
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def asyncpg(self: HasUrl, **options: Any) -> AsyncIterator[Any]:
        """A connection of asyncpg."""
        connection = await load("asyncpg").connect(self.url, **options)
        try:
            yield connection
        finally:
            await connection.close()

    @contextmanager
    def engine(self: HasUrl, **options: Any) -> Iterator[Engine]:
        """An engine of SQLAlchemy on psycopg; options as for ``create_engine``."""
        url, arguments = sqlalchemy_arguments(self.url, "psycopg")
        engine = load("sqlalchemy").create_engine(url, **_with(options, arguments))
        try:
            yield engine
        finally:
            engine.dispose()

    @asynccontextmanager
    async def async_engine(self: HasUrl, driver: str = "asyncpg", **options: Any) -> AsyncIterator[AsyncEngine]:
        """An asynchronous engine of SQLAlchemy on ``asyncpg`` or ``psycopg``; options as for SQLAlchemy's own."""
        url, arguments = sqlalchemy_arguments(self.url, driver)
        engine = load("sqlalchemy.ext.asyncio").create_async_engine(url, **_with(options, arguments))
        try:
            yield engine
        finally:
            await engine.dispose()


def _with(options: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    if not arguments:
        return options
    return {**options, "connect_args": {**arguments, **options.get("connect_args", {})}}
