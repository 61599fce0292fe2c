"""The services over HTTP."""

import asyncio
from collections.abc import Mapping
from typing import Self

import httpx

from shop.gateway.domain.routing import Upstream
from shop.gateway.service.ports import Answer, Inbound, UpstreamError, Upstreams
from shop.kit import trace

_KEPT = frozenset({"content-type", "location", "etag", "cache-control", "retry-after", "www-authenticate", "allow"})


class HttpUpstreams(Upstreams):
    """Passes requests on; a whole exchange has one limit of time.

    Args:
        urls: where the services listen.
        timeout: seconds for a whole exchange.
        transport: how requests travel; real HTTP when left out.
    """

    def __init__(
        self,
        urls: Mapping[str, str],
        *,
        timeout: float = 5.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._urls = {name: url.rstrip("/") for name, url in urls.items()}
        self._timeout = timeout
        self._client = httpx.AsyncClient(transport=transport, timeout=timeout)

    async def send(self, upstream: Upstream, request: Inbound) -> Answer:
        url = self._urls[upstream] + request.path + (f"?{request.query}" if request.query else "")
        headers = {**request.headers, **trace.outgoing()}
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.request(request.method, url, headers=headers, content=request.body)
        except (TimeoutError, httpx.TimeoutException) as error:
            never_sent = isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
            raise UpstreamError("took too long", never_sent=never_sent, too_slow=True) from error
        except httpx.ConnectError as error:
            raise UpstreamError(f"cannot be reached: {error}", never_sent=True) from error
        except httpx.HTTPError as error:
            raise UpstreamError(f"broke off: {error!r}") from error
        kept = {name: value for name, value in response.headers.items() if name in _KEPT}
        return Answer(response.status_code, kept, response.content)

    async def check(self, upstream: Upstream) -> None:
        """Raise unless the service says that it is well."""
        response = await self._client.get(f"{self._urls[upstream]}/health")
        response.raise_for_status()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
