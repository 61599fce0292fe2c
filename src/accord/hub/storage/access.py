"""Tokens, and the record of who changed what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, desc, func, insert, select, update

from accord.hub.storage.database import insert_or_ignore
from accord.hub.storage.tables import audit, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Token:
    """A token, without its secret."""

    name: str
    role: str
    created_at: int
    last_used_at: int | None


_ALL = select(tokens.c.name, tokens.c.role, tokens.c.created_at, tokens.c.last_used_at)


def by_hash(connection: Connection, secret_hash: str) -> Token | None:
    """The token with a secret, by its hash."""
    row = connection.execute(_ALL.where(tokens.c.secret_hash == secret_hash)).first()
    return Token(*row) if row else None


def all_tokens(connection: Connection) -> list[Token]:
    """All, by name."""
    return [Token(*row) for row in connection.execute(_ALL.order_by(tokens.c.name))]


def count(connection: Connection) -> int:
    """How many there are."""
    return connection.scalar(select(func.count()).select_from(tokens)) or 0


def create(connection: Connection, name: str, role: str, secret_hash: str, now: int) -> bool:
    """Make one; False where the name is taken."""
    values = {"name": name, "role": role, "secret_hash": secret_hash, "created_at": now}
    return insert_or_ignore(connection, tokens, values)


def revoke(connection: Connection, name: str) -> bool:
    """Remove one; False where there is none."""
    return bool(connection.execute(delete(tokens).where(tokens.c.name == name)).rowcount)


def used(connection: Connection, names: Sequence[str], now: int) -> None:
    """Note that tokens were used."""
    connection.execute(update(tokens).where(tokens.c.name.in_(list(names))).values(last_used_at=now))


def note(connection: Connection, entries: Sequence[dict[str, Any]]) -> None:
    """Keep who changed what."""
    if entries:
        connection.execute(insert(audit), list(entries))


def entries(connection: Connection, limit: int = 100) -> list[dict[str, Any]]:
    """What was kept, newest first."""
    return [dict(row._mapping) for row in connection.execute(select(audit).order_by(desc(audit.c.id)).limit(limit))]  # noqa: SLF001 - SQLAlchemy's public way to a row as a mapping
