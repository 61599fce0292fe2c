"""The proxies of a fault server, by name."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

from accord.faults.addresses import split_address
from accord.faults.errors import CONFLICT, NOT_FOUND, FaultProxyError
from accord.faults.listening import resolved
from accord.faults.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_CONNECTIONS = 10_000


class ProxyCollection:
    """The proxies of a server, by name.

    Attributes:
        outside: whether they may listen on other addresses than loopback.
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        outside: bool = False,
        most_connections: int | None = None,
        most_proxies: int = 1000,
    ) -> None:
        self.outside = outside
        self._most_connections = _room_for_connections() if most_connections is None else most_connections
        self._most_proxies = most_proxies
        self._random = random.Random(seed)  # noqa: S311 - repeatable chance, no secret
        self._proxies: dict[str, Proxy] = {}

    def __iter__(self) -> Iterator[Proxy]:
        return iter(list(self._proxies.values()))

    def next_seed(self) -> int:
        """A seed for a toxic without one of its own."""
        return self._random.getrandbits(48)

    def has_room(self) -> bool:
        """Whether one more connection may be open."""
        return sum(proxy.open_connections for proxy in self._proxies.values()) <= self._most_connections

    def get(self, name: str) -> Proxy:
        """A proxy by its name.

        Raises:
            FaultProxyError: status 404.
        """
        if name not in self._proxies:
            raise FaultProxyError("proxy not found", NOT_FOUND)
        return self._proxies[name]

    async def add(self, name: str, listen: str, upstream: str, *, enabled: bool = True) -> Proxy:
        """Add a proxy, and start it.

        Raises:
            FaultProxyError: its name is taken (409), or it cannot listen (500).
        """
        if name in self._proxies:
            raise FaultProxyError("proxy already exists", CONFLICT)
        if len(self._proxies) >= self._most_proxies:
            raise FaultProxyError(f"there are {self._most_proxies} proxies already", CONFLICT)
        split_address(upstream, "upstream")
        proxy = Proxy(name, listen, upstream, self)
        if enabled:
            await proxy.start()
        self._proxies[name] = proxy
        return proxy

    async def add_or_replace(self, name: str, listen: str, upstream: str, *, enabled: bool) -> Proxy:
        """The proxy of that name if it leads from the same address to the same upstream, else a new one in its place.

        Raises:
            FaultProxyError: it cannot listen (500).
        """
        existing = self._proxies.get(name)
        if existing is not None:
            if resolved(listen) == existing.listen and upstream == existing.upstream:
                return existing
            await existing.stop()
            del self._proxies[name]
        return await self.add(name, listen, upstream, enabled=enabled)

    async def remove(self, name: str) -> None:
        """Stop a proxy and forget it.

        Raises:
            FaultProxyError: status 404.
        """
        await self.get(name).stop()
        del self._proxies[name]

    async def reset(self) -> None:
        """Start every proxy and remove every toxic."""
        for proxy in self:
            proxy.remove_all()
            await proxy.start()

    async def stop(self) -> None:
        """Stop all."""
        for proxy in self:
            await proxy.stop()


def _room_for_connections() -> int:
    """How many connections the system lets this process have, two files each, with some kept for everything else."""
    if sys.platform == "win32":
        return _MOST_CONNECTIONS
    import resource  # noqa: PLC0415 - not on Windows

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else max(min((soft - 100) // 2, _MOST_CONNECTIONS), 1)
