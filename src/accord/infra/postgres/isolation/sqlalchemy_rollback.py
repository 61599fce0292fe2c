"""Engines of SQLAlchemy whose commits and rollbacks stay within the test's transaction.

Every transaction of such an engine is a savepoint on its one connection. It works for whoever takes an Engine, a
Connection or a Session from it, sync and async alike, because it sits beneath all of them. (SQLAlchemy's own recipe,
``join_transaction_mode="create_savepoint"``, serves sessions alone, and not code that takes an engine.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import greenlet_spawn

from accord.core.errors import IsolationError
from accord.infra.postgres.isolation.savepoints import BASE, advice, ended_by_hand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

    from accord.infra.postgres.isolation.savepoints import Savepoints


class OneConnection(StaticPool):
    """A pool of one connection, which ``engine.dispose()`` by the code under test does not close."""

    def dispose(self) -> None:
        """Nothing: the test's transaction would be gone, and with it what was committed."""

    def recreate(self) -> OneConnection:
        return self

    def really_dispose(self) -> None:
        super().dispose()


def without_pool(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of an engine, less those that make no sense with one connection."""
    return {name: value for name, value in options.items() if not name.startswith("pool") and name != "max_overflow"}


def keep_within(engine: Engine, savepoints: Savepoints) -> None:
    """Turn every transaction of the engine into a savepoint."""

    def begin(connection: Connection) -> None:
        _say(connection, savepoints.begin(connection))

    def commit(connection: Connection) -> None:
        with savepoints.committing(connection) as statements:
            _say(connection, statements)

    def rollback(connection: Connection) -> None:
        with savepoints.rolling_back(connection) as statements:
            _say(connection, statements)

    event.listen(engine, "begin", begin)
    event.listen(engine, "commit", commit)
    event.listen(engine, "rollback", rollback)
    dialect: Any = engine.dialect
    dialect.do_begin = dialect.do_commit = dialect.do_rollback = lambda *_: None  # said above, as savepoints
    dialect.set_isolation_level = _refuse_isolation_level


def set_base_on_connect(engine: Engine) -> None:
    """Set the test's first savepoint on the connection when it is made; the driver says BEGIN by itself."""
    event.listen(engine, "connect", lambda dbapi_connection, _record: _execute(dbapi_connection, [f"SAVEPOINT {BASE}"]))


async def roll_back_to_base(engine: AsyncEngine) -> None:
    """Roll back what the test did; an error when it ended the transaction itself."""
    connection = await engine.raw_connection()
    try:
        await greenlet_spawn(_execute, connection.dbapi_connection, [f"ROLLBACK TO SAVEPOINT {BASE}"])
    finally:
        connection.close()


async def really_dispose(engine: AsyncEngine) -> None:
    """Close the engine's connection."""
    pool: Any = engine.pool
    await greenlet_spawn(pool.really_dispose)


def _refuse_isolation_level(_connection: Any, level: str) -> None:
    raise IsolationError(advice(f"The isolation level {level} was asked for; a savepoint cannot have one of its own."))


def _say(connection: Connection, statements: Iterable[str]) -> None:
    _execute(connection.connection.dbapi_connection, statements)


def _execute(dbapi_connection: Any, statements: Iterable[str]) -> None:
    for statement in statements:
        cursor = dbapi_connection.cursor()
        try:
            cursor.execute(statement)
        except Exception as error:
            raise ended_by_hand(error) or error from error
        finally:
            cursor.close()
