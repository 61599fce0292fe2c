"""A connection of psycopg from whatever a test has at hand."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError
from accord.infra.postgres.admin import driver
from accord.infra.postgres.connecting import Connecting

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg


@contextmanager
def psycopg_of(target: Any) -> Iterator[psycopg.Connection[Any]]:
    """The connection that does a target's work.

    Args:
        target: a URL, a database of a test, a connection of psycopg, or a Connection, Session or Engine of SQLAlchemy
            on psycopg. What is opened here for a URL, a database or an engine is committed at the end of the block.

    Raises:
        UsageError: it is none of these, or works asynchronously.
    """
    psycopg = driver()
    if hasattr(target, "run_sync"):  # of SQLAlchemy's asynchronous side
        raise UsageError(_cannot(target))
    if isinstance(target, psycopg.Connection):
        yield target
    elif isinstance(target, str):
        with psycopg.connect(_plain(target)) as connection:
            yield connection
    elif isinstance(target, Connecting) or hasattr(target, "async_engine"):  # of a test, rolled back or not
        with target.connection() as connection:
            yield connection
            connection.commit()
    elif hasattr(target, "begin") and hasattr(target, "raw_connection"):  # an Engine
        with target.begin() as connection:
            yield _of_sqlalchemy(connection)
    elif hasattr(target, "get_bind") and hasattr(target, "connection"):  # a Session
        yield _of_sqlalchemy(target.connection())
    elif hasattr(target, "exec_driver_sql"):  # a Connection
        yield _of_sqlalchemy(target)
    else:
        raise UsageError(_cannot(target))


def _of_sqlalchemy(connection: Any) -> Any:
    if not hasattr(connection, "connection"):
        raise UsageError(_cannot(connection))
    if not connection.in_transaction():
        connection.begin()
    inner = connection.connection.driver_connection
    if not isinstance(inner, driver().Connection):
        raise UsageError(_cannot(inner))
    return inner


def _plain(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}://{rest}"


def _cannot(target: object) -> str:
    return (
        f"this needs a URL, a database of a test, a connection of psycopg or what SQLAlchemy makes on psycopg; seen "
        f"{type(target).__module__}.{type(target).__name__}. Beside asynchronous code give it postgres.url; where the "
        "test is rolled back, use postgres.engine() or postgres.connection() for all of the test."
    )
