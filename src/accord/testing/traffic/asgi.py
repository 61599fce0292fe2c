"""The provider's side: an ASGI middleware that notes who asked for what, and what was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.contract.coverage.notes import LARGEST_BODY
from accord.contract.coverage.observations import ObservedCall
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.testing.traffic.addresses import named

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    from accord.testing.traffic.traffic import Traffic

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

Headers = tuple[tuple[str, str], ...]


class RecordingMiddleware:
    """Around an ASGI application: notes each HTTP exchange; what is no HTTP passes through.

    Args:
        app: the application.
        traffic: where to note.
        provider: the application's participant.
        consumer: who calls: a participant, or a function of the request's headers (names in small letters) that gives
            one, or None for calls that are no participant's.
    """

    def __init__(
        self,
        app: Application,
        traffic: Traffic,
        *,
        provider: str,
        consumer: str | Callable[[Mapping[str, str]], str | None],
    ) -> None:
        self._app = app
        self._traffic = traffic
        self._provider = provider
        self._consumer = consumer

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer, and note."""
        consumer = self._caller(scope) if scope["type"] == "http" and self._traffic.is_recording else None
        if consumer is None:
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(receive, send)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        finally:
            self._note(exchange, scope, consumer)

    def _caller(self, scope: MutableMapping[str, Any]) -> str | None:
        if isinstance(self._consumer, str):
            return self._consumer
        try:
            return named(self._consumer({name.lower(): value for name, value in _texts(scope["headers"])}))
        except Exception as error:  # noqa: BLE001 - the application must not feel that it is watched
            self._traffic.lose("?", self._provider, error)
            return None

    def _note(self, exchange: _Exchange, scope: MutableMapping[str, Any], consumer: str) -> None:
        try:
            self._traffic.call(exchange.observed(scope, consumer, self._provider))
        except Exception as error:  # noqa: BLE001 - as above
            self._traffic.lose(consumer, self._provider, error)


class _Exchange:
    """One request and what is answered to it, kept up to the size of a note."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._asked, self._answered = bytearray(), bytearray()
        self._start: Message | None = None
        self._is_read = False
        self._is_answered = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            _add(self._asked, message.get("body", b""))
            self._is_read = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            _add(self._answered, message.get("body", b""))
            self._is_answered = not message.get("more_body", False)
        await self._send(message)

    def observed(self, scope: MutableMapping[str, Any], consumer: str, provider: str) -> ObservedCall:
        path = scope.get("raw_path") or scope["path"].encode()
        target = path.partition(b"?")[0] + (b"?" + scope["query_string"] if scope.get("query_string") else b"")
        request = HttpRequest(scope["method"], target.decode("latin-1"), _texts(scope["headers"]), bytes(self._asked))
        response = None
        partial = not self._is_read and _is_longer(request)
        if self._start is not None:
            headers = _texts(self._start.get("headers", ()))
            # Left before its end; or packed, by a middleware within this one: it could be compared with nothing.
            partial = partial or not self._is_answered or any(name.lower() == "content-encoding" for name, _ in headers)
            response = HttpResponse(self._start["status"], headers, bytes(self._answered))
        failure = None if response else "no answer"
        return ObservedCall(consumer, provider, request, response, failure=failure, partial=partial)


def _is_longer(request: HttpRequest) -> bool:
    """Whether there is more to a request than was read: who refuses one by its head never reads the rest."""
    length = request.header("content-length") or ""
    if length.isdecimal():
        return int(length[:18]) > len(request.body)
    return request.header("transfer-encoding") is not None


def _add(kept: bytearray, part: bytes) -> None:
    if len(kept) <= LARGEST_BODY:  # one part beyond is enough to tell that it is too long
        kept += part


def _texts(headers: Any) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
