"""Real answers as fixtures: recorded once, replayed from files, and checked at every replay against the document."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from accord.core.errors import UsageError
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.core.scrubbing import Scrubber
from accord.suite.guards.guard import GUARD
from accord.testing.doubles import ledger, recording_files
from accord.testing.doubles.findings import RecordingMissing, RecordingStale, WrongRequest
from accord.testing.doubles.openapi_side import OpenApiSide
from accord.testing.doubles.pact_side import PactSide
from accord.testing.doubles.recording_files import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accord.contract.model import Contract
    from accord.contract.openapi.document import OpenApi
    from accord.testing.doubles.sides import Side

_ERRORS = 400


class Recordings:
    """The recordings of a project; the fixture ``recordings`` is one.

    Args:
        folder: where the files are.
        refresh: whether to call the real services and write the files anew.
        scrub: names of headers, parameters and fields that are secret, beside those that are known.
    """

    def __init__(self, folder: str | Path, *, refresh: bool = False, scrub: Sequence[str] = ()) -> None:
        self._folder = Path(folder).resolve()
        self._refresh = refresh
        self._scrub = tuple(scrub)

    def __call__(
        self,
        name: str,
        *,
        url: str,
        openapi: OpenApi | dict[str, Any] | str | Path | None = None,
        pact: Contract | dict[str, Any] | str | Path | None = None,
        provider: str | None = None,
        scrub: Sequence[str] = (),
    ) -> Recording:
        """One recording.

        Args:
            name: of its file, without ``.json``; may have folders.
            url: of the real service; called with ``--refresh`` alone.
            openapi: the document that requests and answers are checked against.
            pact: instead, a pact.
            provider: of a folder's pacts, those with this provider.
            scrub: further names of secrets.

        Raises:
            UsageError: neither document nor pact, both, or a name that leads out of the folder.
            DocumentError: the document cannot be read.
        """
        if (openapi is None) == (pact is None):
            raise UsageError("a recording is checked against either openapi=… or pact=…: give one of them")
        path = (self._folder / f"{name}.json").resolve()
        if not path.is_relative_to(self._folder):
            raise UsageError(f"the recording {name!r} leads out of {self._folder}")
        side: Side = (
            OpenApiSide(openapi) if openapi is not None else PactSide(_given(pact), provider=provider, states=())
        )
        return Recording(path, url, side, refresh=self._refresh, scrub=(*self._scrub, *scrub))


class Recording:
    """The recorded answers of one service.

    Attributes:
        path: its file.
        transport: for ``httpx.Client(transport=…)`` and ``httpx.AsyncClient(transport=…)``.
    """

    def __init__(self, path: Path, url: str, side: Side, *, refresh: bool = False, scrub: Sequence[str] = ()) -> None:
        self.path = path
        self.side = side
        self.refresh = refresh
        self._url = url
        self._names = tuple(scrub)
        self._exchanges: list[Exchange] | None = [] if refresh else None
        self._replayed: set[int] = set()
        self.transport = _Transport(self)

    def client(self, **settings: Any) -> httpx.Client:
        """A client of the service; takes what ``httpx.Client`` takes."""
        return httpx.Client(transport=self.transport, **{"base_url": self._url, **settings})

    def async_client(self, **settings: Any) -> httpx.AsyncClient:
        """An asynchronous client of the service; takes what ``httpx.AsyncClient`` takes."""
        return httpx.AsyncClient(transport=self.transport, **{"base_url": self._url, **settings})

    def replay(self, request: HttpRequest) -> HttpResponse:
        """The recorded answer to a request; the same request again gets the next one, and the last one for ever.

        Raises:
            WrongRequest: the document does not allow the request.
            RecordingMissing: nothing is recorded for it; names the command.
            RecordingStale: the document does not allow the answer any more; says what is wrong.
        """
        self._refuse_wrong(request)
        wanted = recording_files.request_in_file(request, Scrubber(self._names))
        kept = self._read()
        fitting = [at for at, each in enumerate(kept) if each.request == wanted]
        if not fitting:
            recorded = "".join(f"\n  {each.request['method']} {each.request['target']}" for each in kept)
            raise ledger.found(
                RecordingMissing(
                    f"nothing is recorded for {wanted['method']} {wanted['target']} with this body in {self.path}; "
                    f"recorded: {recorded or 'nothing'}\n{self._advice()}"
                )
            )
        at = next((each for each in fitting if each not in self._replayed), fitting[-1])
        self._replayed.add(at)
        self._refuse_stale(request, kept[at])
        ledger.called(self.side.title)
        if kept[at].response.status >= _ERRORS:
            ledger.failed(self.side.title)
        return kept[at].response

    def record(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Write a real answer into the file.

        Returns:
            The answer without its secrets, as it will be replayed.

        Raises:
            RecordingStale: the document does not allow it.
        """
        self._refuse_wrong(request)
        wrong = self.side.refuse(request.method, request.path, response)
        if wrong is not None:
            title = self.side.title
            raise ledger.found(
                RecordingStale(f"the real service answered what {title} does not allow:\n{wrong}\nNot recorded.")
            )
        scrubber, clean = self._scrubbed(request, response)
        written = recording_files.request_in_file(request, Scrubber(self._names))
        exchange = Exchange(written, clean, self.side.fingerprint(request), response.header("date"))
        kept = self._read()
        kept.append(exchange)
        recording_files.write(self.path, self.side.title, kept, scrubber)
        return clean

    def _scrubbed(self, request: HttpRequest, response: HttpResponse) -> tuple[Scrubber, HttpResponse]:
        """The answer without secrets: plainly marked if the document allows that there, else in their shape."""
        wrong = None
        for keep_shape in (False, True):
            scrubber = Scrubber(self._names, keep_shape=keep_shape)
            scrubber.headers(request.headers)  # what was sent may be echoed
            clean = recording_files.scrubbed(response, scrubber)
            wrong = self.side.refuse(request.method, request.path, clean)
            if wrong is None:
                return scrubber, clean
        raise UsageError(
            f"the answer holds a secret whose place {self.side.title} allows no other value in:\n{wrong}\n"
            "Not recorded; loosen the document's schema there"
        )

    def _refuse_wrong(self, request: HttpRequest) -> None:
        problem = self.side.problem(request)
        if problem is not None:
            raise ledger.found(WrongRequest(f"{self.side.title} does not allow this request:\n{problem}"))

    def _refuse_stale(self, request: HttpRequest, exchange: Exchange) -> None:
        wrong = self.side.refuse(request.method, request.path, exchange.response)
        if wrong is None:
            return
        changed = exchange.declared != self.side.fingerprint(request)
        why = (
            "has changed since it was recorded, and does" if changed else "is as it was when it was recorded, but does"
        )
        raise ledger.found(
            RecordingStale(
                f"{self.path}: what {self.side.title} says of {request.method} {request.path} {why} not allow the "
                f"recorded answer:\n{wrong}\n{self._advice()}"
            )
        )

    def _read(self) -> list[Exchange]:
        if self._exchanges is None:
            self._exchanges = recording_files.read(self.path) if self.path.exists() else []
        return self._exchanges

    def _advice(self) -> str:
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        return f"Record it from {self._url}: pytest --refresh {test!r}" if test else "Record it: refresh=True"


def _given(pact: Contract | dict[str, Any] | str | Path | None) -> Contract | dict[str, Any] | str | Path:
    if pact is None:
        raise UsageError("no pact is given")
    return pact


@contextmanager
def _let_through(host: str) -> Iterator[None]:
    """Let the guards of the test's level pass a call of the real service, which was asked for."""
    added = host not in GUARD.allowed_hosts
    GUARD.allowed_hosts.add(host)
    try:
        with GUARD.suspended():
            yield
    finally:
        if added:
            GUARD.allowed_hosts.discard(host)


class _Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = _sent(request, request.read())
        if not self._recording.refresh:
            return _came(self._recording.replay(sent))
        with _let_through(request.url.host), httpx.HTTPTransport() as real:
            response = real.handle_request(request)
            response.read()
        return _came(self._recording.record(sent, _received(response)))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        sent = _sent(request, await request.aread())
        if not self._recording.refresh:
            return _came(self._recording.replay(sent))
        with _let_through(request.url.host):
            async with httpx.AsyncHTTPTransport() as real:
                response = await real.handle_async_request(request)
                await response.aread()
        return _came(self._recording.record(sent, _received(response)))


def _sent(request: httpx.Request, body: bytes) -> HttpRequest:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
    return HttpRequest(request.method, request.url.raw_path.decode("ascii"), headers, body)


def _received(response: httpx.Response) -> HttpResponse:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
    return HttpResponse(response.status_code, headers, response.content)


def _came(response: HttpResponse) -> httpx.Response:
    return httpx.Response(response.status, headers=list(response.headers), content=response.body)
