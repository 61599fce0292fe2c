"""What surrounds every request: its trace, its log line, and a limit to its body."""

import asyncio
import json
import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shop.kit.trace import HEADER, Trace, within

_log = logging.getLogger("shop.requests")
LARGEST_BODY = 1 << 20  # bytes
SLOWEST_BODY = 30.0  # seconds
_QUIET = {"/health", "/ready"}


class _RefusedError(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class RequestFrame:
    """ASGI middleware.

    Args:
        app: what answers.
        largest_body: bytes of a body; a larger one is answered with 413.
        slowest_body: seconds for a body to arrive; a slower one is answered with 408.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        largest_body: int = LARGEST_BODY,
        slowest_body: float = SLOWEST_BODY,
    ) -> None:
        self._app = app
        self._largest = largest_body
        self._slowest = slowest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(HEADER.encode())
        with within(Trace.continued(given.decode("latin-1") if given else None)) as trace:
            await self._answer(scope, receive, _Answer(send, trace))

    async def _answer(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        started = time.perf_counter()
        try:
            _refuse_nul(scope)
            body = await self._whole_body(scope, receive)
        except _RefusedError as refused:
            await answer.refuse(refused)
        else:
            await self._app(scope, _replayed(body, receive), answer)
        if scope["path"] not in _QUIET:
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            _log.info("%s %s -> %s in %s ms", scope["method"], scope["path"], answer.status, milliseconds)

    async def _whole_body(self, scope: Scope, receive: Receive) -> bytes:
        """The body, within limits of size and time: nothing behind this has to think of either."""
        length = dict(scope["headers"]).get(b"content-length", b"")
        if length.isdigit() and int(length) > self._largest:
            raise self._too_large()
        parts = bytearray()
        try:
            async with asyncio.timeout(self._slowest):
                while True:
                    message = await receive()
                    parts += message.get("body", b"")
                    if len(parts) > self._largest:
                        raise self._too_large()
                    if not message.get("more_body"):
                        return bytes(parts)
        except TimeoutError:
            raise _RefusedError(408, "request_timeout", "The body did not arrive in time") from None

    def _too_large(self) -> _RefusedError:
        return _RefusedError(413, "payload_too_large", f"A body may have {self._largest} bytes")


def _refuse_nul(scope: Scope) -> None:
    """No id and no name has a NUL, and PostgreSQL takes it in none."""
    if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
        raise _RefusedError(400, "validation_error", "An address must not contain NUL")


class _Answer:
    """Sends an answer, with the trace's id, and remembers its status."""

    def __init__(self, send: Send, trace: Trace) -> None:
        self._send = send
        self._trace = trace
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), (b"x-trace-id", self._trace.trace_id.encode())]
            message = {**message, "headers": headers}
        await self._send(message)

    async def refuse(self, error: _RefusedError) -> None:
        body = json.dumps({"error": error.code, "message": str(error)}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),  # the rest of the body is not read
        ]
        await self({"type": "http.response.start", "status": error.status, "headers": headers})
        await self({"type": "http.response.body", "body": body})


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body at once, and then whatever comes."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return messages.pop() if messages else await receive()

    return next_message
