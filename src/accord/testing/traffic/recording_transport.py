"""A transport of httpx that notes what passes through it, and holds nothing back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from accord.testing.traffic.exchanges import Exchange
from accord.testing.traffic.tees import AsyncTee, SyncTee

if TYPE_CHECKING:
    from collections.abc import Callable


class RecordingTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Passes on to another transport, and notes what was said. Streams flow as they come, either way.

    An answer that nobody reads to its end or closes is held until the transport is closed, and noted then.

    Args:
        inner: what really carries the request, sync or async.
        note: takes each exchange when it is over: answered and read to its end, closed, or broken off.
    """

    def __init__(self, inner: httpx.BaseTransport | httpx.AsyncBaseTransport, note: Callable[[Exchange], None]) -> None:
        self._inner: Any = inner
        self._note = note
        self._open: set[Exchange] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        exchange = self._begun(request)
        try:
            with exchange.sending(SyncTee):
                response: httpx.Response = self._inner.handle_request(request)
        except BaseException as error:
            exchange.over(error)
            raise
        exchange.answered(response, SyncTee)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on."""
        exchange = self._begun(request)
        try:
            with exchange.sending(AsyncTee):
                response: httpx.Response = await self._inner.handle_async_request(request)
        except BaseException as error:
            exchange.over(error)
            raise
        exchange.answered(response, AsyncTee)
        return response

    def close(self) -> None:
        """Close the other transport."""
        try:
            self._inner.close()
        finally:
            self._end()

    async def aclose(self) -> None:
        """Close the other transport."""
        try:
            await self._inner.aclose()
        finally:
            self._end()

    def _begun(self, request: httpx.Request) -> Exchange:
        exchange = Exchange(request, self._over)
        self._open.add(exchange)
        return exchange

    def _over(self, exchange: Exchange) -> None:
        self._open.discard(exchange)
        self._note(exchange)

    def _end(self) -> None:
        for exchange in list(self._open):  # answers that nobody read to their end, nor closed
            exchange.over()
