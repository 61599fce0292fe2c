"""Calling another service over HTTP: time-outs set, failures named."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from typing import Any, Self

import httpx

from shop.kit import trace


class RemoteServiceError(Exception):
    """Another service gave no usable answer: unreachable, too slow, a 5xx, or a body nobody can read."""

    def __init__(self, participant: str, problem: str) -> None:
        super().__init__(f"{participant}: {problem}")
        self.participant = participant


class RemoteService:
    """Base of the HTTP clients.

    Args:
        base_url: where the service listens.
        client: an `httpx.AsyncClient` to use; it stays the caller's to close.
        transport: how requests travel when no client is given; real HTTP when left out.
        timeout: seconds for a whole call; a service that answers a byte at a time is too slow as well.
    """

    participant = "service"

    def __init__(
        self,
        base_url: str,
        *,
        client: httpx.AsyncClient | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = 5.0,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._owned = client is None
        self._timeout = timeout
        self._client = client or httpx.AsyncClient(transport=transport, timeout=timeout, verify=_trusted())

    async def aclose(self) -> None:
        """Close the connections this client opened itself."""
        if self._owned:
            await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**trace.outgoing(), **(options.pop("headers", None) or {})}
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.request(method, self._base_url + path, headers=headers, **options)
        except (httpx.HTTPError, TimeoutError) as error:
            raise RemoteServiceError(self.participant, f"no answer to {method} {path}: {error!r}") from error
        if response.is_server_error:
            raise RemoteServiceError(self.participant, f"{response.status_code} to {method} {path}")
        return response

    def _unexpected(self, response: httpx.Response) -> RemoteServiceError:
        request = response.request
        problem = f"{response.status_code} to {request.method} {request.url.path}: {response.text[:200]}"
        return RemoteServiceError(self.participant, problem)

    def _body(self, response: httpx.Response) -> Any:
        """The answer's JSON, its fractions as exact decimals."""
        try:
            return response.json(parse_float=Decimal)
        except ValueError as error:
            raise RemoteServiceError(self.participant, f"a body that is no JSON: {response.text[:200]!r}") from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """For reading an answer: `null` in place of a list, or words in place of a number, are no usable answer."""
        try:
            yield
        except (TypeError, ValueError, ArithmeticError) as error:
            raise RemoteServiceError(self.participant, f"an answer that cannot be read: {error!r}") from error

    def _field(self, body: Any, name: str) -> Any:
        """A field this service depends on."""
        if not isinstance(body, dict) or name not in body:
            raise RemoteServiceError(self.participant, f"the answer lacks the field {name!r}: {body!r}")
        return body[name]


@cache
def _trusted() -> ssl.SSLContext:
    """Whom to trust, once for all clients of a process: reading all certificates takes longer than a request."""
    return httpx.create_ssl_context()
