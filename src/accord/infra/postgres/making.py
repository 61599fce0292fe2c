"""Making databases and templates in a server, whether it is Accord's own or was there before."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import secrets
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError, UsageError
from accord.infra.postgres.database import Database, DatabaseTemplate

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from accord.infra.postgres.admin import Admin

_LONGEST_NAME = 63  # bytes; PostgreSQL cuts longer identifiers silently


class DatabaseMaker(ABC):
    """A PostgreSQL server as tests use it; the base of every provider.

    Attributes:
        generation: how often it has started with new data; templates and databases of an earlier one are gone.
        prefix: begins the names of all it makes here.
        makes_databases: whether it may; else a test gets a schema.
        is_lasting: whether it outlives the run, so that all must be dropped.
        home: the database where schemas are made when no other can be.
    """

    generation = 0
    prefix = ""
    makes_databases = True
    is_lasting = False
    home = "postgres"

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._mark = secrets.token_hex(3)

    @abstractmethod
    def start(self) -> Self:
        """Make it usable: start it, join it or connect to it, or bring it back if a test killed or paused it."""

    @abstractmethod
    def stop(self) -> None:
        """Let go of it; nothing that was made in it stays."""

    @abstractmethod
    def kill(self) -> None:
        """End it at once, as a crash would."""

    @abstractmethod
    def pause(self) -> None:
        """Freeze it until ``resume()``."""

    @abstractmethod
    def resume(self) -> None:
        """End a pause."""

    @abstractmethod
    def restart(self) -> None:
        """Stop it in good order and start it again with the same data."""

    @abstractmethod
    def logs(self, lines: int | None = None) -> str:
        """What the server has logged."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The URL of a database that is always there."""

    @property
    @abstractmethod
    def version(self) -> str:
        """The server's version, such as ``18.6``."""

    @property
    @abstractmethod
    def is_shared(self) -> bool:
        """Whether other processes may use it too."""

    @abstractmethod
    def url_of(self, name: str) -> str:
        """The URL of one of its databases."""

    @abstractmethod
    def connected(self) -> Admin:
        """What makes and drops databases here."""

    def new_admin(self, *, courteous: bool = False) -> Admin:
        """Another connection of that kind, for a thread that works beside the others; it brings nothing back.

        Args:
            courteous: the server works for it when nobody else wants the processor, where that can be had.
        """
        return self.connected().another(courteous=courteous)

    def database(self, template: DatabaseTemplate | None = None, *, label: str = "test") -> Database:
        """Make a database of one's own.

        Args:
            template: what to copy; an empty database by default.
            label: begins the database's name, to be found again in logs.

        Raises:
            ResourceError: the server refused.
            UsageError: the template is another server's.
        """
        self.refuse_foreign(template)
        name = self.new_name(label)
        self.connected().create(name, template.name if template else "template0")
        return Database(self, name)

    def template(self, key: str, prepare: Callable[[str], None]) -> DatabaseTemplate:
        """A database to copy from, prepared once per server however many processes and threads ask for it.

        Args:
            key: what it holds, such as a hash of the migrations: another key, another template.
            prepare: fills it; gets its URL. It may leave connections open: they are ended.

        Raises:
            ResourceError: ``prepare`` failed (its error is the cause); nothing half-made is left, the next call tries
                again.
        """
        admin = self.connected()
        name = f"{self.prefix}template_{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        if not admin.exists(name):
            with admin.only_one(name):
                if not admin.exists(name):
                    self._prepare(admin, key, name, prepare)
        return DatabaseTemplate(self, key, name, prepare)

    def refuse_foreign(self, template: DatabaseTemplate | None) -> None:
        """Refuse a template that was made in another server."""
        if template is not None and template.server is not self:
            raise UsageError(
                f"the template {template.key!r} was made in another server ({template.server.shown_url}) than the one "
                f"asked for a database ({self.shown_url}). Make it with template() of the same server."
            )

    def new_name(self, label: str) -> str:
        """A name nobody else has: apart among threads by the count, among processes by the mark."""
        beginning = self.prefix + (re.sub(r"[^a-z0-9_]+", "_", label.lower()).strip("_") or "test")
        ending = f"_{os.getpid()}_{self._mark}_{next(self._numbers)}"
        return beginning[: _LONGEST_NAME - len(ending)] + ending

    def drop_database(self, name: str) -> None:
        """Drop one of its databases if it is there, ending whatever is connected to it."""
        self.connected().drop(name)

    @property
    def shown_url(self) -> str:
        """The URL as messages show it, without a password."""
        return self.url

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _prepare(self, admin: Admin, key: str, name: str, prepare: Callable[[str], None]) -> None:
        unfinished = f"{name}_unfinished"
        admin.drop(unfinished, is_template=True)  # of a process that was killed while it prepared
        admin.create(unfinished)
        try:
            prepare(self.url_of(unfinished))
            admin.seal(unfinished, name)
        except BaseException as error:
            admin.drop(unfinished, is_template=True)
            if not isinstance(error, Exception):  # interrupted, not failed
                raise
            raise _not_prepared(key, error) from error


def _not_prepared(key: str, error: Exception) -> ResourceError:
    return ResourceError(
        f"the database template {key!r} could not be prepared: {type(error).__name__}: {error}. "
        "Nothing of it was kept; mend what prepares it (the migrations, as a rule) and run again."
    )
