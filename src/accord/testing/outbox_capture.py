"""Events that a service has written to its outbox table, in the same transaction as what they tell of."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, overload

from accord.core.documents import parse_json_body
from accord.core.errors import DocumentError, UsageError
from accord.testing.event_capture import Capture, SyncCapture
from accord.testing.event_matching import Event

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    import psycopg
    import sqlalchemy
    from sqlalchemy.ext import asyncio as sqlalchemy_async
    from sqlalchemy.orm import Session

    Rows = Iterable[Sequence[Any]]

COLUMNS = {"id": "id", "subject": "subject", "payload": "payload"}
_KNOWN = ("id", "subject", "payload", "key", "headers")


class _Table:
    """The table, and the rows seen so far: a row that its relay deletes after it was seen stays seen."""

    def __init__(self, table: str, columns: Mapping[str, str] | None) -> None:
        self.columns = {**COLUMNS, **(columns or {})}
        unknown = [name for name in self.columns if name not in _KNOWN]
        if unknown:
            raise UsageError(f"capture_outbox(columns={{{unknown[0]!r}: …}}): known are {', '.join(_KNOWN)}")
        self.columns = {name: column for name, column in self.columns.items() if column}
        chosen = ", ".join(_quoted(column) for column in self.columns.values())
        names = ".".join(_quoted(part) for part in table.split("."))
        self.query = f"SELECT {chosen} FROM {names} ORDER BY {_quoted(self.columns['id'])}"  # noqa: S608 - quoted
        self._seen: dict[Any, Event] = {}

    def take(self, rows: Rows) -> list[Event]:
        for row in rows:
            values = dict(zip(self.columns, row, strict=True))
            self._seen.setdefault(values["id"], _event(values))
        return list(self._seen.values())


class OutboxCapture(SyncCapture):
    """The rows of an outbox table as events, for tests that do not await."""

    def __init__(self, table: str, columns: Mapping[str, str] | None, read: Callable[[str], Rows]) -> None:
        super().__init__()
        self.place = f"the outbox table {table!r}"
        self._table = _Table(table, columns)
        self._read = read

    def events(self) -> list[Event]:
        """All rows seen so far, in the order of their ids."""
        return self._table.take(self._read(self._table.query))


class AsyncOutboxCapture(Capture):
    """The rows of an outbox table as events, for tests that await."""

    def __init__(self, table: str, columns: Mapping[str, str] | None, read: Callable[[str], Awaitable[Rows]]) -> None:
        super().__init__()
        self.place = f"the outbox table {table!r}"
        self._table = _Table(table, columns)
        self._read = read

    async def events(self) -> list[Event]:
        """All rows seen so far, in the order of their ids."""
        return self._table.take(await self._read(self._table.query))


@overload
def capture_outbox(
    source: str | psycopg.Connection[Any] | sqlalchemy.Connection | sqlalchemy.Engine | Session,
    *,
    table: str = "outbox",
    columns: Mapping[str, str] | None = None,
) -> OutboxCapture: ...


@overload
def capture_outbox(
    source: psycopg.AsyncConnection[Any]
    | sqlalchemy_async.AsyncConnection
    | sqlalchemy_async.AsyncEngine
    | sqlalchemy_async.AsyncSession,
    *,
    table: str = "outbox",
    columns: Mapping[str, str] | None = None,
) -> AsyncOutboxCapture: ...


def capture_outbox(
    source: Any, *, table: str = "outbox", columns: Mapping[str, str] | None = None
) -> OutboxCapture | AsyncOutboxCapture:
    """Expect events of an outbox table, with what ``EventCapture`` can do. It only ever reads.

    A connection sees what its own transaction sees: give the one the code under test writes by, or one that is in no
    transaction (or at READ COMMITTED, PostgreSQL's default) to see what others have committed.

    Args:
        source: a URL ``postgresql://…``, read with psycopg by a connection of its own each time; a connection of
            psycopg, sync or async; a connection, session or engine of SQLAlchemy, sync or async.
        table: its name, also with a schema: ``shop.outbox``.
        columns: what its columns are called, where not ``id``, ``subject`` and ``payload`` (JSON, text or bytes);
            ``key`` and ``headers`` (JSON) where it has them; ``subject=""`` where it has none. Rows are taken in the
            order of ``id``.

    Returns:
        An OutboxCapture; for an asynchronous source an AsyncOutboxCapture, whose expectations are awaited.

    Raises:
        UsageError: it is none of these.
    """
    if isinstance(source, str):
        return OutboxCapture(table, columns, _by_url(source))
    library = type(source).__module__.partition(".")[0]
    bases = {each.__module__.partition(".")[0] for each in type(source).__mro__}
    if "sqlalchemy" in bases:
        return _by_sqlalchemy(source, table, columns)
    if library == "psycopg" or "psycopg" in bases:
        if inspect.iscoroutinefunction(type(source).execute):
            return AsyncOutboxCapture(table, columns, _by_async_psycopg(source))
        return OutboxCapture(table, columns, lambda query: source.execute(query).fetchall())
    raise UsageError(
        f"capture_outbox({type(source).__name__}): expected a URL postgresql://…, or a connection of psycopg or of "
        "SQLAlchemy"
    )


def _by_url(url: str) -> Callable[[str], Rows]:
    if not url.startswith(("postgresql://", "postgres://")):
        raise UsageError(f"capture_outbox: expected a URL postgresql://…, seen one of {url.partition(':')[0]!r}")

    def read(query: str) -> Rows:
        import psycopg  # noqa: PLC0415 - an extra

        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            return connection.execute(query.encode()).fetchall()

    return read


def _by_async_psycopg(connection: Any) -> Callable[[str], Awaitable[Rows]]:
    async def read(query: str) -> Rows:
        rows: Rows = await (await connection.execute(query)).fetchall()
        return rows

    return read


def _by_sqlalchemy(source: Any, table: str, columns: Mapping[str, str] | None) -> OutboxCapture | AsyncOutboxCapture:
    from sqlalchemy import text  # noqa: PLC0415 - whoever has such a connection has loaded it

    connects = not hasattr(source, "execute")  # an engine

    def literal(query: str) -> Any:
        return text(query.replace(":", "\\:"))  # a colon in a name begins no parameter

    if "ext.asyncio" not in type(source).__module__:

        def read(query: str) -> Rows:
            if not connects:
                return list(source.execute(literal(query)).all())
            with source.connect() as connection:
                return list(connection.execute(literal(query)).all())

        return OutboxCapture(table, columns, read)

    async def read_async(query: str) -> Rows:
        if not connects:
            return list((await source.execute(literal(query))).all())
        async with source.connect() as connection:
            return list((await connection.execute(literal(query))).all())

    return AsyncOutboxCapture(table, columns, read_async)


def _event(values: Mapping[str, Any]) -> Event:
    headers = _plain(values.get("headers")) or {}
    key = values.get("key")
    return Event(
        subject=str(values.get("subject", "")),
        content=_plain(values["payload"]),
        key=None if key is None else str(key),
        headers={str(name): str(value) for name, value in headers.items()} if isinstance(headers, dict) else {},
    )


def _plain(value: Any) -> Any:
    """JSON from text or bytes; what the driver has read already, and what is no JSON, as it is."""
    if isinstance(value, memoryview):
        value = bytes(value)
    if not isinstance(value, (str, bytes)):
        return value
    try:
        return parse_json_body(value.encode() if isinstance(value, str) else value)
    except DocumentError:
        return value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
