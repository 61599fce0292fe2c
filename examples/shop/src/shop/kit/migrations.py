"""Migrations by Alembic: each service has its own scripts, all are run alike."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from shop.kit.database import open_engine

_Command = Callable[[Config], None]
_SCRIPTS = Path(__file__).parent / "migration_scripts"


def upgrade(url: str, versions: Path, revision: str) -> None:
    """Migrate the database at `url` forward to a revision; callable from plain and from async code."""
    _migrate(url, versions, lambda config: command.upgrade(config, revision))


def downgrade(url: str, versions: Path, revision: str) -> None:
    """Migrate the database at `url` back to a revision; callable from plain and from async code."""
    _migrate(url, versions, lambda config: command.downgrade(config, revision))


def _migrate(url: str, versions: Path, run: _Command) -> None:
    # A thread of its own: asyncio.run refuses a thread whose loop is running, as a test's may be.
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(asyncio.run, _run_in_transaction(url, versions, run)).result()


async def _run_in_transaction(url: str, versions: Path, run: _Command) -> None:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("version_locations", str(versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")

    def with_connection(connection: Connection) -> None:
        config.attributes["connection"] = connection
        run(config)

    async with open_engine(url) as engine, engine.begin() as connection:
        await connection.run_sync(with_connection)
