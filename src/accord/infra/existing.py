"""A server that is there already, named by its URL: used, never disturbed, left as it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError, UsageError
from accord.infra import versions
from accord.infra.waiting import wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.infra.addresses import Address

_TIMEOUT = 10.0  # seconds; it is said to be there


@dataclass(frozen=True)
class Existing:
    """The source of such a server.

    Attributes:
        title: which server, for messages.
        address: where it is.
        ask_version: talks to it as a client and gives its version; an OSError or ResourceError when it is not ready.
        asked: the version asked for, if any.
        strict: whether another version is refused.
    """

    title: str
    address: Address
    ask_version: Callable[[Address], str]
    asked: str | None = None
    strict: bool = False
    share: str | None = "by its URL"

    def start(self) -> ExistingHeld:
        """Connect once.

        Raises:
            ResourceError: it does not answer.
            ResourceMissingError: it is older than asked for.
        """
        version = first_answer(
            self.address, self.ask_version, what=f"{self.title} at {self.address.shown}", timeout=_TIMEOUT
        )
        versions.accept(self.title, asked=self.asked, seen=version, strict=self.strict)
        return ExistingHeld(self, version)


@dataclass(frozen=True)
class ExistingHeld:
    """A hold that holds nothing: the server is somebody else's."""

    source: Existing
    version: str

    @property
    def address(self) -> Address:
        return self.source.address

    @property
    def origin(self) -> str:
        return self.source.address.shown

    def log(self) -> str:
        return f"(the log of {self.origin} is where that server runs)"

    def bring_back(self) -> None:
        """It is not ours to start."""

    def disturb(self, action: str) -> None:
        raise UsageError(f"cannot {action} {self.origin}: it is not Accord's own, and others may use it")

    def leave(self) -> None:
        """There is nothing to end."""


def first_answer(address: Address, ask: Callable[[Address], str], *, what: str, timeout: float) -> str:
    """Ask until there is an answer, and give it.

    Raises:
        ResourceError: there was none in time.
    """
    answers = []

    def question() -> str | None:
        try:
            answers.append(ask(address))
        except (OSError, ValueError, ResourceError) as error:
            return f"{type(error).__name__}: {error}"
        return None

    wait_until_ready(question, what=what, timeout=timeout)
    return answers[0]
