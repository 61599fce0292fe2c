"""Statements to a whole server: making, copying and dropping databases."""

from __future__ import annotations

import contextlib
import hashlib
import os
import select
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, LiteralString

from accord.core.errors import ResourceError, ResourceMissingError
from accord.infra.addresses import without_password

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import psycopg

_CONNECT_TIMEOUT = 10  # seconds
_STATEMENT_TIMEOUT = 60_000  # milliseconds; making or dropping a database takes a few
_HOLDERS: LiteralString = """
    SELECT pg_terminate_backend(pid) FROM pg_locks WHERE pid <> pg_backend_pid() AND relation IN
    (SELECT oid FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s))"""
_SOON = ("is starting up", "in recovery mode", "not yet accepting connections", "is shutting down")
_RETRY_INTERVAL = 0.005  # seconds
_END_TIMEOUT = 1.0  # seconds; DROP itself then waits for five more
_END_INTERVAL = 0.001  # seconds between two looks
_COURTEOUS = 10  # more than before, as `nice` does
_FILE_COPY = 15  # the first version that can be told how to copy


def driver() -> Any:
    """The module psycopg.

    Raises:
        ResourceMissingError: it is not installed.
    """
    try:
        import psycopg  # noqa: PLC0415 - an extra, and slow to import: only who uses a server pays for it
        import psycopg.sql  # noqa: PLC0415 - the same
    except ImportError as error:
        raise ResourceMissingError(
            f"databases are made with psycopg, which cannot be imported: {error}. Run `pip install 'accord[postgres]'`."
        ) from error
    return psycopg


class Admin:
    """One connection to the maintenance database, opened when it is first needed and again when it broke."""

    def __init__(self, url: str, *, major: int, copies_files: bool = True) -> None:
        """Describe it.

        Args:
            url: of a database that is always there.
            major: the server's major version.
            copies_files: copy databases file by file. It makes the server write out all its changed pages first, which
                is nothing in a server of our own and much in one that others use.
        """
        self._url = url
        self._major = major
        self._copies_files = copies_files and major >= _FILE_COPY
        self._mutex = threading.RLock()
        self._connection: psycopg.Connection[Any] | None = None
        self._process = os.getpid()
        self._courteous = False

    def create(self, name: str, template: str = "template0") -> None:
        """Copy a database; the template must have no connection."""
        # Copying the files is four times as fast as copying through the log, and there is no standby to read the log.
        strategy: LiteralString = " STRATEGY FILE_COPY" if self._copies_files else ""
        self._run("CREATE DATABASE {} TEMPLATE {}" + strategy, [name, template])

    def drop(self, name: str, *, is_template: bool = False) -> None:
        """Drop a database if it is there, connections and all.

        Args:
            name: the database.
            is_template: it is a template, or was about to become one.
        """
        if is_template:
            self._run("ALTER DATABASE {} IS_TEMPLATE false", [name], ignore="InvalidCatalogName")
        self._end_connections(name)
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", [name])

    def rename(self, name: str, final: str) -> None:
        """Rename a database that has no connection."""
        self._run("ALTER DATABASE {} RENAME TO {}", [name, final])

    def create_schema(self, name: str, url: str) -> None:
        """Make a schema in the database at a URL."""
        with self.inside(url) as connection, _explained(f"CREATE SCHEMA {name}"):
            connection.execute(_with_name("CREATE SCHEMA {}", name))

    def drop_schema(self, name: str, url: str) -> None:
        """Drop a schema in the database at a URL and all that is in it, ending whoever holds something of it."""
        with self.inside(url) as connection, _explained(f"DROP SCHEMA {name}"):
            connection.execute(_HOLDERS, [name])
            connection.execute(_with_name("DROP SCHEMA IF EXISTS {} CASCADE", name))

    def inside(self, url: str) -> psycopg.Connection[Any]:
        """A connection to one of the server's databases, for work that is not the whole server's."""
        return self._connect(url, statement_timeout=_STATEMENT_TIMEOUT)

    def another(self, *, courteous: bool = False) -> Admin:
        """The same with a connection of its own.

        Args:
            courteous: the server's process for it gets a low priority, if it is on this machine.
        """
        other = Admin(self._url, major=self._major, copies_files=self._copies_files)
        other._courteous = courteous
        return other

    def _end_connections(self, name: str) -> None:
        """End a database's connections and wait until they are gone: DROP looks again only after 0.1 s."""
        deadline = time.monotonic() + _END_TIMEOUT
        while time.monotonic() < deadline and self.query(
            # A worker of the server's own, such as autovacuum's, nobody but a superuser may end; DROP sees to it.
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usesysid IS NOT NULL",
            name,
        ):
            time.sleep(_END_INTERVAL)

    def seal(self, name: str, final: str) -> None:
        """Make a template of a database: nobody connects to it any more, and it gets its final name."""
        self._run("ALTER DATABASE {} ALLOW_CONNECTIONS false IS_TEMPLATE true", [name])
        self._end_connections(name)
        self._run("ALTER DATABASE {} RENAME TO {}", [name, final])

    def exists(self, name: str) -> bool:
        return bool(self.query("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def query(self, statement: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        with self._mutex, _explained(statement):
            cursor = self._connected().execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def only_one(self, purpose: str) -> Iterator[None]:
        """Hold a lock in the server while the block runs, against all who use it; freed when its holder dies."""
        number = int.from_bytes(hashlib.sha256(purpose.encode()).digest()[:8], "big", signed=True)
        with self._connect(self._url, statement_timeout=0) as connection:
            with _explained("wait for another process"):
                connection.execute("SELECT pg_advisory_lock(%s)", [number])
            yield

    def close(self) -> None:
        with self._mutex:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _run(self, statement: LiteralString, names: Sequence[str], *, ignore: str | None = None) -> None:
        psycopg = driver()
        with self._mutex, _explained(statement):
            quoted = psycopg.sql.SQL(statement).format(*map(psycopg.sql.Identifier, names))
            try:
                self._connected().execute(quoted)
            except psycopg.Error as error:
                if ignore is None or not isinstance(error, getattr(psycopg.errors, ignore)):
                    raise

    def _connected(self) -> psycopg.Connection[Any]:
        if self._process != os.getpid():  # forked: the connection is the parent's
            self._process, self._connection = os.getpid(), None
        if self._connection is None or not is_usable(self._connection):
            self.close()
            self._connection = self._connect(self._url, statement_timeout=_STATEMENT_TIMEOUT)
            if self._courteous and self._copies_files:  # else the server is not ours, and perhaps not here
                with contextlib.suppress(OSError):
                    pid = self._connection.info.backend_pid
                    os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid) + _COURTEOUS)
        return self._connection

    def _connect(self, url: str, *, statement_timeout: int) -> psycopg.Connection[Any]:
        __tracebackhide__ = True  # pytest would print the arguments, password and all; so the driver's error goes, too
        module = driver()
        deadline = time.monotonic() + _CONNECT_TIMEOUT
        while True:
            try:
                connected: psycopg.Connection[Any] = module.connect(
                    url,
                    autocommit=True,
                    connect_timeout=_CONNECT_TIMEOUT,
                    options=f"-c statement_timeout={statement_timeout}",
                    application_name="accord",
                )
            except module.OperationalError as error:
                # After a crash of one of its processes the server recovers by itself, in a few milliseconds.
                if not any(words in str(error) for words in _SOON) or time.monotonic() > deadline:
                    raise ResourceError(f"cannot connect to {without_password(url)}: {str(error).strip()}") from None
                time.sleep(_RETRY_INTERVAL)
            except module.ProgrammingError:  # its words quote the piece it cannot read, which may be the password
                raise ResourceError(
                    f"cannot connect to {without_password(url)}: PostgreSQL's driver cannot read this URL. Its "
                    "parameters are libpq's, and special characters of a password are written as %XX."
                ) from None
            else:
                return connected


def is_usable(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server has not ended a connection (a restart, a crash) since it was last used."""
    if connection.closed:
        return False
    waiting = select.poll()  # select.select() knows no descriptor beyond 1023
    waiting.register(connection.fileno(), select.POLLIN)
    return not waiting.poll(0)  # nothing was asked, so whatever is there is the server's good-bye


def _with_name(statement: LiteralString, name: str) -> Any:
    return driver().sql.SQL(statement).format(driver().sql.Identifier(name))


@contextmanager
def _explained(statement: str) -> Iterator[None]:
    psycopg = driver()
    try:
        yield
    except psycopg.Error as error:
        raise ResourceError(f"PostgreSQL refused {statement!r}: {str(error).strip()}") from error
