"""Looking after a hub's database beside the hub that serves it: retention, backup, restore, tokens."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from accord.core.errors import ResourceError, UsageError
from accord.hub.app.guard import ROLES, hash_of, new_secret
from accord.hub.storage import access, cleaning
from accord.hub.storage.database import Database, Location, location_of, open_database
from accord.hub.storage.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accord.hub.domain.records import Version

T = TypeVar("T")

BATCH = 100
"""Versions removed in one transaction: whoever publishes meanwhile waits no longer than for that."""

DAY = 86_400_000_000


def with_database(given: str, work: Callable[[Database], Awaitable[T]]) -> T:
    """Run work on a hub's database.

    Raises:
        UsageError: the database cannot be used.
    """
    location = location_of(given)
    migrate(location)

    async def run() -> T:
        database = open_database(location)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def now() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What retention removed, or would.

    Attributes:
        versions: of participants.
        contents: that nobody publishes any more; None in a dry run.
        records: of webhooks and changes; None in a dry run.
    """

    versions: tuple[Version, ...]
    contents: int | None = None
    records: int | None = None


def clean(given: str, keep_days: int, *, apply: bool, told: Callable[[int, int], None] = lambda *_: None) -> Cleaned:
    """Remove versions that nobody needs and that are older than so many days; without apply only say which.

    Args:
        given: the database.
        keep_days: what is younger stays.
        apply: remove them.
        told: called with how many are done, of how many.
    """
    before = now() - keep_days * DAY

    async def work(database: Database) -> Cleaned:
        found = await database.read(cleaning.removable, before)
        if not apply:
            return Cleaned(tuple(found))
        contents = 0
        for start in range(0, len(found), BATCH):
            # Asked again, for one of them may have been deployed since.
            still = await database.read(cleaning.removable, before)
            wanted = {each.id for each in found[start : start + BATCH]} & {each.id for each in still}
            contents += await database.write(cleaning.remove, wanted)
            told(min(start + BATCH, len(found)), len(found))
        return Cleaned(tuple(found), contents, await database.write(cleaning.remove_records, before))

    return with_database(given, work)


def _file_of(given: str, what: str) -> Path:
    location: Location = location_of(given)
    if location.file is None:
        raise UsageError(f"{what} is for a database file; for PostgreSQL use pg_dump and pg_restore")
    return location.file


def back_up(given: str, target: Path) -> int:
    """Copy a database that may be in use into a file; its size in bytes.

    Raises:
        UsageError: there is no such database, or the target is there already.
    """
    source = _file_of(given, "hub backup")
    if not source.exists():
        raise UsageError(f"there is no database at {source}")
    if target.exists():
        raise UsageError(f"{target} is there already; name a new file")
    part = target.with_name(f"{target.name}.part")
    try:
        with contextlib.closing(sqlite3.connect(source)) as one, contextlib.closing(sqlite3.connect(part)) as other:
            one.backup(other)
            _check(other, source)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise ResourceError(f"the backup to {target} failed: {error}") from None
    return target.stat().st_size


def restore(given: str, source: Path, *, force: bool) -> None:
    """Put a backup in a database's place; no hub may serve it meanwhile.

    Raises:
        UsageError: there is no such backup, or a database is in its place.
    """
    target = _file_of(given, "hub restore")
    if not source.exists():
        raise UsageError(f"there is no backup at {source}")
    if target.exists() and not force:
        raise UsageError(f"the database {target} is there already; --force replaces it")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    try:
        with contextlib.closing(sqlite3.connect(source)) as one, contextlib.closing(sqlite3.connect(part)) as other:
            _check(one, source)
            one.backup(other)
    except sqlite3.Error as error:
        part.unlink(missing_ok=True)
        raise UsageError(f"{source} is no hub's database: {error}") from None
    for rest in ("-wal", "-shm"):
        Path(f"{target}{rest}").unlink(missing_ok=True)
    part.replace(target)


def _check(connection: sqlite3.Connection, file: Path) -> None:
    (answer,) = connection.execute("PRAGMA quick_check").fetchone()
    if answer != "ok":
        raise sqlite3.DatabaseError(f"{file} is damaged: {answer}")
    connection.execute("SELECT version_num FROM alembic_version").fetchone()


def create_token(given: str, name: str, role: str) -> str:
    """Make a token; its secret, which is nowhere kept.

    Raises:
        UsageError: the role is not known, or the name taken.
    """
    if role not in ROLES:
        raise UsageError(f"--role must be one of {', '.join(ROLES)}, not {role!r}")
    secret = new_secret()

    async def work(database: Database) -> bool:
        return await database.write(access.create, name, role, hash_of(secret), now())

    if not with_database(given, work):
        raise UsageError(f"there is a token {name!r} already; revoke it first, or take another name")
    return secret


def list_tokens(given: str) -> list[access.Token]:
    """All tokens, without their secrets."""

    async def work(database: Database) -> list[access.Token]:
        return await database.read(access.all_tokens)

    return with_database(given, work)


def revoke_token(given: str, name: str) -> None:
    """Remove a token.

    Raises:
        UsageError: there is none with the name.
    """

    async def work(database: Database) -> bool:
        return await database.write(access.revoke, name)

    if not with_database(given, work):
        raise UsageError(f"there is no token {name!r}")


def read_audit(given: str, limit: int) -> list[dict[str, Any]]:
    """Who changed what, newest first."""

    async def work(database: Database) -> list[dict[str, Any]]:
        return await database.read(access.entries, limit)

    return with_database(given, work)
