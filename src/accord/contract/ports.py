"""Where contracts come from and where results go: files now, a hub or any other source behind the same ports."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from accord.contract.model import Contract
from accord.core.documents import read_json_file
from accord.core.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.contract.verification import VerificationResult


class PactSource(ABC):
    """A place that contracts come from."""

    @abstractmethod
    def contracts_for(self, provider: str) -> Sequence[Contract]:
        """All contracts that a provider has to keep.

        Raises:
            AccordError: the place cannot be read.
        """

    @abstractmethod
    def describe(self) -> str:
        """The place, for messages."""


class ResultSink(ABC):
    """A place that results of verifications go to."""

    @abstractmethod
    def record(self, result: VerificationResult) -> None:
        """Keep a result.

        Raises:
            AccordError: it cannot be kept.
        """


class PactFiles(PactSource):
    """A pact file, or a folder of them; from a folder only the contracts with the provider asked for are taken.

    Args:
        path: the file or the folder; folders below it are not looked into.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def contracts_for(self, provider: str) -> Sequence[Contract]:
        """See PactSource.

        Raises:
            DocumentError: nothing there, or a file that is not JSON.
            ContractFormatError: a file that is not a pact.
            UsageError: a file with another provider's contract.
        """
        if self.path.is_dir():
            return [contract for contract in self.all_contracts() if contract.provider == provider]
        (contract,) = self.all_contracts()
        if contract.provider != provider:
            raise UsageError(
                f"{self.path} is the pact between {contract.consumer} and {contract.provider}; "
                f"the provider to verify is {provider}. Is a name misspelt?"
            )
        return [contract]

    def all_contracts(self) -> list[Contract]:
        """Every contract of the file or folder, whoever the provider is."""
        if not self.path.exists():
            raise DocumentError(
                "no such file or folder; have the consumer's tests written a pact yet?", source=str(self.path)
            )
        if self.path.is_dir():
            return [Contract.read(file) for file in sorted(self.path.glob("*.json")) if _is_pact(file)]
        return [Contract.read(self.path)]

    def describe(self) -> str:
        """The path."""
        return str(self.path)


def _is_pact(file: Path) -> bool:
    """Whether a file in a folder is meant as a pact: what is not JSON or names a participant is, and is read as one."""
    try:
        document = read_json_file(file)
    except DocumentError:
        return True
    return not isinstance(document, dict) or "consumer" in document or "provider" in document


def source_of(place: str | Path | PactSource) -> PactSource:
    """A file, a folder or a source as a source."""
    if isinstance(place, PactSource):
        return place
    if isinstance(place, (str, Path)):
        if str(place).startswith(("http://", "https://")):
            raise UsageError(
                f"{place}: pacts from a URL are read through the hub's client, which this version does not have yet; "
                "give a file or a folder"
            )
        return PactFiles(place)
    raise UsageError(f"expected a file, a folder or a PactSource, seen {place!r}")
