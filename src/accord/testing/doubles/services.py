"""``double_from``: a stand-in for an HTTP service that takes and answers only what its document or its pact allows."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Self

import httpx

from accord.core.clock import clock
from accord.core.errors import UsageError
from accord.core.http.messages import HttpRequest
from accord.testing.doubles import faults, ledger
from accord.testing.doubles.findings import DoubleLies, WrongRequest
from accord.testing.doubles.openapi_side import OpenApiSide
from accord.testing.doubles.pact_side import PactSide
from accord.testing.doubles.sides import NOTHING, is_from_the_way, response_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from accord.contract.model import Contract
    from accord.contract.openapi.document import OpenApi
    from accord.testing.doubles.sides import Side

    Fault = Callable[[Side, HttpRequest, Mapping[str, Any]], faults.Outcome]

BASE_URL = "http://double"


def double_from(
    *,
    openapi: OpenApi | dict[str, Any] | str | Path | None = None,
    pact: Contract | dict[str, Any] | str | Path | None = None,
    provider: str | None = None,
    states: Sequence[str] = (),
) -> HttpDouble:
    """Make a double of an HTTP service.

    Args:
        openapi: its document: the JSON value, a file, or a folder with an ``openapi.json`` or ``.yaml``.
        pact: instead, a pact: the JSON value, a file, or a folder of them.
        provider: of a folder's pacts, those with this provider.
        states: of a pact's interactions, those with all of these provider states.

    Raises:
        UsageError: neither or both are given, or what is chosen is not there.
        DocumentError: it cannot be read.
        ResourceMissingError: a package is not installed: pip install 'accord[openapi]'.
    """
    if openapi is not None and pact is None:
        if provider is not None or states:
            raise UsageError("double_from(openapi=…): provider and states choose among pacts; a document has none")
        return HttpDouble(OpenApiSide(openapi))
    if pact is not None and openapi is None:
        return HttpDouble(PactSide(pact, provider=provider, states=states))
    raise UsageError("double_from() needs either openapi=… or pact=…")


class _Behaviour:
    """What can be said of one operation or of all; what is said later goes first."""

    def __init__(self, service: HttpDouble, method: str | None, path: str | None) -> None:
        self._service = service
        self._method = method
        self._path = path

    def answers(
        self, status: int, body: Any = NOTHING, *, headers: Mapping[str, str] | None = None, times: int | None = None
    ) -> Self:
        """Answer this. Without a body, the one that the document has for the status; a gateway's error needs none.

        Raises:
            DoubleLies: the document or the pact does not allow it; names field, expected and seen.
            UsageError: for all operations a gateway's errors alone can be said.
        """
        if self._method is None or self._path is None:
            if body is not NOTHING or headers or not is_from_the_way(status):
                raise UsageError(f"answers({status}) for all operations at once is no answer; say which: .on(…)")
            return self._set(faults.with_status(status), times)
        if body is NOTHING and not headers:
            if not is_from_the_way(status):
                self._service.refuse_undeclared(self._method, self._path, status)
            return self._set(faults.with_status(status), times)
        response = response_of(status, body, headers)
        wrong = self._service.side.refuse(self._method, self._path, response)
        if wrong is not None:
            raise DoubleLies(
                f"{self._service.side.title} does not allow this answer:\n{wrong}\nThe real service never answers so: "
                "correct the answer, or the document if it is what is wrong."
            )
        return self._set(lambda *_: faults.answered(response), times)

    def times_out(self, phase: str = "read", *, times: int | None = None) -> Self:
        """Let the client's time limit pass, without waiting; the phase is read, connect or write."""
        return self._set(faults.timing_out(phase), times)

    def is_down(self, *, times: int | None = None) -> Self:
        """Refuse the connection."""
        return self._set(faults.down, times)

    def malformed(self, *, times: int | None = None) -> Self:
        """Answer with a body that breaks off in the middle."""
        return self._set(faults.malformed, times)

    def wrong_shape(self, *, times: int | None = None) -> Self:
        """Answer good JSON that the document does not allow: a wrong type, a field missing."""
        return self._set(faults.wrong_shape, times)

    def slow(self, seconds: float, *, times: int | None = None) -> Self:
        """Answer so many seconds later; a client whose limit is shorter gets its ReadTimeout at once.

        Waits by the clock of ``poll_until``: virtual in unit tests.
        """
        return self._set(faults.slow(seconds), times)

    def _set(self, fault: Fault, times: int | None) -> Self:
        if times is not None and times < 1:
            raise UsageError(f"times={times}: expected 1 or more, or nothing for every request")
        self._service.add(self._method, self._path, fault, times)
        return self


class HttpDouble(_Behaviour):
    """A double of an HTTP service; made by ``double_from``.

    What is said of it itself is said of all its operations. A wrong request raises WrongRequest in the client, and lets
    the test fail at its end if the code under test swallows that (under pytest; elsewhere use a ``with`` block).

    Attributes:
        transport: for ``httpx.Client(transport=…)`` and ``httpx.AsyncClient(transport=…)``.
        requests: those that came, in their order.
        side: what it stands for.
    """

    def __init__(self, side: Side) -> None:
        super().__init__(self, None, None)
        self.side = side
        self.transport = _Transport(self)
        self.requests: deque[HttpRequest] = deque(maxlen=10_000)
        self._wrong: list[WrongRequest] = []
        self._rules: list[tuple[str | None, str | None, Fault, list[int | None]]] = []

    def on(self, method: str, path: str) -> _Behaviour:
        """One operation, by its template (``/orders/{id}``) or for one path of it (``/orders/o-1``).

        Raises:
            UsageError: there is no such operation; the nearest is named.
        """
        self.side.refuse_unknown(method.upper(), path)
        return _Behaviour(self, method.upper(), path)

    def given(self, *states: str) -> Self:
        """Answer by those of a pact's interactions that have all of these provider states.

        Raises:
            UsageError: not from a pact, or no such state.
        """
        if not isinstance(self.side, PactSide):
            raise UsageError(f"{self.side.title} is no pact: it has no provider states")
        self.side.select(states)
        return self

    def client(self, **settings: Any) -> httpx.Client:
        """A client of the double; takes what ``httpx.Client`` takes."""
        return httpx.Client(transport=self.transport, **{"base_url": BASE_URL, **settings})

    def async_client(self, **settings: Any) -> httpx.AsyncClient:
        """An asynchronous client of the double; takes what ``httpx.AsyncClient`` takes."""
        return httpx.AsyncClient(transport=self.transport, **{"base_url": BASE_URL, **settings})

    def add(self, method: str | None, path: str | None, fault: Fault, times: int | None) -> None:
        """Set a behaviour; it goes before those that were set earlier."""
        self._rules.insert(0, (method, path, fault, [times]))

    def refuse_undeclared(self, method: str, path: str, status: int) -> None:
        """Refuse a status that the document or the pact does not have.

        Raises:
            DoubleLies: it has not.
        """
        statuses = self.side.statuses(method, path)
        if str(status) not in statuses and f"{status // 100}XX" not in statuses and "default" not in statuses:
            raise DoubleLies(
                f"{self.side.title} has no answer {status} to {method} {path}; it has {', '.join(statuses) or 'none'}"
            )

    def outcome(self, request: HttpRequest, limits: Mapping[str, Any]) -> faults.Outcome:
        """What comes of a request.

        Raises:
            WrongRequest: it is not allowed.
        """
        self.requests.append(request)
        ledger.called(self.side.title)
        problem = self.side.problem(request)
        if problem is not None:
            wrong = WrongRequest(f"{self.side.title} does not allow this request:\n{problem}")
            self._wrong.append(wrong)
            raise ledger.found(wrong)
        outcome = self._fault(request)(self.side, request, limits)
        if outcome.failed:
            ledger.failed(self.side.title)
        return outcome

    def _fault(self, request: HttpRequest) -> Fault:
        for method, path, fault, left in self._rules:
            if left[0] == 0 or (method is not None and not self.side.is_for(method, path or "", request)):
                continue
            if left[0] is not None:
                left[0] -= 1
            return fault
        return faults.usual

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._wrong:
            raise self._wrong[0]


class _Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    def __init__(self, service: HttpDouble) -> None:
        self._service = service

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        outcome = self._outcome(request, request.read())
        if outcome.delay:
            clock().sleep(outcome.delay)
        return _made(outcome, request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        outcome = self._outcome(request, await request.aread())
        if outcome.delay:
            await clock().sleep_async(outcome.delay)
        return _made(outcome, request)

    def _outcome(self, request: httpx.Request, body: bytes) -> faults.Outcome:
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
        sent = HttpRequest(request.method, request.url.raw_path.decode("ascii"), headers, body)
        return self._service.outcome(sent, request.extensions.get("timeout") or {})


def _made(outcome: faults.Outcome, request: httpx.Request) -> httpx.Response:
    if outcome.error is not None:
        raise outcome.error(outcome.message, request=request)
    answer = outcome.response
    if answer is None:  # an outcome is one or the other
        raise AssertionError("an outcome without answer and error")
    return httpx.Response(answer.status, headers=list(answer.headers), content=answer.body, request=request)
