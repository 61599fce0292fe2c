"""The StubServer as a transport of httpx, sync and async. A module of its own: httpx takes 80 ms to import."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import httpx

from accord.core.clock import clock
from accord.core.errors import AccordError
from accord.stub.requests import StubRequest
from accord.stub.serving.outgoing import Outgoing

if TYPE_CHECKING:
    from accord.core.http.messages import HttpResponse
    from accord.stub.engine import Engine
    from accord.stub.plan import Call, Plan
    from accord.stub.space import Space

_FAULTS = {
    "EMPTY_RESPONSE": "Server disconnected without sending a response.",
    "MALFORMED_RESPONSE_CHUNK": "illegal chunk header",
    "RANDOM_DATA_THEN_CLOSE": "illegal status line",
}


class StubTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Hands each request to the engine in this process; fits httpx.Client and httpx.AsyncClient.

    Delays are waited for, up to the client's read timeout; a fault is the exception that httpx raises for it.
    """

    def __init__(self, engine: Engine, space: Space) -> None:
        self._engine = engine
        self._space = space
        self._outgoing = Outgoing(engine.targets, engine.options.proxy_timeout)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx.BaseTransport."""
        plan = self._plan(request, request.read())
        if plan.call is not None:
            started = time.monotonic()
            plan = self._engine.proxied(plan, self._called(plan.call), time.monotonic() - started, self._space)
        wait, is_late = _wait(plan, request)
        clock().sleep(wait)  # virtual in a unit test
        for call in plan.webhooks:
            self._called(call)
        return _response(plan, request, is_late=is_late)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx.AsyncBaseTransport."""
        plan = self._plan(request, await request.aread())
        if plan.call is not None:
            started = time.monotonic()
            answer = await asyncio.to_thread(self._called, plan.call)
            plan = self._engine.proxied(plan, answer, time.monotonic() - started, self._space)
        wait, is_late = _wait(plan, request)
        await clock().sleep_async(wait)
        for call in plan.webhooks:
            await asyncio.to_thread(self._called, call)
        return _response(plan, request, is_late=is_late)

    def close(self) -> None:
        """Close the connections to proxied services."""
        self._outgoing.close()

    def _plan(self, request: httpx.Request, body: bytes) -> Plan:
        received = StubRequest(
            request.method, request.url.raw_path.decode("ascii"), request.headers.raw, body,
            scheme=request.url.scheme, port=request.url.port or 80,
        )  # fmt: skip
        return self._engine.answer(received, self._space)

    def _called(self, call: Call) -> HttpResponse | AccordError:
        try:
            return self._outgoing.call(call)
        except AccordError as error:
            return error


def _wait(plan: Plan, request: httpx.Request) -> tuple[float, bool]:
    """How long to wait, and whether the client gives up then."""
    limit = (request.extensions.get("timeout") or {}).get("read")
    seconds = plan.delay + (plan.dribble.seconds if plan.dribble is not None else 0.0)
    if limit is not None and plan.delay > limit:
        return limit, True
    return seconds, False


def _response(plan: Plan, request: httpx.Request, *, is_late: bool) -> httpx.Response:
    if is_late:
        raise httpx.ReadTimeout("The read operation timed out", request=request)
    if plan.fault == "CONNECTION_RESET_BY_PEER":
        raise httpx.ReadError("[Errno 104] Connection reset by peer", request=request)
    if plan.fault is not None:
        raise httpx.RemoteProtocolError(_FAULTS[plan.fault], request=request)
    body = b"" if request.method == "HEAD" else plan.body
    extensions = {} if plan.message is None else {"reason_phrase": plan.message.encode("latin-1", "replace")}
    return httpx.Response(plan.status, headers=list(plan.headers), content=body, extensions=extensions)
