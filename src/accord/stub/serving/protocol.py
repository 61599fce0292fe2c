"""One connection of the server: requests parsed as bytes come, answers written in their order."""

from __future__ import annotations

import logging
import re
from collections import deque
from typing import TYPE_CHECKING, Any

import httptools

from accord.core.errors import AccordError
from accord.stub.plan import Plan
from accord.stub.requests import StubRequest
from accord.stub.serving.reading import Reading, RefusedError, method_of, target_of
from accord.stub.serving.wire import CONTINUE, rendered, stays_open

if TYPE_CHECKING:
    import asyncio

    from accord.stub.serving.server import Server
    from accord.stub.space import Space

_MOST_QUEUED = 64  # requests that were sent ahead; no more is read until some are answered
_UPGRADE = re.compile(rb"(?i)(\r\nconnection:)[^\r\n]*upgrade[^\r\n]*")
_PREFIX = "/__ns/"
_log = logging.getLogger(__name__)
_SLOW = Plan(408, (), b"The request did not come in time.\n")


class Connection(Reading):
    """An asyncio protocol; see asyncio.Protocol for what calls it.

    Attributes:
        deadline: by the server's clock, when the connection ends if nothing happens.
    """

    __slots__ = (
        "_busy", "_client", "_open", "_paused", "_queue", "_refused", "_scheme", "_server", "_space", "deadline",
        "transport",
    )  # fmt: skip

    def __init__(self, server: Server, space: Space | None, *, scheme: str) -> None:
        super().__init__(server.options.limits)
        self._server = server
        self._space = space
        self._scheme = scheme
        self._queue: deque[tuple[StubRequest, bool, bytes | None]] = deque()
        self._busy = self._paused = self._refused = self._open = False
        self.deadline = 0.0
        self._client = ""
        self.transport: Any = None

    # What asyncio calls.

    def connection_made(self, transport: asyncio.Transport) -> None:
        """A client has connected."""
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self._client = str(peer[0]) if isinstance(peer, tuple) else "127.0.0.1"
        self._open = True
        self.deadline = self._server.now + self._limits.head_seconds
        self._server.opened(self)

    def connection_lost(self, error: Exception | None) -> None:
        """The client has gone, or was sent away."""
        del error
        self._open = False
        self._queue.clear()
        self._server.closed(self)

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        if self._refused:
            return
        if b"h2c" in data:  # a client that offers HTTP/2 is answered in HTTP/1.1
            data = _UPGRADE.sub(rb"\1 keep-alive", data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(501, "Upgrades and CONNECT are not served here.")
        except httptools.HttpParserCallbackError as error:
            self._refuse_for(error.__context__)
        except httptools.HttpParserError as error:
            self._refuse(400, f"This is not HTTP/1.1: {error}")
        else:
            if self._url or self._in_body:
                self._count(len(data))
            else:
                self._head_size = 0
                self.deadline = self._server.now + self._limits.idle_seconds

    def eof_received(self) -> bool:
        """The client sends no more; what it has sent is answered."""
        return self._busy and self._scheme == "http"

    def pause_writing(self) -> None:
        """The client reads more slowly than it is answered."""
        self._paused = True
        self._stop_reading()
        self.deadline = self._server.now + self._limits.body_seconds

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._paused = False
        self._go_on()

    # What the parser calls.

    def on_headers_complete(self) -> None:
        """Its head is there."""
        if len(self._headers) > self._limits.headers:
            raise RefusedError(431, f"More than {self._limits.headers} headers.")
        self._in_body = True
        if self._continue and not self._busy:
            self.transport.write(CONTINUE)

    def on_message_complete(self) -> None:
        """All of it is there."""
        server, parser, url, body, namespace = self._server, self._parser, self._url, self._body, self._namespace
        target = target_of(url)
        request = StubRequest(
            method_of(parser.get_method()), target, self._headers,
            body[0] if len(body) == 1 else b"".join(body), self._client, self._scheme, server.port,
        )  # fmt: skip
        keep = parser.should_keep_alive()
        self._begin()
        if self._busy or self._paused:
            self._queue.append((request, keep, namespace))
            if len(self._queue) >= _MOST_QUEUED:
                self._stop_reading()
        elif namespace is None and target[:3] != "/__":
            space = self._space or server.main
            self._carry(server.engine.handle(request, space), request, space, keep)
        else:
            self._serve(request, keep, namespace)

    # What is ours.

    def _count(self, size: int) -> None:
        """Watch over a request that has come in part."""
        if self._in_body:
            self.deadline = min(self.deadline, self._server.now + self._limits.body_seconds)
            return
        if not self._head_size:  # the head has begun to come: it has its own time
            self.deadline = min(self.deadline, self._server.now + self._limits.head_seconds)
        self._head_size += size
        if self._head_size > self._limits.head:
            self._refuse(431, f"More than {self._limits.head} bytes of request line and headers.")

    def _serve(self, request: StubRequest, keep: bool, namespace: bytes | None) -> None:  # noqa: FBT001 - comes from the queue
        plan, space = self._planned(request, namespace)
        self._carry(plan, request, space, keep)

    def _carry(self, plan: Plan, request: StubRequest, space: Space, keep: bool) -> None:  # noqa: FBT001 - as above
        if plan.wire is not None and keep and request.method != "HEAD":
            self.transport.write(plan.wire)
        elif plan.is_plain:
            self.write(plan, request, keep)
        else:
            self._busy = True
            self._stop_reading()
            self._server.carry_out(self, plan, request, space, keep)

    def _planned(self, request: StubRequest, namespace: bytes | None) -> tuple[Plan, Space]:
        server = self._server
        space = self._space or server.engine.spaces[""]
        try:
            if namespace:
                space = server.engine.space(namespace.decode("utf-8", "replace"))
            elif request.target.startswith(_PREFIX):
                name, _, rest = request.target[len(_PREFIX) :].partition("/")
                space = server.engine.space(name)
                request = _retargeted(request, "/" + rest)
            return server.engine.answer(request, space), space
        except AccordError as error:
            return Plan(503, (("Content-Type", "text/plain"),), f"{error}\n".encode()), space

    def write(self, plan: Plan, request: StubRequest, keep: bool) -> None:  # noqa: FBT001 - handed through from the queue
        """Write an answer at once."""
        if not self._open:
            return
        keep = keep and stays_open(plan) and (plan.header("connection") or "").lower() != "close"
        data = rendered(plan, head_only=request.method == "HEAD", keep_alive=keep)
        if plan.is_shared and keep and request.method != "HEAD":
            plan.wire = data
        self.transport.write(data)
        if not keep:
            self._refused = True
            self.transport.close()

    def finished(self, *, keep: bool) -> None:
        """An answer that took its time is complete."""
        self._busy = False
        self.deadline = self._server.now + self._limits.idle_seconds
        if not keep:
            self._refused = True
            if self._open:
                self.transport.close()
            return
        self._go_on()

    def is_open(self) -> bool:
        """Whether the client is still there."""
        return self._open and not self.transport.is_closing()

    def _go_on(self) -> None:
        while self._queue and not self._busy and not self._paused and not self._refused:
            self._serve(*self._queue.popleft())
        if not self._busy and not self._paused and self._open and len(self._queue) < _MOST_QUEUED:
            try:
                self.transport.resume_reading()
            except RuntimeError:  # it was not paused
                return

    def _stop_reading(self) -> None:
        """Read no more for now; a delayed answer still notices when its client goes."""
        if self._open and (self._paused or len(self._queue) >= _MOST_QUEUED):
            try:
                self.transport.pause_reading()
            except RuntimeError:  # it is closing
                return

    def too_slow(self) -> None:
        """The deadline has passed."""
        if self._busy and not self._paused:  # it is we who take long
            self.deadline = self._server.now + self._limits.idle_seconds
            return
        if self._url and not self._refused and not self._paused:
            self.transport.write(rendered(_SLOW, keep_alive=False))
        self._refused = True
        self.transport.abort() if self._paused else self.transport.close()

    def _refuse_for(self, cause: BaseException | None) -> None:
        if isinstance(cause, RefusedError):
            self._refuse(cause.status, str(cause))
            return
        _log.error("the StubServer failed at a request", exc_info=cause)
        self._refuse(500, f"The StubServer failed at this request, which is a fault of its own: {cause!r}")

    def _refuse(self, status: int, text: str) -> None:
        if self._refused:
            return
        self._refused = True
        self._queue.clear()
        self.transport.write(
            rendered(Plan(status, (("Content-Type", "text/plain"),), f"{text}\n".encode()), keep_alive=False)
        )
        self._server.close_gently(self.transport)


def _retargeted(request: StubRequest, target: str) -> StubRequest:
    request.target = target
    return request
