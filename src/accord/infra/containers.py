"""A server in a container, by Testcontainers, where a container engine answers. Unproven where none does."""

from __future__ import annotations

import importlib.util
import os
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from accord.core.errors import ResourceError, ResourceMissingError
from accord.infra import ports, versions
from accord.infra.addresses import Address
from accord.infra.existing import first_answer

if TYPE_CHECKING:
    from collections.abc import Callable

_USUAL_ENGINE = "unix:///var/run/docker.sock"
_PING_TIMEOUT = 3.0  # seconds
_LONGEST_ANSWER = 4096  # bytes
_START_TIMEOUT = 60.0  # seconds, when the image is there


def engine_problem() -> str | None:
    """What is in the way of containers by Testcontainers; None when nothing is."""
    if importlib.util.find_spec("testcontainers") is None:
        return "Testcontainers is not installed: run `pip install 'accord[docker]'`"
    return ping_problem()


def ping_problem() -> str | None:
    """What is in the way of a container engine.

    Returns:
        None when one answers a ping; a ``docker`` on PATH proves nothing.
    """
    where = os.environ.get("DOCKER_HOST") or _USUAL_ENGINE
    try:
        parts = urlsplit(where)
        with _engine(where) as engine:
            engine.settimeout(_PING_TIMEOUT)
            engine.connect(parts.path if parts.scheme == "unix" else (parts.hostname or "", parts.port or 2375))
            if os.environ.get("DOCKER_TLS_VERIFY"):  # that somebody listens is all that can be seen from outside
                return None
            engine.sendall(b"GET /_ping HTTP/1.0\r\nHost: engine\r\n\r\n")
            answer = engine.recv(_LONGEST_ANSWER).split(b"\r\n")[0]
    except ValueError as error:
        return (
            f"DOCKER_HOST={where!r} is no address of a container engine ({error}); unix:///PATH or tcp://HOST:PORT is"
        )
    except OSError as error:
        return f"no container engine answers at {where}: {error}"
    return None if b" 200" in answer else f"what answers at {where} is no container engine: {answer!r}"


def _engine(where: str) -> socket.socket:
    # By hand: the engine's client takes a third of a second to import, and leaves a socket open when nothing answers.
    return socket.socket(socket.AF_UNIX if where.startswith("unix:") else socket.AF_INET, socket.SOCK_STREAM)


@dataclass(frozen=True)
class Container:
    """The source of such a server.

    Attributes:
        title: which server, for messages.
        image: the image.
        inside: the ports it listens on inside; clients use the first.
        ask_version: as of Existing.
        url: the URL clients use, with ``{port}`` for the first of them as seen from here.
        command: what the image is started with; None for its own. May hold ``{port}``.
        environment: variables inside; values may hold ``{port}``.
        outside: the ports of this machine for some of those inside; the others are chosen.
    """

    title: str
    image: str
    inside: tuple[int, ...]
    ask_version: Callable[[Address], str]
    url: str
    user: str = ""
    password: str = ""
    command: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    outside: dict[int, int] = field(default_factory=dict)
    asked: str | None = None
    strict: bool = False
    share: str | None = None

    def start(self) -> ContainerHeld:
        """Start it.

        Raises:
            ResourceMissingError: no engine answers.
            ResourceError: the container does not start, or what is in it does not answer.
        """
        if problem := engine_problem():
            raise ResourceMissingError(
                f"{self.title} cannot run in a container: {problem}. Start Docker or Podman, or use another provider: "
                "see `accord doctor`."
            )
        from testcontainers.core.container import DockerContainer  # noqa: PLC0415 - an extra, and slow to import

        # Ports chosen here stay the same after a restart, and can be told to a server that must advertise its own.
        free = ports.free_ports()
        outside = tuple(self.outside.get(port) or next(free) for port in self.inside)
        names = {"port": outside[0]}
        try:
            container = DockerContainer(self.image)  # connects to the engine
        except Exception as error:
            raise ResourceError(f"the container engine does not work: {error}") from error
        for name, value in self.environment.items():
            container.with_env(name, value.format(**names))
        published: Any = container.ports  # the engine takes an address too, its types do not say so
        for port_inside, port in zip(self.inside, outside, strict=True):
            published[port_inside] = (ports.LOOPBACK, port)
        if self.command is not None:
            container.with_command(self.command.format(**names))
        try:
            container.start()
        except Exception as error:
            raise ResourceError(f"the container of {self.image} does not start: {error}") from error
        address = Address(self.url.format(**names), ports.LOOPBACK, outside[0], self.user, self.password)
        try:
            what = f"{self.title} in {self.image}"
            version = first_answer(address, self.ask_version, what=what, timeout=_START_TIMEOUT)
            versions.accept(self.title, asked=self.asked, seen=version, strict=self.strict)
        except BaseException:
            container.stop()
            raise
        return ContainerHeld(self, container, address, version)


@dataclass
class ContainerHeld:
    """A container of this process's own."""

    source: Container
    container: Any
    address: Address
    version: str
    undo: str = ""

    @property
    def origin(self) -> str:
        return f"image {self.source.image}"

    def log(self) -> str:
        text: str = self.container.get_wrapped_container().logs().decode("utf-8", "replace")
        return text

    def bring_back(self) -> None:
        if self.undo:
            undo, self.undo = self.undo, ""
            getattr(self.container.get_wrapped_container(), undo)()
            first_answer(self.address, self.source.ask_version, what=self.source.title, timeout=_START_TIMEOUT)

    def disturb(self, action: str) -> None:
        words = {"kill": "kill", "stop": "stop", "pause": "pause", "resume": "unpause"}
        getattr(self.container.get_wrapped_container(), words[action])()
        self.undo = {"kill": "start", "stop": "start", "pause": "unpause", "resume": ""}[action]

    def leave(self) -> None:
        self.container.stop()
