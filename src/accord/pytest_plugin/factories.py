"""The types of what the fixtures ``pact`` and ``verifier`` give, for annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from accord.contract.consumer import Pact
    from accord.contract.provider import Verifier


class PactFactory(Protocol):
    """What the fixture ``pact`` gives."""

    def __call__(
        self, consumer: str, provider: str, *, version: str = "4.0", directory: str | Path | None = None
    ) -> Pact:
        """Make a pact; its file goes to the configured pact_directory of the project by default."""


class VerifierFactory(Protocol):
    """What the fixture ``verifier`` gives."""

    def __call__(self, provider: str, *, version: str | None = None, time_limit: float = 30.0) -> Verifier:
        """Make a verifier."""
