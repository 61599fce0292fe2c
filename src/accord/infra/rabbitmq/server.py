"""A RabbitMQ server for tests, and one virtual host in it per test."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from accord.core.errors import ResourceError
from accord.infra import ports
from accord.infra.addresses import read
from accord.infra.choice import CONTAINER, URL, choose
from accord.infra.containers import Container
from accord.infra.existing import Existing
from accord.infra.naming import Names, Removable
from accord.infra.rabbitmq.control import ask
from accord.infra.rabbitmq.management import Management
from accord.infra.rabbitmq.recipe import RabbitRecipe, socket_of
from accord.infra.server import Server

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from accord.infra.addresses import Address
    from accord.infra.runs import Storage

USER = PASSWORD = "guest"  # noqa: S105 - RabbitMQ's own, known to all; it lets this user in from this machine alone
MAIN = "/"
IMAGE = "rabbitmq:4-management"
_PATIENCE = 2.0  # seconds; it takes some milliseconds
SCHEMES = {"amqp": (5672, False), "amqps": (5671, True)}


class RabbitServer(Server):
    """RabbitMQ on loopback, without plugins. It takes some seconds to start, so share one where you can.

    It ends when the last process that holds it stops it or ends. Durable queues survive ``kill()``.
    """

    alone = "rabbitmq_alone"

    def __init__(
        self,
        *,
        provider: str | None = None,
        program: str | os.PathLike[str] | None = None,
        settings: Mapping[str, str] | None = None,
        plugins: Collection[str] = (),
        share: str | None = None,
        storage: Storage = "auto",
        version: str | None = None,
        strict: bool = False,
        url: str | None = None,
        management: str | None = None,
        image: str | None = None,
        refused_hosts: Collection[str] = (),
    ) -> None:
        """Describe a server; nothing happens before it is started.

        Args:
            provider: ``native``, ``container``, ``url`` or ``auto`` (native, else a container); by default ``url``
                where there is one, else ``auto``.
            program: the file rabbitmq-server; by default ``ACCORD_RABBITMQ_BIN``, the system's, or PATH's.
            settings: lines of rabbitmq.conf beside ours: ``{"channel_max": "100"}``.
            plugins: plugins to switch on; each makes the start longer.
            share: processes of this user that start a server with the same word and the same arguments get the same
                one. Such a server cannot be disturbed (kill, pause, restart).
            storage: data in memory, on disk, or in memory when at least 256 MB are free there.
            version: the version wanted; where it is not here the nearest newer one is taken, with a warning.
            strict: refuse another version instead.
            url: of a server that is there: ``amqp://user:password@host:5672``.
            management: where that server's management API is; ``http://HOST:15672`` by default.
            image: of the container; it must have the management plugin.
            refused_hosts: hosts a URL must not name, beside those called staging or production.

        Raises:
            UsageError: these do not go together, or the URL must not be used.
        """
        native = RabbitRecipe(
            program=os.fspath(program) if program is not None else None,
            settings=tuple(sorted((settings or {}).items())),
            share=share,
            storage=storage,
            version=version,
            strict=strict,
            plugins=tuple(sorted(plugins)),
        )
        self._management = management
        super().__init__(
            choose(
                native.title,
                provider=provider,
                url=url,
                named=program is not None,
                sources={
                    "native": lambda: native,
                    CONTAINER: lambda: self._container(image or IMAGE, version, strict=strict),
                    URL: lambda: Existing(
                        native.title,
                        read(url or "", title=native.title, schemes=SCHEMES, refused_hosts=refused_hosts),
                        self._ask_version,
                        version,
                        strict,
                    ),
                },
            )
        )
        self._names = Names()

    def kill(self) -> None:
        """End it at once, as a crash would: connections break. ``start()`` brings it back on the same port.

        What it has answered is on disk by then: by itself it keeps a queue that was declared up to two seconds ago in
        memory alone, and whether a test finds it again would be a matter of luck.
        """
        self._ours("kill")
        # One that is paused does not answer, and RabbitMQ 4 writes at once.
        with contextlib.suppress(OSError, ResourceError):
            ask(socket_of(self._native().run), "flush", timeout=_PATIENCE)
        super().kill()

    @property
    def url(self) -> str:
        """``amqp://guest:guest@127.0.0.1:PORT/%2F``: the virtual host of all. Tests have one of their own."""
        return self.url_of(self._address.path or MAIN)

    def url_of(self, virtual_host: str) -> str:
        """The URL of one of its virtual hosts."""
        address = self._address
        user, password = quote(address.user or USER, safe=""), quote(address.password or PASSWORD, safe="")
        scheme = "amqps" if address.encrypted else "amqp"
        return f"{scheme}://{user}:{password}@{address.host}:{address.port}/{quote(virtual_host, safe='')}"

    def namespace(self, *, label: str = "test") -> RabbitNamespace:
        """A virtual host of one's own: no exchange or queue in it is seen from another.

        Args:
            label: begins its name, to be found again in logs.

        Raises:
            ResourceError: the server refused.
        """
        self._started().bring_back()
        name = self._names.next(label)
        if self.is_own:
            self._ask(f"add {name}")
        else:
            Management.of(self._address, self._management).add(name)
        return RabbitNamespace(self, name)

    def remove(self, name: str) -> None:
        """Delete a virtual host: its queues, its exchanges, its connections."""
        self._started().bring_back()
        if self.is_own:
            self._ask(f"delete {name}")
        else:
            Management.of(self._address, self._management).delete(name)

    def _ask(self, question: str) -> None:
        try:
            ask(socket_of(self._native().run), question)
        except OSError as error:
            raise ResourceError(f"RabbitMQ at {self.host}:{self.port} did not answer {question!r}: {error}") from error

    def _ask_version(self, address: Address) -> str:
        return Management.of(address, self._management).version()

    def _container(self, image: str, version: str | None, *, strict: bool) -> Container:
        port = next(ports.free_ports())  # of the management API, to be known beforehand
        self._management = f"http://{ports.LOOPBACK}:{port}"
        return Container(
            RabbitRecipe.title, image, (5672, 15672), self._ask_version, "amqp://127.0.0.1:{port}/%2F",
            outside={15672: port}, asked=version, strict=strict,
        )  # fmt: skip


@dataclass(frozen=True)
class RabbitNamespace(Removable):
    """A virtual host of one test's own. As a context manager it is deleted at the end.

    Attributes:
        server: where it is; has ``kill()``, ``pause()``, ``restart()``.
        name: the virtual host's name.
    """

    server: RabbitServer
    name: str

    @property
    def url(self) -> str:
        """``amqp://guest:guest@127.0.0.1:PORT/NAME``."""
        return self.server.url_of(self.name)

    def queue(self, name: str) -> str:
        """A name for a queue or exchange that nobody else uses. Needed only where the server is not Accord's."""
        return f"{self.name}.{name}"

    def remove(self) -> None:
        """Delete it with all that is in it; a server that was killed or paused is brought back first."""
        self.server.remove(self.name)
