"""Databases as tests see them: one of the test's own, and the template it is copied from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accord.infra.postgres.connecting import Connecting

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from accord.infra.postgres.making import DatabaseMaker


@dataclass(frozen=True)
class DatabaseTemplate:
    """A prepared database to copy from; nobody can connect to it, so it stays as it was prepared.

    Attributes:
        server: where it is.
        key: what it was asked for by, such as a hash of the migrations.
        name: its name in the server.
        prepare: what has filled it, and can fill a schema.
    """

    server: DatabaseMaker
    key: str
    name: str
    prepare: Callable[[str], None] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Database(Connecting):
    """A database of one test's own, or a schema in one. As a context manager it is dropped at the end.

    Attributes:
        server: where it is; has ``kill()``, ``pause()``, ``restart()`` and more.
        name: the database's name in the server.
        schema: the schema that connections by the URL work in; None for the usual one.
    """

    server: DatabaseMaker
    name: str
    schema: str | None = None

    @property
    def url(self) -> str:
        """``postgresql://postgres@127.0.0.1:PORT/NAME``; for SQLAlchemy put the driver in: ``postgresql+asyncpg://…``."""
        url = self.server.url_of(self.name)
        if self.schema is None:
            return url
        return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{self.schema}"

    def drop(self) -> None:
        """Drop it, ending whatever is still connected; a server that was killed or paused is brought back first.

        Raises:
            ResourceError: the server refused, or cannot be brought back.
        """
        if self.schema is None:
            self.server.drop_database(self.name)
        else:
            self.server.connected().drop_schema(self.schema, self.server.url_of(self.name))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop()
