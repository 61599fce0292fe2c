"""The recorder of a run: what is seen between services goes into a folder of notes, which an audit reads."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accord.contract.coverage.notes import NoteFile
from accord.contract.coverage.report import counted
from accord.core.errors import UsageError
from accord.testing.traffic.addresses import Addresses, Told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import httpx

    from accord.contract.coverage.losses import LostNotes
    from accord.contract.coverage.observations import ObservedCall
    from accord.testing.traffic.exchanges import Exchange
    from accord.testing.traffic.recording_transport import RecordingTransport

FOLDER_VARIABLE = "ACCORD_TRAFFIC"
CONSUMER_VARIABLE = "ACCORD_TRAFFIC_CONSUMER"
PROVIDERS_VARIABLE = "ACCORD_TRAFFIC_PROVIDERS"


class Traffic:
    """Notes calls and messages. Without a folder it notes nothing, so that tests need not ask whether an audit is on.

    Args:
        folder: of the run's notes.
        secrets: names of further headers, parameters and fields whose values are not to be noted.
    """

    def __init__(self, folder: Path | None, *, secrets: Sequence[str] = ()) -> None:
        self.folder = folder
        self._notes = NoteFile(folder, secrets=secrets) if folder is not None else None

    @property
    def is_recording(self) -> bool:
        """Whether anything is noted."""
        return self._notes is not None

    @contextmanager
    def watch(
        self,
        consumer: str,
        providers: Mapping[str, str | Sequence[str]] | Callable[[str], str | None],
        *,
        doubled: bool = False,
    ) -> Iterator[None]:
        """Note every call that httpx makes from this process to one of these while the block lasts.

        Args:
            consumer: who runs in this process.
            providers: participant to its URL, or to several; or a function of a URL that gives the participant, or
                None. Calls to other URLs are left alone.
            doubled: the answers come from doubles, which may deviate on purpose: only what is asked for is judged.

        Raises:
            UsageError: no URL, or this process is watched already.
        """
        addresses = Told(providers) if callable(providers) else Addresses(providers)
        if self._notes is None:
            yield
            return
        from accord.testing.traffic.watching import watched_httpx  # noqa: PLC0415 - httpx, where something is noted

        def find(request: httpx.Request) -> tuple[str, str] | None:
            return addresses.find(str(request.url))

        with watched_httpx(consumer, self._noting(consumer, find, doubled=doubled)):
            yield

    def transport(
        self,
        inner: httpx.BaseTransport | httpx.AsyncBaseTransport,
        *,
        consumer: str,
        provider: str,
        doubled: bool = False,
    ) -> RecordingTransport:
        """A transport for ``httpx.Client`` or ``httpx.AsyncClient`` that passes on to another one and notes.

        Streams flow as they come; what was answered is noted when it has been read, or closed.

        Args:
            inner: what really carries requests.
            consumer: who calls.
            provider: who is called, at whatever URL.
            doubled: as for watch.
        """
        from accord.testing.traffic.recording_transport import RecordingTransport  # noqa: PLC0415 - as above

        def find(request: httpx.Request) -> tuple[str, str]:
            return provider, request.url.raw_path.decode("ascii")

        return RecordingTransport(inner, self._noting(consumer, find, doubled=doubled))

    def call(self, call: ObservedCall) -> None:
        """Note a call that was seen by other means. One that cannot be noted is counted as lost (see lost)."""
        if self._notes is not None:
            self._notes.call(call)

    def lose(self, consumer: str, provider: str | None, error: Exception) -> None:
        """Count a call that could not be noted: no service is to break for want of a note, and no audit to miss it.

        Args:
            consumer: who called.
            provider: who was called, where that is known.
            error: why.
        """
        if self._notes is not None:
            self._notes.lose(consumer, provider or "?", error)

    @property
    def lost(self) -> list[LostNotes]:
        """What could not be noted, where that could not be told in the folder either; whole after close."""
        return self._notes.untold_losses() if self._notes is not None else []

    def _noting(
        self, consumer: str, find: Callable[[httpx.Request], tuple[str, str] | None], *, doubled: bool
    ) -> Callable[[Exchange], None]:
        def note(exchange: Exchange) -> None:
            found = None
            try:
                found = find(exchange.request)
                if found is not None:
                    self.call(exchange.observed(consumer, found, doubled=doubled))
            except Exception as error:  # noqa: BLE001 - whatever it is, the service that is watched must not feel it
                self.lose(consumer, found and found[0], error)

        return note

    def message(
        self,
        content: Any,
        *,
        provider: str,
        readers: Sequence[str],
        metadata: Mapping[str, Any] | None = None,
        test: str | None = None,
    ) -> None:
        """Note a message.

        Args:
            content: a JSON value, or its bytes.
            provider: who published it.
            readers: who reads it; each needs a contract with the publisher.
            metadata: what travelled beside it, where that is part of the contract.
            test: the test's id; the running test by default.

        Raises:
            UsageError: bytes that are no JSON.
        """
        if self._notes is not None:
            try:
                self._notes.message(content, provider=provider, readers=readers, metadata=metadata, test=test)
            except ValueError as error:
                raise UsageError(f"a message of {provider} is no JSON: {error}") from None

    def command(self, module: str) -> list[str]:
        """The command line that runs a module as ``python -m`` does, with its calls noted (see environment)."""
        if self._notes is None:
            return [sys.executable, "-m", module]
        return [sys.executable, "-m", "accord.testing.traffic", module]

    def environment(self, consumer: str, providers: Mapping[str, str | Sequence[str]]) -> dict[str, str]:
        """The variables that a process with such a command line needs.

        Args:
            consumer: who runs in that process.
            providers: as for watch.

        Raises:
            UsageError: no URL.
        """
        Addresses(providers)
        if self.folder is None:
            return {}
        return {
            FOLDER_VARIABLE: str(self.folder),
            CONSUMER_VARIABLE: consumer,
            PROVIDERS_VARIABLE: json.dumps(dict(providers)),
        }

    def close(self) -> None:
        """Close the file of notes."""
        if self._notes is not None:
            self._notes.close()


@contextmanager
def noted_by_environment() -> Iterator[None]:
    """Note the calls of this process as its environment says; nothing where it says nothing.

    Raises:
        UsageError: a variable is missing or cannot be read.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        yield
        return
    consumer, providers = os.environ.get(CONSUMER_VARIABLE), os.environ.get(PROVIDERS_VARIABLE)
    if not consumer or not providers:
        raise UsageError(f"{FOLDER_VARIABLE} is set; set {CONSUMER_VARIABLE} and {PROVIDERS_VARIABLE} too")
    try:
        known = json.loads(providers)
    except ValueError as error:
        raise UsageError(f'{PROVIDERS_VARIABLE}: expected JSON such as {{"Payments": "http://…"}}: {error}') from None
    if not isinstance(known, dict):
        raise UsageError(f"{PROVIDERS_VARIABLE}: expected an object of participants and URLs, seen {providers!r}")
    traffic = Traffic(Path(folder))
    try:
        with traffic.watch(consumer, known):
            yield
    finally:
        traffic.close()
        for each in traffic.lost:  # of this nobody else will know
            sys.stderr.write(
                f"accord: {counted(each.times, 'call')} of {each.consumer} to {each.provider} could not be noted: "
                f"{each.why}\n"
            )
