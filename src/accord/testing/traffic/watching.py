"""Seeing every request that httpx sends in this process, whoever sends it: no client is missed that a test forgot."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from accord.core.errors import UsageError
from accord.testing.traffic.exchanges import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_watched: list[str] = []


@contextmanager
def watched_httpx(consumer: str, note: Callable[[Exchange], None]) -> Iterator[None]:
    """Note every call that a client of httpx makes while the block lasts.

    Args:
        consumer: who runs in this process.
        note: takes each exchange; raises nothing.

    Raises:
        UsageError: this process is watched already: whose a call is could not be told.
    """
    if _watched:
        raise UsageError(
            f"the calls of this process are noted as {_watched[0]}'s already; for two services in one process give "
            f"each client a transport: traffic.transport(httpx.AsyncHTTPTransport(), consumer={consumer!r}, provider=…)"
        )

    def answered(response: httpx.Response) -> None:
        for each in (*response.history, response):
            exchange = Exchange(each.request, note)
            exchange.response = each
            exchange.over()

    send, asend = httpx.Client.send, httpx.AsyncClient.send

    def watched(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        try:
            response = send(client, request, **options)
        except BaseException as error:
            Exchange(request, note).over(error)
            raise
        answered(response)
        return response

    async def awatched(client: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        try:
            response = await asend(client, request, **options)
        except BaseException as error:
            Exchange(request, note).over(error)
            raise
        answered(response)
        return response

    _watched.append(consumer)
    httpx.Client.send, httpx.AsyncClient.send = watched, awatched  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        _watched.clear()
        httpx.Client.send, httpx.AsyncClient.send = send, asend  # type: ignore[method-assign]
