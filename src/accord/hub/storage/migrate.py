"""Bringing a database to the tables of this version, in a child process: the hub need not hold what Alembic loads.

``python -m accord.hub.storage.migrate URL`` is that child.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from accord.contract.journal import locked
from accord.core.errors import ResourceError, UsageError
from accord.hub.storage.database import Location, ensure_writable, location_of
from accord.hub.storage.migrations import HEAD

SECONDS = 300
"""How long it may take; another hub may be at it."""


def migrate(location: Location) -> None:
    """Bring the database to the tables of this version; hubs that start at once take turns.

    Raises:
        UsageError: the file cannot be written, or no server answers at the URL.
        ResourceError: a step failed.
    """
    if location.file is not None:
        ensure_writable(location.file)
    if _step_of(location) == HEAD:
        return
    try:
        done = subprocess.run(
            [sys.executable, "-m", "accord.hub.storage.migrate"],
            input=location.url, capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ResourceError(f"the database {location.shown} was not ready within {SECONDS} seconds") from None
    if done.returncode == 0:
        return
    reason = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
    if "newer" in reason:
        raise UsageError(f"the database {location.shown} was made by a newer version of the hub: {reason}")
    if location.file is None:
        raise UsageError(
            f"the database {location.shown} cannot be used: {reason}. Is the server up, and are the name, user and "
            "password in --database right?"
        )
    raise UsageError(f"the database {location.shown} cannot be used: {reason}. Is it a hub's database?")


def _step_of(location: Location) -> str | None:
    return _step_of_file(location.file) if location.file is not None else asyncio.run(_step_of_server(location.url))


async def _step_of_server(url: str) -> str | None:
    import asyncpg  # noqa: PLC0415 - a hub on SQLite does not need it

    try:
        connection = await asyncpg.connect(url.replace("+asyncpg", "", 1), timeout=10)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None  # the child says why
    try:
        step: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.PostgresError:
        return None  # it is new
    finally:
        await connection.close()
    return step


def _step_of_file(file: Path) -> str | None:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=5)) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return None  # it is new, or broken: the child says which
    return str(row[0]) if row else None


def run(location: Location) -> None:
    """Run the steps here, in this process."""
    from alembic import command  # noqa: PLC0415 - the child alone loads it
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("sqlalchemy.url", location.url.replace("%", "%%"))
    if location.file is None:
        command.upgrade(config, "head")
        return
    with locked(location.file):
        command.upgrade(config, "head")


if __name__ == "__main__":
    try:
        run(location_of(sys.stdin.read().strip()))
    except Exception as error:  # noqa: BLE001 - whatever it is, its parent tells it in one line
        cause = getattr(error, "orig", None) or error
        sys.exit(f"{type(cause).__name__}: {str(cause).splitlines()[0] if str(cause) else ''}")
