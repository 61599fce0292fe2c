"""Seeing every request that httpx sends in this process, whoever sends it: no client is missed that a test forgot."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from accord.contract.coverage.observations import ObservedCall
from accord.core.http.messages import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accord.testing.traffic.addresses import Addresses, Told


@contextmanager
def watched_httpx(
    consumer: str, addresses: Addresses | Told, note: Callable[[ObservedCall], None], *, doubled: bool
) -> Iterator[None]:
    """Note every call that a client of httpx makes to a known address while the block lasts.

    Calls to other addresses are nobody's: those of a test itself, for one.
    """

    def seen(request: httpx.Request, response: httpx.Response | None, error: BaseException | None = None) -> None:
        found = addresses.find(str(request.url))
        if found is not None:
            note(observed(consumer, found, request, response, error=error, doubled=doubled))

    send, asend = httpx.Client.send, httpx.AsyncClient.send

    def watched(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        try:
            response = send(client, request, **options)
        except BaseException as error:
            seen(request, None, error)
            raise
        for each in (*response.history, response):
            seen(each.request, each)
        return response

    async def awatched(client: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        try:
            response = await asend(client, request, **options)
        except BaseException as error:
            seen(request, None, error)
            raise
        for each in (*response.history, response):
            seen(each.request, each)
        return response

    httpx.Client.send, httpx.AsyncClient.send = watched, awatched  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        httpx.Client.send, httpx.AsyncClient.send = send, asend  # type: ignore[method-assign]


class RecordingTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Passes on to another transport, and notes what was said.

    Args:
        inner: what really carries the request, sync or async.
        note: takes each request with its response, or with the error in place of one.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport | httpx.AsyncBaseTransport,
        note: Callable[[httpx.Request, httpx.Response | None, BaseException | None], None],
    ) -> None:
        self._inner: Any = inner
        self._note = note

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        request.read()
        try:
            response: httpx.Response = self._inner.handle_request(request)
            response.read()
        except BaseException as error:
            self._note(request, None, error)
            raise
        self._note(request, response, None)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        await request.aread()
        try:
            response: httpx.Response = await self._inner.handle_async_request(request)
            await response.aread()
        except BaseException as error:
            self._note(request, None, error)
            raise
        self._note(request, response, None)
        return response

    def close(self) -> None:
        """Close the other transport."""
        self._inner.close()

    async def aclose(self) -> None:
        """Close the other transport."""
        await self._inner.aclose()


def observed(
    consumer: str,
    found: tuple[str, str],
    request: httpx.Request,
    response: httpx.Response | None,
    *,
    error: BaseException | None = None,
    doubled: bool = False,
) -> ObservedCall:
    """What httpx sent and got, as an observation; a body that is a stream nobody has read is left out."""
    provider, target = found
    sent, known = _content(request, httpx.RequestNotRead)
    got, read = _content(response, httpx.ResponseNotRead) if response is not None else (b"", True)
    return ObservedCall(
        consumer,
        provider,
        HttpRequest(request.method, target, _headers(request.headers), sent),
        None if response is None else HttpResponse(response.status_code, _headers(response.headers), got),
        failure=type(error).__name__ if error is not None else None,
        doubled=doubled,
        partial=not (known and read),
    )


def _content(part: httpx.Request | httpx.Response, unread: type[Exception]) -> tuple[bytes, bool]:
    try:
        return part.content, True
    except unread:
        return b"", False


def _headers(headers: httpx.Headers) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw)
