"""One exchange of httpx: what was sent and answered, as an observation."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import httpx

from accord.contract.coverage.observations import ObservedCall
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.testing.traffic.tees import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accord.testing.traffic.tees import Tee


class Exchange:
    """A call as it goes by; told once, when there is no more to see of it.

    Args:
        request: what is sent.
        tell: takes it when it is over.

    Attributes:
        response: what was answered; None while, or where, nothing was.
        error: what broke it off.
    """

    def __init__(self, request: httpx.Request, tell: Callable[[Exchange], None]) -> None:
        self.request = request
        self.response: httpx.Response | None = None
        self.error: BaseException | None = None
        self._tell = tell
        self._sent: Tee | None = None
        self._got: Tee | None = None
        self._is_told = False

    @contextmanager
    def sending(self, kind: type[Tee]) -> Iterator[None]:
        """While the block lasts, a request that is a stream is seen as the transport takes it."""
        if _content(self.request, httpx.RequestNotRead) is not None:
            yield
            return
        before = self.request.stream
        self._sent = kind(before)
        self.request.stream = tee = cast("Any", self._sent)  # each kind is a stream
        try:
            yield
        finally:
            if self.request.stream is tee:  # a redirected request is built of the client's own
                self.request.stream = before

    def answered(self, response: httpx.Response, kind: type[Tee]) -> None:
        """An answer is there; a body that has not been read is seen as it is."""
        self.response = response
        if _content(response, httpx.ResponseNotRead) is not None:
            self.over()
            return
        self._got = kind(response.stream, self.over)
        response.stream = cast("Any", self._got)

    def over(self, error: BaseException | None = None) -> None:
        """Nothing more will be seen."""
        if not self._is_told:
            self._is_told = True
            self.error = error
            self._tell(self)

    def observed(self, consumer: str, found: tuple[str, str], *, doubled: bool) -> ObservedCall:
        """The observation.

        Args:
            consumer: who called.
            found: who was called, and the target there.
            doubled: the answer is a double's.
        """
        provider, target = found
        sent, got = self._sent_body(), self._got_body()
        answer = self.response
        return ObservedCall(
            consumer,
            provider,
            HttpRequest(self.request.method, target, _headers(self.request.headers), sent or b""),
            HttpResponse(answer.status_code, _headers(answer.headers), got or b"") if answer is not None else None,
            failure=type(self.error).__name__ if self.error is not None else None,
            doubled=doubled,
            partial=sent is None or got is None,
        )

    def _sent_body(self) -> bytes | None:
        content = _content(self.request, httpx.RequestNotRead)
        return self._sent.body if content is None and self._sent else content

    def _got_body(self) -> bytes | None:
        if self.response is None:
            return b""
        if self._got is None:
            return _content(self.response, httpx.ResponseNotRead)
        body = self._got.body
        return None if body is None else unpacked(body, self.response.headers)


def _content(part: httpx.Request | httpx.Response, unread: type[Exception]) -> bytes | None:
    try:
        return part.content
    except unread:
        return None


def _headers(headers: httpx.Headers) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw)
