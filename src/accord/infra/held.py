"""What a server object needs of whatever runs it: this machine, a container engine, or somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from accord.infra.addresses import Address


class Held(Protocol):
    """A server that this process holds."""

    @property
    def address(self) -> Address:
        """Where clients connect."""
        ...

    @property
    def version(self) -> str:
        """As the server says itself."""
        ...

    @property
    def origin(self) -> str:
        """Where it comes from, for people: a wheel, PATH, an image, a URL without its password."""
        ...

    def log(self) -> str:
        """What it has logged."""
        ...

    def bring_back(self) -> None:
        """Resume or start it where it was paused or killed; nothing when it runs."""
        ...

    def disturb(self, action: str) -> None:
        """``kill``, ``pause``, ``resume`` or ``stop``.

        Raises:
            UsageError: it is not ours to disturb.
        """
        ...

    def leave(self) -> None:
        """Let go of it; the last who does ends it."""
        ...


class Source(Protocol):
    """Where a server can be had."""

    @property
    def title(self) -> str:
        """Which server, for messages."""
        ...

    @property
    def share(self) -> str | None:
        """The word by which processes share it; None where nobody else uses it."""
        ...

    def start(self) -> Held:
        """Start it, join it, or connect to it.

        Raises:
            ResourceMissingError: there is none.
            ResourceError: it did not start, or does not answer.
        """
        ...
