"""What a kind of server needs to be run on this machine; everything else about running is the same for all kinds."""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from accord.infra import runs
from accord.infra.supervision import Signals

if TYPE_CHECKING:
    from pathlib import Path

    from accord.infra.programs import Program
    from accord.infra.running import Running
    from accord.infra.runs import Run, Storage
    from accord.infra.users import ServerUser


@dataclass(frozen=True)
class Recipe(ABC):
    """Which server is wanted, and how its kind is run.

    Attributes:
        program: the program the caller named, if any.
        settings: the server's settings beside ours, sorted.
        share: those who give the same word and want the same thing get the same server.
        storage: where its data lie.
        version: the version asked for; the nearest newer one is taken where it is not here, with a warning.
        strict: whether that is refused instead.
        port: the port of clients; None for one that is free.
    """

    title: ClassVar[str]  # for messages
    scheme: ClassVar[str]  # of the URLs clients use
    kind: ClassVar[str]  # begins the run's directory; a few letters
    ports: ClassVar[int] = 1  # how many it listens on; clients use the first
    signals: ClassVar[Signals] = Signals()
    starts_at_once: ClassVar[bool] = True  # False where preparing takes long: then the supervisor starts meanwhile
    port_taken: ClassVar[tuple[str, ...]] = ("in use",)  # what its log says then

    program: str | None = None
    settings: tuple[tuple[str, str], ...] = ()
    share: str | None = None
    storage: Storage = "auto"
    version: str | None = None
    strict: bool = False
    port: int | None = None

    @property
    def signpost(self) -> Path:
        """Where those who share find the run, and the lock they take to start and to leave."""
        return runs.signpost(
            self.kind, json.dumps([self.share, self.program, self.settings, self.storage, self.version, self.port])
        )

    def start(self) -> Running:
        """Start such a server, or join the one that is shared.

        Raises:
            ResourceMissingError: there is none on this machine.
            ResourceError: it did not start.
        """
        from accord.infra.running import start  # noqa: PLC0415 - it needs recipes itself

        return start(self)

    @abstractmethod
    def find(self) -> Program:
        """The program on this machine.

        Raises:
            ResourceMissingError: there is none.
            ResourceError: it cannot be used.
        """

    @abstractmethod
    def command(self, program: Program, run: Run) -> list[str]:
        """The program and what it is always started with."""

    def arguments(self, ports: tuple[int, ...]) -> list[str]:
        """What comes after the command and names the ports; without spaces."""
        del ports
        return []

    def prepare(self, program: Program, run: Run) -> None:  # noqa: B027 - not every server needs it
        """Fill the run's data directory, once."""

    def configure(self, run: Run, ports: tuple[int, ...]) -> None:  # noqa: B027 - the same
        """Write what names the ports, where arguments cannot; once for each try."""

    @abstractmethod
    def problem(self, run: Run, ports: tuple[int, ...]) -> str | None:
        """What keeps this very server (not another on its port) from serving; None when it is ready."""

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def user(self) -> ServerUser | None:
        """Whom it must run as; None for this process's user."""
        return None
