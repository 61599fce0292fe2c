"""A hub as a process of its own, on a free port, with its database in a folder."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from accord.hub.storage.database import location_of
from accord.hub.storage.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 60
"""How long a hub may take to answer; this machine may be busy."""


@dataclass
class HubProcess:
    """A hub that runs.

    Attributes:
        url: where it answers.
        process: what runs it.
        folder: where its database and its log are.
        database: what it was started with.
    """

    url: str
    process: subprocess.Popen[str]
    folder: Path
    database: str

    @property
    def log(self) -> str:
        """What it wrote to standard error."""
        return (self.folder / "hub.log").read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it at once, as a crash does."""
        self.process.kill()
        self.process.wait(SECONDS)

    def stop(self) -> int:
        """End it gracefully; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)


def start_hub(
    folder: Path, *options: str, database: str | None = None, env: dict[str, str] | None = None
) -> HubProcess:
    """Start a hub and wait until it answers.

    Args:
        folder: for its database (``hub.sqlite3``) and its log.
        options: of ``accord hub serve``, beside port and database.
        database: another than the file.
        env: variables beside this process's own.
    """
    where = database or str(folder / "hub.sqlite3")
    if database is None:
        new_database(folder)
    command = [sys.executable, "-m", "accord.cli", "hub", "serve", "--port", "0", "--database", where, *options]
    with (folder / "hub.log").open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **(env or {})}
        )
    return HubProcess(_announced(process, folder), process, folder, where)


def new_database(folder: Path) -> str:
    """The path of a folder's database, which is made if it is not there yet."""
    file = folder / "hub.sqlite3"
    if not file.exists():
        shutil.copyfile(_first_database(), file)
    return str(file)


@cache
def _first_database() -> Path:
    """A file as a first start leaves it, made once: Alembic takes a second, and dozens of hubs start in the tests."""
    folder = Path(tempfile.mkdtemp(prefix="accord-hub-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    migrate(location_of(str(folder / "hub.sqlite3")))
    return folder / "hub.sqlite3"


def _announced(process: subprocess.Popen[str], folder: Path) -> str:
    assert process.stdout is not None
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        ready, _, _ = select.select([process.stdout], [], [], 0.1)
        line = process.stdout.readline() if ready else ""
        found = re.search(r"http://[^\s,]+", line)
        if found:
            return found[0]
        if process.poll() is not None:
            break
    process.kill()
    raise AssertionError(f"the hub did not start:\n{(folder / 'hub.log').read_text(encoding='utf-8')}")


@contextlib.contextmanager
def running_hub(
    folder: Path, *options: str, database: str | None = None, env: dict[str, str] | None = None
) -> Iterator[HubProcess]:
    """A hub for as long as the block lasts."""
    hub = start_hub(folder, *options, database=database, env=env)
    try:
        yield hub
    finally:
        if hub.process.poll() is None:
            hub.process.kill()
        hub.process.wait(SECONDS)
        assert hub.process.stdout is not None
        hub.process.stdout.close()
