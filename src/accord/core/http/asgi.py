"""Calls an ASGI application in this process, as a server would (ASGI 3.0)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from accord.core.errors import AnswerError
from accord.core.http.content_encoding import decoded
from accord.core.http.exchange import MAX_ANSWER, Exchange
from accord.core.http.framing import encode_value, framed_headers, wire_target
from accord.core.http.lifespan import Lifespan
from accord.core.http.messages import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType
    from typing import Self

    from accord.core.http.messages import Headers, HttpRequest

_CLIENT = ("127.0.0.1", 54321)
_DEFAULT_PORTS = {"http": 80, "https": 443}


class AsgiCaller:
    """Calls an application through `startup`, any number of calls, and `shutdown`; ``async with`` does both ends.

    Calls run in the caller's own task, so they may be concurrent. A call ends when the application returns: its
    background tasks have run by then.

    Args:
        app: an ASGI 3 application.
        base_url: where the application should believe it is reached; gives scheme, server and ``Host``.
        root_path: the prefix it is mounted at, put before every target.
        lifespan: run its start-up and shutdown.
        max_body: the largest response body, in bytes.
    """

    def __init__(
        self,
        app: Callable[..., Awaitable[object]],
        *,
        base_url: str = "http://localhost",
        root_path: str = "",
        lifespan: bool = True,
        max_body: int = MAX_ANSWER,
    ) -> None:
        parts = urlsplit(base_url)
        self._app = app
        self._scheme = parts.scheme
        self._host = parts.netloc
        self._server = (parts.hostname or "localhost", parts.port or _DEFAULT_PORTS.get(parts.scheme, 80))
        self._root_path = root_path.rstrip("/")
        self._lifespan = Lifespan(app) if lifespan else None
        self._max_body = max_body

    async def startup(self, *, time_limit: float | None = None) -> None:
        """Run the application's start-up; an application without lifespan support needs none.

        Args:
            time_limit: in seconds, or None for no limit.

        Raises:
            AccordError: start-up failed; the application's exception is the cause.
        """
        if self._lifespan is not None:
            await self._lifespan.startup(time_limit)

    async def shutdown(self, *, time_limit: float | None = None) -> None:
        """Run the application's shutdown, if it was started.

        Args:
            time_limit: in seconds, or None for no limit.

        Raises:
            AccordError: shutdown failed; the application's exception is the cause.
        """
        if self._lifespan is not None:
            await self._lifespan.shutdown(time_limit)

    async def call(self, request: HttpRequest, *, time_limit: float | None = None) -> HttpResponse:
        """One request and its response.

        Args:
            request: what to send.
            time_limit: in seconds, or None for no limit.

        Raises:
            Exception: what the application raised, unchanged; `exchange` gives the response it had sent as well.
            AnswerError: the application gave no complete response, not in time, or broke the protocol.
        """
        return (await self.exchange(request, time_limit=time_limit)).unwrap()

    async def exchange(self, request: HttpRequest, *, time_limit: float | None = None) -> Exchange:
        """One request with all that came of it: response, exception, or both.

        Args:
            request: what to send.
            time_limit: in seconds, or None for no limit.

        Raises:
            AnswerError: the application gave no complete response, not in time, or broke the protocol.
        """
        if self._lifespan is not None:
            self._lifespan.check_loop()
        conversation = _Conversation(request, self._max_body)
        running = self._app(self._scope(request), conversation.receive, conversation.send)
        if time_limit is None:
            error = await _raised(running)
        else:
            error = await self._within(time_limit, running, request)
        return conversation.outcome(error)

    async def _within(self, time_limit: float, running: Awaitable[object], request: HttpRequest) -> Exception | None:
        deadline = asyncio.timeout(time_limit)
        try:
            async with deadline:
                return await _raised(running)
        except TimeoutError as error:
            raise AnswerError(
                f"The application did not finish {request.method} {request.target} within {time_limit:g} s. "
                f"Look at what it waits for, or allow it more time."
            ) from error

    def _scope(self, request: HttpRequest) -> dict[str, Any]:
        path, _, query = wire_target(request.target).partition("?")
        path = self._root_path + path
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": self._scheme,
            "path": unquote(path) if "%" in path else path,
            "raw_path": path.encode("ascii"),
            "query_string": query.encode("ascii"),
            "root_path": self._root_path,
            "headers": [
                (name.lower().encode("latin-1"), encode_value(value))
                for name, value in framed_headers(request, self._host)
            ],
            "client": _CLIENT,
            "server": self._server,
        }
        if self._lifespan is not None and self._lifespan.state is not None:
            scope["state"] = self._lifespan.state.copy()
        return scope

    async def __aenter__(self) -> Self:
        await self.startup()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.shutdown()


async def _raised(running: Awaitable[object]) -> Exception | None:
    try:
        await running
    except Exception as error:  # noqa: BLE001 - whatever the application raises is part of the outcome
        return error
    return None


class _Conversation:
    """Both directions of one request: what the application receives and what it sends."""

    __slots__ = (
        "_asked",
        "_body",
        "_broken",
        "_complete",
        "_ended",
        "_headers",
        "_limit",
        "_request",
        "_size",
        "_status",
    )

    def __init__(self, request: HttpRequest, limit: int) -> None:
        self._request = request
        self._limit = limit
        self._asked = False
        self._status = 0
        self._headers: Headers = ()
        self._body: list[bytes] = []
        self._size = 0
        self._complete = False
        self._ended: asyncio.Event | None = None
        self._broken: AnswerError | None = None

    async def receive(self) -> dict[str, Any]:
        """The whole body at once; after that the client stays until it has its response, then disconnects."""
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._request.body, "more_body": False}
        if not self._complete:
            if self._ended is None:
                self._ended = asyncio.Event()
            await self._ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "http.response.start":
            if self._status:
                raise self._broke("sent http.response.start twice")
            self._start(message)
        elif kind == "http.response.body":
            if not self._status or self._complete:
                order = "after the end of the response" if self._complete else "before http.response.start"
                raise self._broke(f"sent http.response.body {order}")
            self._add(message)
        elif kind != "http.response.trailers":
            raise self._broke(f"sent {kind!r}, which is no message of an HTTP response")

    def _start(self, message: dict[str, Any]) -> None:
        status = message.get("status")
        if not isinstance(status, int) or not 200 <= status <= 999:  # noqa: PLR2004 - what a status line can hold
            raise self._broke(f"sent the status {status!r}; expected: a number from 200 to 999")
        try:
            self._headers = tuple(
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in message.get("headers", ())
            )
        except (AttributeError, TypeError, ValueError):
            raise self._broke(
                f"sent headers that are not pairs of bytes: {message.get('headers')!r}; expected: [(b'name', b'value')]"
            ) from None
        self._status = int(status)

    def _add(self, message: dict[str, Any]) -> None:
        part = message.get("body", b"")
        if part:
            try:
                self._body.append(bytes(memoryview(part)))
            except TypeError:
                raise self._broke(f"sent a body of type {type(part).__name__}; expected: bytes") from None
            self._size += len(part)
            if self._size > self._limit:
                raise self._broke(f"sent more than {self._limit} bytes. Answer with less, or raise the limit.", ask="")
        if not message.get("more_body", False):
            self._complete = True
            if self._ended is not None:
                self._ended.set()

    def _broke(self, what: str, *, ask: str = ". Correct the application.") -> AnswerError:
        """The error for a breach of the protocol: raised into the application, and kept should it be caught there."""
        error = AnswerError(f"In answer to {self._request.method} {self._request.target} the application {what}{ask}")
        self._broken = self._broken or error
        return error

    def outcome(self, error: Exception | None) -> Exchange:
        if self._broken is not None:
            raise self._broken
        if not self._complete:
            if error is None:
                seen = "its response was not complete" if self._status else "it had sent no response"
                raise AnswerError(
                    f"The application returned from {self._request.method} {self._request.target}, but {seen}. "
                    f"Send http.response.start and a last http.response.body."
                )
            return Exchange(None, error)
        # A server leaves the body out of the answer to HEAD, whatever the application sends.
        body = b"" if self._request.method == "HEAD" else b"".join(self._body)
        return Exchange(decoded(HttpResponse(self._status, self._headers, body), self._limit), error)
