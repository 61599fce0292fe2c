"""A hub as a process of its own, on a free port, with its database in a folder."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import re
import shutil
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
    from multiprocessing.context import ForkServerContext
    from multiprocessing.process import BaseProcess

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
    process: BaseProcess
    folder: Path
    database: str

    @property
    def log(self) -> str:
        """What it wrote to standard error."""
        return (self.folder / "hub.log").read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it at once, as a crash does."""
        self.process.kill()
        self.process.join(SECONDS)

    def stop(self) -> int:
        """End it gracefully; its exit code."""
        self.process.terminate()
        self.process.join(SECONDS)
        assert self.process.exitcode is not None, "the hub did not end"
        return self.process.exitcode


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
    arguments = ["hub", "serve", "--port", "0", "--database", where, *options]
    (folder / "hub.out").unlink(missing_ok=True)
    environment = {**os.environ, **(env or {})}
    process = _starter().Process(target=_serve, args=(arguments, environment, str(folder), str(Path.cwd())))
    process.start()
    return HubProcess(_announced(process, folder), process, folder, where)


@cache
def _starter() -> ForkServerContext:
    """A process that has loaded a hub's code once, and becomes a hub for each that is started.

    To load it takes a second of a processor; dozens of hubs start in the tests.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["accord.cli.program", "accord.cli.hub", "accord.hub.app.server"])
    return context


def _serve(arguments: list[str], environment: dict[str, str], folder: str, where: str) -> None:
    """Become a hub: as the command line does, with its output in files."""
    for name, stream in (("hub.out", 1), ("hub.log", 2)):
        file = os.open(Path(folder) / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, stream)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(where)
    from accord.cli import program  # noqa: PLC0415 - whoever only starts hubs need not load it

    sys.exit(program.run(arguments))


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


def _announced(process: BaseProcess, folder: Path) -> str:
    out, until = folder / "hub.out", time.monotonic() + SECONDS
    while time.monotonic() < until:
        found = re.search(r"http://[^\s,]+", out.read_text(encoding="utf-8")) if out.exists() else None
        if found:
            return found[0]
        process.join(0.01)
        if process.exitcode is not None:
            break
    process.kill()
    said = out.read_text(encoding="utf-8") if out.exists() else ""
    raise AssertionError(f"the hub did not start:\n{said}{(folder / 'hub.log').read_text(encoding='utf-8')}")


@contextlib.contextmanager
def running_hub(
    folder: Path, *options: str, database: str | None = None, env: dict[str, str] | None = None
) -> Iterator[HubProcess]:
    """A hub for as long as the block lasts."""
    hub = start_hub(folder, *options, database=database, env=env)
    try:
        yield hub
    finally:
        hub.process.kill()
        hub.process.join(SECONDS)
        hub.process.close()
