"""A RabbitMQ server for tests, and one virtual host in it per test."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from accord.core.errors import ResourceError
from accord.infra.naming import Names
from accord.infra.rabbitmq.control import ask
from accord.infra.rabbitmq.recipe import RabbitRecipe, socket_of
from accord.infra.server import Server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from accord.infra.runs import Storage

USER = PASSWORD = "guest"  # noqa: S105 - RabbitMQ's own, known to all; it lets this user in from this machine alone
MAIN = "/"


class RabbitServer(Server):
    """RabbitMQ on loopback, without plugins. It takes some seconds to start, so share one where you can.

    It ends when the last process that holds it stops it or ends. Durable queues survive ``kill()``.
    """

    alone = "rabbitmq_alone"

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
            program: the file rabbitmq-server; by default ``ACCORD_RABBITMQ_BIN``, the system's, or PATH's.
            settings: lines of rabbitmq.conf beside ours: ``{"channel_max": "100"}``.
            share: processes of this user that start a server with the same word and the same arguments get the same
                one. Such a server cannot be disturbed (kill, pause, restart).
            storage: data in memory, on disk, or in memory when at least 256 MB are free there.
        """
        super().__init__(
            RabbitRecipe(
                program=os.fspath(program) if program is not None else None,
                settings=tuple(sorted((settings or {}).items())),
                share=share,
                storage=storage,
            )
        )
        self._names = Names()

    @property
    def url(self) -> str:
        """``amqp://guest:guest@127.0.0.1:PORT/%2F``: the virtual host of all. Tests have one of their own."""
        return self.url_of(MAIN)

    def url_of(self, virtual_host: str) -> str:
        """The URL of one of its virtual hosts."""
        return f"amqp://{USER}:{PASSWORD}@{self.host}:{self.port}/{quote(virtual_host, safe='')}"

    def namespace(self, *, label: str = "test") -> RabbitNamespace:
        """A virtual host of one's own: no exchange or queue in it is seen from another.

        Args:
            label: begins its name, to be found again in logs.

        Raises:
            ResourceError: the server refused.
        """
        name = self._names.next(label)
        self._ask(f"add {name}")
        return RabbitNamespace(self, name)

    def remove(self, name: str) -> None:
        """Delete a virtual host: its queues, its exchanges, its connections."""
        self._ask(f"delete {name}")

    def _ask(self, question: str) -> None:
        held = self._started()
        held.bring_back()
        try:
            ask(socket_of(held.run), question)
        except OSError as error:
            raise ResourceError(f"RabbitMQ at {self.host}:{self.port} did not answer {question!r}: {error}") from error


@dataclass(frozen=True)
class RabbitNamespace:
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()
