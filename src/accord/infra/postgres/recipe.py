"""How PostgreSQL is run: found, given a copy of the template directory, and started with settings for tests."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.infra.postgres import binaries as installations
from accord.infra.postgres import clusters, readiness
from accord.infra.postgres.binaries import Binaries
from accord.infra.programs import Program
from accord.infra.recipe import Recipe
from accord.infra.supervision import Signals
from accord.infra.users import server_user

if TYPE_CHECKING:
    from accord.infra.runs import Run
    from accord.infra.users import ServerUser

_POLITE = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 3.0))

SETTINGS = {
    # Data need not survive the machine, only the server: commits are written to the kernel, but nothing is forced out.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "on",  # with fsync off it costs nothing, and what is committed survives kill()
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "128MB",
    "min_wal_size": "8MB",
    "autovacuum": "off",
    "jit": "off",
    # The next four make the start quicker: less shared memory to set up, fewer descriptors to try, no extra process.
    "shared_buffers": "16MB",
    "max_connections": "100",
    "max_files_per_process": "256",
    "max_logical_replication_workers": "0",
    "huge_pages": "off",
    # In the data directory and so removed with it; "posix" leaves files in /dev/shm when the server is killed.
    "dynamic_shared_memory_type": "mmap",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_SETTINGS_SINCE = {18: {"io_method": "sync"}}  # no processes that only read ahead: fewer to start


@dataclass(frozen=True)
class PostgresRecipe(Recipe):
    """PostgreSQL; ``program`` is the folder with ``postgres`` and ``initdb``."""

    title = "PostgreSQL"
    kind = "pg"
    scheme = "postgresql"
    signals = Signals(stop=_POLITE, end=_POLITE, orphaned=signal.SIGQUIT)  # its processes end with it
    starts_at_once = False
    port_taken = ("could not bind", "could not create any TCP/IP sockets")

    def find(self) -> Program:
        found = installations.find(self.program, user=self.user(), asked=self.version, strict=self.strict)
        return Program(found.postgres, found.version, found.origin)

    def user(self) -> ServerUser | None:
        return server_user()

    def environment(self) -> dict[str, str]:
        return clusters.environment()

    def prepare(self, program: Program, run: Run) -> None:
        clusters.prepare(Binaries.of(program), run.data, user=self.user())

    def command(self, program: Program, run: Run) -> list[str]:
        major = Binaries.of(program).major
        settings = dict(SETTINGS)
        for since, more in _SETTINGS_SINCE.items():
            if major >= since:
                settings.update(more)
        settings.update(self.settings)
        settings |= {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(run.sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(program.path), "-D", str(run.data), *options]

    def arguments(self, ports: tuple[int, ...]) -> list[str]:
        return ["-p", str(ports[0])]

    def problem(self, run: Run, ports: tuple[int, ...]) -> str | None:
        # By its Unix socket: on the port somebody else might answer.
        return readiness.problem(
            run.sockets / f".s.PGSQL.{ports[0]}", user=clusters.SUPERUSER, database=clusters.SUPERUSER
        )
