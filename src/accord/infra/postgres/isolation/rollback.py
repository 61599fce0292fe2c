"""One database for all tests of a worker, each of them within a transaction that is rolled back."""

from __future__ import annotations

import contextlib
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from accord.core.errors import IsolationError
from accord.infra.postgres.admin import is_usable
from accord.infra.postgres.connecting import load, sqlalchemy_arguments
from accord.infra.postgres.isolation.savepoints import Savepoints, advice, ended_by_hand

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    import psycopg
    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

    from accord.infra.postgres.database import Database
    from accord.infra.postgres.isolation.psycopg_rollback import RolledBackConnection


class Kept:
    """What lasts from test to test: the database, the connection of psycopg and the engine on it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.savepoints = Savepoints()
        self._connection: RolledBackConnection | None = None
        self._engine: Engine | None = None

    def connection(self) -> RolledBackConnection:
        from accord.infra.postgres.isolation.psycopg_rollback import RolledBackConnection  # noqa: PLC0415 - an extra

        if self._connection is None or not is_usable(self._connection):
            self._engine = None
            if self._connection is not None:
                self._connection.really_close()
            self._connection = RolledBackConnection.connect(self.database.url, autocommit=True)
        return self._connection

    def end_test(self) -> IsolationError | None:
        """Roll back what was done on the connection of psycopg; what that found, if anything."""
        if self._connection is None or self._connection.closed:
            return None
        try:
            self._connection.end_test()
        except load("psycopg").Error as error:
            self._connection.really_close()
            return ended_by_hand(error)
        return None

    def engine(self, options: dict[str, Any]) -> Engine:
        """The engine; made once, because making one takes longer than most tests."""
        if options:
            return self._make_engine(options)
        if self._engine is None:
            self._engine = self._make_engine({})
        return self._engine

    def close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(Exception):  # the server may be gone
                self._connection.really_close()

    def _make_engine(self, options: dict[str, Any]) -> Engine:
        from accord.infra.postgres.isolation import sqlalchemy_rollback as sqla  # noqa: PLC0415 - its users have it

        create = load("sqlalchemy").create_engine
        engine: Engine = create(
            "postgresql+psycopg://", creator=self.connection, poolclass=sqla.OneConnection, **sqla.without_pool(options)
        )
        sqla.keep_within(engine, self.savepoints)
        engine.connect().close()  # the engine asks the server about itself, once
        return engine


class RolledBackDatabase:
    """A test's part of a database: what it commits is seen by itself alone and gone afterwards.

    It gives one connection, or an engine that has one, to be handed to the code under test. It has no URL.

    Attributes:
        server: where it is.
        name: the database's name in the server.
    """

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._kind: str | None = None
        self._problem: IsolationError | None = None
        self.server = kept.database.server
        self.name = kept.database.name

    @property
    def url(self) -> NoReturn:
        raise IsolationError(
            advice(
                "Whoever connects by URL takes no part in the test's transaction. Hand on one of engine(), "
                "async_engine(), connection(), async_connection() or asyncpg()."
            )
        )

    @contextmanager
    def connection(self, **options: Any) -> Iterator[psycopg.Connection[Any]]:
        """The test's connection of psycopg. The same one however often it is asked for; it stays until the end."""
        connection = self._begin_sync()
        for name, value in options.items():
            if name == "autocommit":
                connection.set_autocommit(value)
            else:
                setattr(connection, name, value)
        yield connection

    @contextmanager
    def engine(self, **options: Any) -> Iterator[Engine]:
        """An engine of SQLAlchemy on the test's connection of psycopg."""
        self._begin_sync()
        yield self._kept.engine(options)

    @asynccontextmanager
    async def async_connection(self, **options: Any) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """An asynchronous connection of psycopg; to be taken once. All is rolled back at the end of the block."""
        from accord.infra.postgres.isolation.psycopg_rollback import (  # noqa: PLC0415 - an extra
            AsyncRolledBackConnection,
        )

        self._take("an asynchronous connection of psycopg")
        wanted = options.pop("autocommit", False)
        url = self._kept.database.url
        connection = await AsyncRolledBackConnection.connect(url, autocommit=True, **options)
        try:
            await connection.begin_test()
            if wanted:
                await connection.set_autocommit(True)
            yield connection
        finally:
            await self._check(connection.end_test)
            await connection.really_close()

    @asynccontextmanager
    async def asyncpg(self, **options: Any) -> AsyncIterator[Any]:
        """A connection of asyncpg; to be taken once. All is rolled back at the end of the block."""
        driver = load("asyncpg")
        from accord.infra.postgres.isolation.asyncpg_rollback import RolledBackAsyncpg  # noqa: PLC0415 - its users have it

        self._take("a connection of asyncpg")
        connection = await driver.connect(self._kept.database.url, connection_class=RolledBackAsyncpg, **options)
        try:
            await connection.begin_test(self._kept.savepoints)
            yield connection
        finally:
            await self._check(connection.end_test)
            await connection.really_close()

    @asynccontextmanager
    async def async_engine(self, driver: str = "asyncpg", **options: Any) -> AsyncIterator[AsyncEngine]:
        """An asynchronous engine of SQLAlchemy; to be taken once. All is rolled back at the end of the block."""
        create = load("sqlalchemy.ext.asyncio").create_async_engine
        from accord.infra.postgres.isolation import sqlalchemy_rollback as sqla  # noqa: PLC0415 - its users have it

        self._take(f"an asynchronous engine on {driver}")
        url, arguments = sqlalchemy_arguments(self._kept.database.url, driver)
        engine: AsyncEngine = create(
            url, poolclass=sqla.OneConnection, **{"connect_args": arguments, **sqla.without_pool(options)}
        )
        sqla.set_base_on_connect(engine.sync_engine)
        sqla.keep_within(engine.sync_engine, self._kept.savepoints)
        try:
            async with engine.connect():  # else ten who are first at once would open ten connections
                pass
            yield engine
        finally:
            await self._check(lambda: sqla.roll_back_to_base(engine))
            await sqla.really_dispose(engine)

    def end(self) -> IsolationError | None:
        """Roll back what the test did.

        Returns:
            What the test did that cannot be kept apart.
        """
        if self._kind == _SYNC:
            self._problem = self._kept.end_test()
        problem = self._problem or self._kept.savepoints.violation
        self._kept.savepoints.clear()
        return problem

    @property
    def is_spoilt(self) -> bool:
        """Whether the database may hold what a test wrote."""
        return self._problem is not None

    def _begin_sync(self) -> RolledBackConnection:
        connection = self._kept.connection()
        if self._kind != _SYNC:
            self._take(_SYNC)
            connection.begin_test()
        return connection

    def _take(self, kind: str) -> None:
        if self._kind is not None:
            raise IsolationError(
                advice(
                    f"{kind[0].upper()}{kind[1:]} was asked for, and the test already took {self._kind}: they would "
                    "not see each other's work. Take it once, in a fixture as a rule, and hand it on."
                )
            )
        self._kind = kind

    async def _check(self, end: Callable[[], Any]) -> None:
        try:
            await end()
        except Exception as error:  # noqa: BLE001 - each driver has its own; the connection is closed in any case
            self._problem = error if isinstance(error, IsolationError) else ended_by_hand(error)


_SYNC = "the connection of psycopg"
