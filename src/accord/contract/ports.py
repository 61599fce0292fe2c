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

OPENERS = "accord.hubs"
"""The group of entry points that open URLs: ``opener(url)`` gives a PactSource that is a ResultSink too."""


class NoContractsError(UsageError):
    """There is nothing to verify."""


class PactSource(ABC):
    """A place that contracts come from."""

    @abstractmethod
    def contracts_for(self, provider: str) -> Sequence[Contract]:
        """All contracts that a provider has to keep.

        Raises:
            AccordError: the place cannot be read.
        """

    async def acontracts_for(self, provider: str) -> Sequence[Contract]:
        """The same for async code; a place that is far away does not hold up the event loop."""
        return self.contracts_for(provider)

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

    async def arecord(self, result: VerificationResult) -> None:
        """The same for async code."""
        self.record(result)


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
    """A file, a folder, a hub's URL or a source as a source."""
    if isinstance(place, PactSource):
        return place
    if isinstance(place, str) and is_url(place):
        opened = _opened(place)
        if isinstance(opened, PactSource):
            return opened
    if isinstance(place, (str, Path)):
        return PactFiles(place)
    raise UsageError(f"expected a file, a folder, a hub's URL or a PactSource, seen {place!r}")


def sink_of(place: str | Path | ResultSink) -> ResultSink:
    """The folder of the pacts, a hub's URL or a sink as a sink."""
    if isinstance(place, ResultSink):
        return place
    if isinstance(place, str) and is_url(place):
        opened = _opened(place)
        if isinstance(opened, ResultSink):
            return opened
    from accord.contract.results_folder import ResultsFolder  # noqa: PLC0415 - it builds on this module

    return ResultsFolder(place)


def is_url(place: str) -> bool:
    """Whether a text is the URL of a hub, and no path."""
    return place.startswith(("http://", "https://"))


def _opened(url: str) -> object:
    """What an installed package makes of a URL: contracts know no hub, so it says by an entry point that it is one."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - it reads what is installed; files need none

    for found in entry_points(group=OPENERS, name="http"):
        return found.load()(url)
    raise UsageError(
        f"{url}: nothing that is installed opens a hub's URL (entry point {OPENERS}); install accord itself again"
    )
