"""Databases as tests see them: one of the test's own, and the template it is copied from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from accord.infra.postgres.server import PostgresServer


@dataclass(frozen=True)
class DatabaseTemplate:
    """A prepared database to copy from; nobody can connect to it, so it stays as it was prepared.

    Attributes:
        server: where it is.
        key: what it was asked for by, such as a hash of the migrations.
        name: its name in the server.
    """

    server: PostgresServer
    key: str
    name: str


@dataclass(frozen=True)
class Database:
    """A database of one test's own. As a context manager it is dropped at the end.

    Attributes:
        server: where it is; has ``kill()``, ``pause()``, ``restart()`` and more.
        name: its name in the server.
    """

    server: PostgresServer
    name: str

    @property
    def url(self) -> str:
        """``postgresql://postgres@127.0.0.1:PORT/NAME``; for SQLAlchemy put the driver in: ``postgresql+asyncpg://…``."""
        return self.server.url_of(self.name)

    def drop(self) -> None:
        """Drop it, ending whatever is still connected; a server that was killed or paused is brought back first.

        Raises:
            ResourceError: the server refused, or cannot be brought back.
        """
        self.server.drop_database(self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop()
