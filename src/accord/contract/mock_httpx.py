"""The mock as a transport of httpx. A module of its own: httpx takes 80 ms to import, and only this needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from accord.core.http.messages import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Callable


class InProcessTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Hands each request to a handler in this process; fits httpx.Client and httpx.AsyncClient."""

    def __init__(self, handler: Callable[[HttpRequest], HttpResponse]) -> None:
        self._handler = handler

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx.BaseTransport."""
        return self._answer(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx.AsyncBaseTransport."""
        return self._answer(request, await request.aread())

    def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
        response = self._handler(HttpRequest(request.method, request.url.raw_path.decode("ascii"), headers, body))
        return httpx.Response(response.status, headers=list(response.headers), content=response.body)
