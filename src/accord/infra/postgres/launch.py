"""From a plan to a server that answers: its run, its data, its port, and sharing it between processes."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError
from accord.infra import directories, runs
from accord.infra.locks import locked
from accord.infra.postgres import binaries as installations
from accord.infra.postgres import clusters, readiness
from accord.infra.postgres.binaries import Binaries
from accord.infra.runs import Run
from accord.infra.supervision import Supervision
from accord.infra.users import server_user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.infra.runs import Storage

READY_TIMEOUT = 60.0  # seconds
_READY_INTERVAL = 0.002  # seconds between two questions
_LOG_LINES = 20  # shown when it does not start
# Outside the ranges that systems give to outgoing connections (Linux from 32768, macOS from 49152), so that none takes
# the port while the server is down for a restart.
_PORTS = range(20_000, 32_000)
_PORT_TRIES = 20
_KNOWN = "server.json"  # in the run: what those who join must know
_PORT_TAKEN = ("could not bind", "could not create any TCP/IP sockets")

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
class Plan:
    """Which server is wanted; see PostgresServer."""

    binaries: str | None
    settings: tuple[tuple[str, str], ...]
    share: str | None
    storage: Storage

    @property
    def signpost(self) -> Path:
        """Where those who share find the run, and the lock they take to start and to leave."""
        return runs.signpost("postgres", json.dumps([self.share, self.binaries, self.settings, self.storage]))


@dataclass(frozen=True)
class Running:
    """A server that this process holds."""

    supervision: Supervision
    binaries: Binaries
    port: int

    @property
    def run(self) -> Run:
        return self.supervision.run

    def log(self) -> str:
        return self.run.log.read_text(encoding="utf-8", errors="replace") if self.run.log.exists() else ""

    def bring_back(self) -> None:
        """Resume it when it is paused, start it again when it has ended; nothing when it runs.

        Raises:
            ResourceError: it does not come back.
        """
        state = self.supervision.command("status").split()[0]
        if state == "paused":
            self.supervision.command("resume")
        elif state != "running" and not self.try_to_start():
            raise self._failure(f"cannot start again, because another program has taken its port {self.port}")

    def try_to_start(self) -> bool:
        """Start it and wait until it takes connections.

        Returns:
            Whether it did; False when its port is taken by another program.

        Raises:
            ResourceError: it did not start for any other reason.
        """
        logged = len(self.log())
        self.supervision.command("start", "-p", str(self.port))
        deadline = time.monotonic() + READY_TIMEOUT
        address = self.run.sockets / f".s.PGSQL.{self.port}"
        while found := readiness.problem(address, user=clusters.SUPERUSER, database="postgres"):
            status = self.supervision.command("status")
            if not status.startswith("running"):
                if any(words in self.log()[logged:] for words in _PORT_TAKEN):
                    return False
                raise self._failure(f"ended while it started ({status})")
            if time.monotonic() > deadline:
                raise self._failure(f"was not ready after {READY_TIMEOUT:g} s ({found})")
            time.sleep(_READY_INTERVAL)
        return True

    def _failure(self, what: str) -> ResourceError:
        said = "\n".join(self.log().splitlines()[-_LOG_LINES:])
        return ResourceError(
            f"PostgreSQL {self.binaries.version} ({self.binaries.postgres}) {what}. "
            f"The last lines of its log:\n{said or '(nothing)'}"
        )


def start(plan: Plan) -> Running:
    """Start a server, or join the one that another process has started for those who share it.

    Raises:
        ResourceMissingError: there is no PostgreSQL on this machine.
        ResourceError: it did not start.
    """
    runs.sweep()
    if plan.share is None:
        return _launch(plan)
    with locked(plan.signpost, purpose="start or join the shared PostgreSQL server") as signpost:
        running = _join(os.pread(signpost, 255, 0).decode())
        if running is None:
            running = _launch(plan)
            os.ftruncate(signpost, 0)
            os.pwrite(signpost, running.run.path.name.encode(), 0)
        else:
            running.bring_back()
        return running


def leave(plan: Plan, running: Running) -> None:
    """Let go of a server; the last who does ends it."""
    if plan.share is None:
        running.supervision.leave()
        return
    with locked(plan.signpost, purpose="leave the shared PostgreSQL server"):
        if running.supervision.leave():
            plan.signpost.unlink(missing_ok=True)


def _join(name: str) -> Running | None:
    """Hold the run of that name; None when it is not there any more."""
    if not name:
        return None
    try:
        run = Run.at(directories.runs_directory() / name)
        known = json.loads((run.path / _KNOWN).read_text(encoding="utf-8"))
        supervision = Supervision(run)
    except OSError:
        return None
    try:
        supervision.command("status")
    except ResourceError:  # it was just ending
        supervision.leave()
        return None
    return Running(supervision, Binaries(Path(known["folder"]), known["version"]), known["port"])


def _launch(plan: Plan) -> Running:
    user = server_user()
    binaries = installations.find(plan.binaries, user=user)
    run, lock = runs.create("pg", storage=plan.storage, user=user)
    supervision = Supervision.launch(
        run, lock, command=_command(binaries, run, plan), environment=clusters.environment(), user=user
    )
    try:
        clusters.prepare(binaries, run.data, user=user)  # while the supervisor starts
        running = _start_on_a_free_port(supervision, binaries)
        known = {"folder": str(binaries.folder), "version": binaries.version, "port": running.port}
        (run.path / _KNOWN).write_text(json.dumps(known), encoding="utf-8")
    except BaseException:
        supervision.leave()
        raise
    return running


def _command(binaries: Binaries, run: Run, plan: Plan) -> list[str]:
    settings = dict(SETTINGS)
    for since, more in _SETTINGS_SINCE.items():
        if binaries.major >= since:
            settings.update(more)
    settings.update(plan.settings)
    settings |= {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(run.sockets)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(binaries.postgres), "-D", str(run.data), *options]


def _start_on_a_free_port(supervision: Supervision, binaries: Binaries) -> Running:
    tried = list(itertools.islice(_free_ports(), _PORT_TRIES))
    for port in tried:
        running = Running(supervision, binaries, port)
        if running.try_to_start():
            return running
    raise ResourceError(
        f"PostgreSQL found no free port on 127.0.0.1: tried {', '.join(map(str, tried))}. "
        f"See what listens there (`ss -ltnp`), or end other test runs."
    )


def _free_ports() -> Iterator[int]:
    """Ports nobody listens on just now. Somebody may by the time the server does: whoever asks must be ready for it."""
    while True:
        port = random.choice(_PORTS)  # noqa: S311 - apart, not secret
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                yield port
