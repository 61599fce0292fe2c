"""A PostgreSQL server that is there already: used with care, under a prefix of the run, and left as it was found."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
from typing import TYPE_CHECKING, Any, NoReturn, Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from accord.core.errors import ResourceError, UsageError
from accord.infra import addresses
from accord.infra.addresses import without_password
from accord.infra.postgres.admin import Admin
from accord.infra.postgres.binaries import OLDEST
from accord.infra.postgres.making import DatabaseMaker

if TYPE_CHECKING:
    from collections.abc import Collection

    import psycopg

_PREFIX = "accord_"
_OURS = re.compile(rf"{_PREFIX}([0-9a-f]{{8}})_")
_LOCK_CLASS = 0x0ACC  # with a run's number: held by all who belong to it, to find out who is the last
_SCHEME = "postgresql"
_ELSEWHERE_VARIABLES = ("PGHOSTADDR", "PGSERVICE")
_ELSEWHERE = ("host", "hostaddr", "port", "dbname", "service", "servicefile")  # what is checked is the URL's own host


class ExistingPostgres(DatabaseMaker):
    """A server by its URL. What a run makes there begins with ``accord_`` and the run's mark, and goes at its end.

    A role that may create databases gets one for each test; another gets a schema for each test in the URL's database.
    What a killed run has left is removed by the next one. ``with ExistingPostgres(url) as server:`` leaves nothing.
    """

    is_lasting = True

    def __init__(self, url: str, *, share: str | None = None, refused_hosts: Collection[str] = ()) -> None:
        """Describe it; nothing happens before it is started.

        Args:
            url: ``postgresql://user:password@host:port/database``.
            share: processes that say the same word belong to one run, and the last of them cleans up.
            refused_hosts: hosts that must not be used, beside those that are called staging or production; ``*`` stands
                for any part of a name.

        Raises:
            UsageError: this is no URL of PostgreSQL, or its host must not be used.
        """
        super().__init__()
        self._url = checked(url, refused_hosts)
        self._run = _mark_of(share) if share else secrets.token_hex(4)
        self._share = share
        self._mutex = threading.RLock()
        self._admin: Admin | None = None
        self._holding: psycopg.Connection[Any] | None = None
        self._version = ""
        self.prefix = f"{_PREFIX}{self._run}_"
        self.home = unquote(urlsplit(self._url).path[1:])

    def start(self) -> Self:
        """Connect, and remove what killed runs have left.

        Raises:
            ResourceError: it cannot be reached, or is too old.
        """
        with self._mutex:
            if self._admin is None:
                admin = Admin(self._url, major=0, copies_files=False)
                self._holding = admin.inside(self._url)  # its lock says that this run lives
                self._version = _version(admin)
                _refuse_old(self._version, self.shown_url)
                self._join_run()
                self.makes_databases = bool(
                    admin.query("SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolcreatedb OR rolsuper)")
                )
                self._admin = admin
                self.generation += 1
                self._sweep()
        return self

    def stop(self) -> None:
        """Let go of it. Whoever is the last of the run removes all that the run has made."""
        with self._mutex:
            if self._admin is None:
                return
            try:
                if self._is_last():
                    self._remove(self._run)
            finally:
                self._admin.close()
                if self._holding is not None:
                    self._holding.close()
                self._admin = self._holding = None

    def kill(self) -> NoReturn:
        """Not here. Raises UsageError."""
        self._refuse("kill")

    def pause(self) -> NoReturn:
        """Not here. Raises UsageError."""
        self._refuse("pause")

    def resume(self) -> NoReturn:
        """Not here. Raises UsageError."""
        self._refuse("resume")

    def restart(self) -> NoReturn:
        """Not here. Raises UsageError."""
        self._refuse("restart")

    def logs(self, lines: int | None = None) -> NoReturn:
        """Not here. Raises UsageError."""
        del lines
        raise UsageError(f"the log of {self.shown_url} is where that server runs; look there")

    @property
    def url(self) -> str:
        """The URL as it was given, password and all: for connecting, not for logs."""
        return self._url

    @property
    def shown_url(self) -> str:
        return without_password(self._url)

    @property
    def version(self) -> str:
        self.connected()
        return self._version

    @property
    def is_shared(self) -> bool:
        return True

    def url_of(self, name: str) -> str:
        parts = urlsplit(self._url)
        return urlunsplit((parts.scheme, parts.netloc, f"/{quote(name, safe='')}", parts.query, ""))

    def connected(self) -> Admin:
        if self._admin is None:
            raise UsageError(f"{self.shown_url} is not connected: call start() first, or use it in a with block")
        return self._admin

    def _join_run(self) -> None:
        """Say that this run lives: by a name for all of the server, by a lock for the others of the run."""
        assert self._holding is not None  # noqa: S101 - made just before
        self._holding.execute("SELECT set_config('application_name', %s, false)", [self.prefix])
        self._holding.execute("SELECT pg_advisory_lock_shared(%s, %s)", [_LOCK_CLASS, _number(self._run)])

    def _is_last(self) -> bool:
        """Whether nobody else of the run is left: then its lock can be had for oneself."""
        if self._holding is None or self._holding.closed:
            return False
        number = _number(self._run)
        self._holding.execute("SELECT pg_advisory_unlock_shared(%s, %s)", [_LOCK_CLASS, number])
        found = self._holding.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_CLASS, number]).fetchone()
        return bool(found and found[0])

    def _sweep(self) -> None:
        """Remove what runs have left that are not connected any more."""
        # Advisory locks are a database's own, and the other run may be at home in another one.
        alive = self.connected().query("SELECT application_name FROM pg_stat_activity WHERE application_name <> ''")
        for run in self._runs() - {self._run}:
            if (f"{_PREFIX}{run}_",) not in alive:
                self._remove(run)

    def _runs(self) -> set[str]:
        names = [*self._databases(_PREFIX), *self._schemas(_PREFIX)]
        return {match[1] for name in names if (match := _OURS.match(name))}

    def _remove(self, run: str) -> None:
        admin = self.connected()
        for name in self._schemas(f"{_PREFIX}{run}_"):
            admin.drop_schema(name, self._url)
        for name in self._databases(f"{_PREFIX}{run}_"):
            admin.drop(name, is_template=True)

    def _databases(self, prefix: str) -> list[str]:
        # Those of other roles could not be dropped.
        found = self.connected().query(
            "SELECT datname FROM pg_database WHERE starts_with(datname::text, %s) AND pg_has_role(datdba, 'USAGE')",
            prefix,
        )
        return [name for (name,) in found]

    def _schemas(self, prefix: str) -> list[str]:
        found = self.connected().query(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname::text, %s) AND pg_has_role(nspowner, 'USAGE')",
            prefix,
        )
        return [name for (name,) in found]

    def _refuse(self, action: str) -> NoReturn:
        raise UsageError(
            f"cannot {action} {self.shown_url}: it is not Accord's own, and others may use it. Take a server of the "
            "test's own: the fixture `postgres_alone`, or PostgresServer()."
        )


def ask_version(url: str, *, refused_hosts: Collection[str] = ()) -> str:
    """Connect once, and give the server's version.

    Raises:
        UsageError: this is no URL of PostgreSQL, or its host must not be used.
        ResourceError: it cannot be reached, or there is no driver for it.
    """
    admin = Admin(checked(url, refused_hosts), major=0, copies_files=False)
    try:
        return _version(admin)
    finally:
        admin.close()


def _version(admin: Admin) -> str:
    return str(admin.query("SHOW server_version")[0][0]).split()[0]


def checked(url: str, refused_hosts: Collection[str] = ()) -> str:
    """The URL in the form that every driver takes, if tests may use its server.

    Raises:
        UsageError: this is no URL of PostgreSQL, or its host must not be used.
    """
    __tracebackhide__ = True  # pytest would print the arguments, password and all
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that do not match
        parts = urlsplit("")
    plain = (
        urlunsplit((_SCHEME, parts.netloc, parts.path, "", "")) if parts.netloc and _is_postgres(parts.scheme) else url
    )
    address = addresses.read(plain, title="PostgreSQL", schemes={_SCHEME: (5432, False)}, refused_hosts=refused_hosts)
    for variable in _ELSEWHERE_VARIABLES:
        if os.environ.get(variable):
            raise UsageError(
                f"{without_password(url)!r} is not where PostgreSQL's drivers would go: {variable} is set, and they "
                "go by it. Unset it for the tests."
            )
    for name, _ in parse_qsl(parts.query):
        if name in _ELSEWHERE:
            raise UsageError(
                f"{without_password(url)!r} names its server twice: by {name!r} behind the question mark, too, which "
                f"PostgreSQL's drivers go by. Write it as postgresql://user:password@host:port/database."
            )
    path = f"/{quote(address.path or address.user or 'postgres', safe='')}"
    return urlunsplit((_SCHEME, urlsplit(address.url).netloc, path, parts.query, ""))


def _is_postgres(scheme: str) -> bool:
    return scheme.partition("+")[0] in {"postgresql", "postgres"}


def _refuse_old(version: str, shown: str) -> None:
    if int(re.split(r"\D", version, maxsplit=1)[0]) < OLDEST:
        raise ResourceError(f"{shown} is PostgreSQL {version}; {OLDEST} or newer is needed.")


def _mark_of(share: str) -> str:
    return hashlib.sha256(share.encode()).hexdigest()[:8]


def _number(run: str) -> int:
    """A run's mark as the second number of an advisory lock, which is a signed 32-bit one."""
    return int.from_bytes(bytes.fromhex(run), "big", signed=True)
