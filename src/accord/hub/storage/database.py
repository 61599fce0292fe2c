"""One way to run a piece of work in a transaction, on SQLite and on PostgreSQL.

The work is a plain function over a SQLAlchemy connection. On SQLite it runs in a thread of its own kind: several read,
one writes, so that a writer waits for its turn here and is never told that the database is locked. On PostgreSQL it
runs over an asynchronous connection; where another process got in the way, it runs again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import threading
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Connection,
    String,
    Table,
    TypeDecorator,
    bindparam,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.functions import FunctionElement

from accord.core.errors import ResourceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")

READERS = 3
"""Threads that read SQLite at once; more only take turns at the interpreter."""

BUSY_SECONDS = 60
"""How long a write waits for another process that writes the same SQLite file."""

TRIES = 5
"""How often work is tried on PostgreSQL that another process got in the way of."""

PLANNING = {"plan_cache_mode": "force_generic_plan", "jit": "off", "random_page_cost": "1.1"}
"""How PostgreSQL plans: each statement once, for all are short; and an index costs little, for it is in memory."""

_AGAIN = ("40001", "40P01", "23505")  # serialization, deadlock, somebody else inserted the same
_GONE = ("57P01", "57P02", "57P03", "08000", "08003", "08006")


class DatabaseUnavailableError(ResourceError):
    """The database does not answer."""


class Database(ABC):
    """Where the hub keeps what it knows."""

    @abstractmethod
    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run work that only reads.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """

    @abstractmethod
    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run work in one transaction: all of it is kept, or nothing.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """

    @abstractmethod
    async def close(self) -> None:
        """Let go of every connection."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a database is: a file of SQLite, or a URL of PostgreSQL."""

    url: str

    @property
    def file(self) -> Path | None:
        """The file, for SQLite."""
        if self.url.startswith("sqlite:///"):
            return Path(make_url(self.url).database or "")
        return None

    @property
    def shown(self) -> str:
        """For messages and logs: without the password."""
        return str(self.file) if self.file else make_url(self.url).render_as_string(hide_password=True)


def location_of(given: str) -> Location:
    """A location from what the user gave: a path, ``sqlite:///path`` or ``postgresql://…``.

    Raises:
        UsageError: another kind of URL, or none that can be read.
    """
    if "://" not in given:
        return Location(f"sqlite:///{given}")
    try:
        url = make_url(given)
    except ArgumentError as error:
        raise UsageError(f"--database {given!r} is not a URL: {error}. Expected a file or postgresql://…") from None
    kind = url.get_backend_name()
    if kind == "postgres":
        kind = "postgresql"
    if kind == "sqlite":
        if not url.database or url.database == ":memory:":
            raise UsageError("--database: a hub in memory would forget everything; give a file")
        return Location(f"sqlite:///{url.database}")
    if kind != "postgresql":
        raise UsageError(f"--database: {kind!r} is not known; give a file (SQLite) or postgresql://…")
    return Location(url.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False))


def open_database(location: Location) -> Database:
    """A database; it is not asked anything yet."""
    return SqliteDatabase(location.file) if location.file else PostgresDatabase(location.url)


def insert_or_ignore(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row unless there is one with the same key; whether it was inserted."""
    statement = _insert_or_ignore(table, connection.dialect.name, tuple(values))
    return bool(connection.execute(statement, values).rowcount)


@cache
def _insert_or_ignore(table: Table, dialect: str, columns: tuple[str, ...]) -> Any:
    # Only the dialect that is used: PostgreSQL's takes a tenth of a second to load.
    insert: Any = import_module(f"sqlalchemy.dialects.{dialect}").insert
    return insert(table).values({name: bindparam(name) for name in columns}).on_conflict_do_nothing()


class _Values(TypeDecorator[Any]):
    """Several values as one parameter: an array, or where there is none, a list in JSON."""

    impl = String
    cache_ok = True

    def __init__(self, *, texts: bool) -> None:
        super().__init__()
        self.texts = texts

    def load_dialect_impl(self, dialect: Any) -> Any:
        """See SQLAlchemy."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String())
        return dialect.type_descriptor(ARRAY(String() if self.texts else BigInteger()))

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        """See SQLAlchemy."""
        return json.dumps(value) if dialect.name == "sqlite" else value


class _Among(FunctionElement[bool]):
    """See among."""

    name = "among"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """See SQLAlchemy: as it is, for with ``= 1`` behind it SQLite would use no index."""
        del against
        return self


def among(column: Any, name: str, *, texts: bool = False) -> Any:
    """That a column is one of the values of a parameter, which is a list of ids, or of texts.

    One parameter, however many there are: the statement stays the same, so that nobody writes, reads and plans it
    again. ``IN`` with a parameter for each value does all three for every other length.
    """
    return _Among(column, bindparam(name, type_=_Values(texts=texts)))


@compiles(_Among, "sqlite")
def _among_in_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    column, values = (compiler.process(each, **how) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - both are written by SQLAlchemy


@compiles(_Among, "postgresql")
def _among_in_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    column, values = (compiler.process(each, **how) for each in element.clauses)
    return f"{column} = ANY ({values})"


def ping(connection: Connection) -> None:
    """See that the database answers."""
    connection.execute(text("SELECT 1"))


class SqliteDatabase(Database):
    """A file. WAL lets readers go on while one writes; a commit is on the disk before it is answered."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._threads = threading.local()
        self._engines: list[Any] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="hub-read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="hub-write")

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See Database."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, lambda: self._run("BEGIN", work, *args, **kwargs))

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See Database."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, lambda: self._run("BEGIN IMMEDIATE", work, *args, **kwargs))

    async def close(self) -> None:
        """See Database."""
        self._writer.shutdown()
        self._readers.shutdown()
        for engine in self._engines:
            engine.dispose()

    def _run(self, begin: str, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            connection = self._connection()
            connection.exec_driver_sql(begin)
            try:
                result = work(connection, *args, **kwargs)
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")
        except OperationalError as error:
            raise DatabaseUnavailableError(f"the database {self.file}: {error.orig}") from error
        return result

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._threads, "connection", None)
        if connection is None:
            engine = create_engine(
                f"sqlite:///{self.file}",
                poolclass=StaticPool,
                connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            )
            event.listen(engine, "connect", _prepare_sqlite)
            # Transactions are begun above, by name: the driver would begin each write as a reader.
            connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._threads.connection = connection
            self._engines.append(engine)
        return connection


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-8000",
        "mmap_size=67108864",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _prepare_postgres(connection: Any, _record: Any) -> None:
    # Not with the start of the connection, for PgBouncer refuses settings that it does not know there; and with a
    # cursor, for its errors are SQLAlchemy's, as those of every other statement.
    settings = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in PLANNING.items())
    connection.autocommit = True
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute(f"SELECT {settings}")
    connection.autocommit = False


class PostgresDatabase(Database):
    """A server, which several hubs may share."""

    def __init__(self, url: str) -> None:
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - a hub on SQLite does not need it

        self._engine = create_async_engine(
            url,
            pool_size=8,
            max_overflow=8,
            pool_timeout=20,
            pool_pre_ping=False,
        )
        event.listen(self._engine.sync_engine, "connect", _prepare_postgres)
        # Each statement sees what is committed when it begins, in a transaction or not: two round trips less.
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See Database."""
        return await self._run(self._reading.connect, work, *args, **kwargs)

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See Database."""
        return await self._run(self._engine.begin, work, *args, **kwargs)

    async def _run(
        self,
        connect: Callable[[], Any],
        work: Callable[Concatenate[Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        for left in reversed(range(TRIES)):
            try:
                async with connect() as connection:
                    result: T = await connection.run_sync(work, *args, **kwargs)
                    return result
            except DBAPIError as error:
                if not left or not _worth_another_try(error):
                    raise _as_unavailable(error) from error
            except (OSError, TimeoutError, SQLAlchemyError) as error:
                raise DatabaseUnavailableError(f"the database does not answer: {error}") from error
            await asyncio.sleep(0.02 * (TRIES - left))
        raise AssertionError  # the last try returns or raises

    async def close(self) -> None:
        """See Database."""
        await self._engine.dispose()


def _worth_another_try(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    return state in _AGAIN or state in _GONE or error.connection_invalidated or isinstance(error, IntegrityError)


def _as_unavailable(error: DBAPIError) -> Exception:
    state = getattr(error.orig, "sqlstate", None)
    if state in _GONE or error.connection_invalidated:
        return DatabaseUnavailableError(f"the database does not answer: {error.orig}")
    return error


def ensure_writable(file: Path) -> None:
    """Make the folder of a database file, and see that the file can be written.

    Raises:
        UsageError: it cannot; says why and what to do.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))):
            pass
    except OSError as error:
        raise UsageError(
            f"the database {file} cannot be written: {error.strerror}. Give another place with --database, "
            "or change who owns it"
        ) from None
