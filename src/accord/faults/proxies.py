"""The proxies of a fault server: each listens, and has its toxics."""

from __future__ import annotations

import asyncio
import errno
import os
import random
import socket
import sys
from typing import TYPE_CHECKING, Any

from accord.faults.addresses import is_loopback, joined, split_address
from accord.faults.connections import Connection, Traffic
from accord.faults.errors import CONFLICT, FAILED, NOT_FOUND, FaultProxyError
from accord.faults.link import Placed
from accord.faults.stages import CLOSE
from accord.faults.toxics import DOWNSTREAM, UPSTREAM, Toxic

if TYPE_CHECKING:
    from collections.abc import Sequence

_BACKLOG = 1024
_MOST_TOXICS = 100
_MOST_CONNECTIONS = 10_000


class Proxy:
    """One proxy: from an address of its own to an upstream.

    Attributes:
        name: unique in its server.
        listen: the address it listens on; with the port it got once it has started.
        upstream: where it leads to.
        enabled: whether it accepts connections.
    """

    def __init__(self, name: str, listen: str, upstream: str, owner: ProxyCollection) -> None:
        self.name = name
        self.listen = listen
        self.upstream = upstream
        self.enabled = False
        self._traffic = Traffic()
        self._owner = owner
        self._placed: dict[str, list[Placed]] = {UPSTREAM: [], DOWNSTREAM: []}
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None

    @property
    def toxics(self) -> list[Toxic]:
        """Its toxics, those of upstream first, each in the order added."""
        return [placed.toxic for direction in (UPSTREAM, DOWNSTREAM) for placed in self._placed[direction]]

    @property
    def traffic(self) -> Traffic:
        """What went through it."""
        for connection in self._connections:
            connection.settle()
        return self._traffic

    @property
    def open_connections(self) -> int:
        """How many connections go through it now."""
        return len(self._connections)

    def to_json(self) -> dict[str, Any]:
        """As the API gives it."""
        return {
            "name": self.name,
            "listen": self.listen,
            "upstream": self.upstream,
            "enabled": self.enabled,
            "toxics": [toxic.to_json() for toxic in self.toxics],
        }

    async def start(self) -> None:
        """Listen; nothing happens where it does already.

        Raises:
            FaultProxyError: the port is taken, or the address is none of this machine's.
        """
        if self.enabled:
            return
        upstream = split_address(self.upstream, "upstream")
        sock = _listening(self.listen, outside=self._owner.outside)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: self._accepted(upstream).client, sock=sock, backlog=_BACKLOG)
        self.listen = joined(*sock.getsockname()[:2])
        self.enabled = True

    def _accepted(self, upstream: tuple[str, int]) -> Connection:
        number = self._traffic.connections
        self._traffic.connections += 1
        connection = Connection(
            number, (upstream[0] or "127.0.0.1", upstream[1]), self._placed.__getitem__, self._traffic, self._forget
        )
        self._connections.add(connection)
        if not self._owner.has_room():
            self._traffic.refused += 1
            asyncio.get_running_loop().call_soon(connection.end, CLOSE)
        return connection

    def _forget(self, connection: Connection) -> None:
        self._connections.discard(connection)

    async def stop(self) -> None:
        """Listen no more, and close the connections."""
        if not self.enabled:
            return
        self.enabled = False
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self.drop_connections()
        await asyncio.sleep(0)  # the port is free when its listener has been closed by the loop

    def drop_connections(self) -> None:
        """Close the connections; new ones are accepted as before."""
        for connection in list(self._connections):
            connection.end(CLOSE)

    async def change(self, *, listen: str, upstream: str, enabled: bool) -> None:
        """Change where it listens, leads to, and whether it is there; connections end where it matters.

        Raises:
            FaultProxyError: as in start.
        """
        split_address(upstream, "upstream")
        if _resolved(listen) != self.listen or upstream != self.upstream:
            await self.stop()
            self.listen, self.upstream = listen, upstream
        if enabled:
            await self.start()
        else:
            await self.stop()

    def toxic(self, name: str) -> Toxic:
        """A toxic by its name.

        Raises:
            FaultProxyError: status 404.
        """
        return self._find(name)[1].toxic

    def add(self, toxic: Toxic) -> None:
        """Add a toxic, behind those of its direction; connections that are open get it too.

        Raises:
            FaultProxyError: its name is taken (409), or there are too many.
        """
        if any(other.name == toxic.name for other in self.toxics):
            raise FaultProxyError("toxic already exists", CONFLICT)
        if len(self.toxics) >= _MOST_TOXICS:
            raise FaultProxyError(f"a proxy has at most {_MOST_TOXICS} toxics", CONFLICT)
        seed = toxic.seed if toxic.seed is not None else self._owner.next_seed()
        now = asyncio.get_running_loop().time()
        self._placed[toxic.direction].append(Placed(toxic, now, self._traffic.connections, seed))
        self._tell()

    def replace(self, name: str, toxic: Toxic) -> None:
        """Change a toxic.

        Raises:
            FaultProxyError: status 404.
        """
        placed = self._find(name)[1]
        placed.toxic = toxic
        placed.seed = toxic.seed if toxic.seed is not None else placed.seed
        self._tell()

    def remove(self, name: str) -> None:
        """Remove a toxic; what it has held back leaves at once.

        Raises:
            FaultProxyError: status 404.
        """
        direction, placed = self._find(name)
        self._placed[direction].remove(placed)
        self._tell()

    def remove_all(self) -> None:
        """Remove its toxics."""
        for placed in self._placed.values():
            placed.clear()
        self._tell()

    def _find(self, name: str) -> tuple[str, Placed]:
        for direction, placed in self._placed.items():
            for each in placed:
                if each.toxic.name == name:
                    return direction, each
        raise FaultProxyError("toxic not found", NOT_FOUND)

    def _tell(self) -> None:
        for connection in list(self._connections):
            connection.change()


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

    def __iter__(self) -> Any:
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
            if _resolved(listen) == existing.listen and upstream == existing.upstream:
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


def _resolved(listen: str) -> str:
    try:
        host, port = split_address(listen or "127.0.0.1:0", "listen")
    except FaultProxyError:
        return listen
    return joined("127.0.0.1" if host in {"", "localhost"} else host, port)


def _listening(listen: str, *, outside: bool) -> socket.socket:
    """A socket that listens; without a host on loopback, without a port on a free one."""
    host, port = split_address(listen or "127.0.0.1:0", "listen")
    host = host or "127.0.0.1"
    if not outside and not is_loopback(host):
        raise FaultProxyError(
            f"listen {listen!r} is no loopback address, so others could reach it; "
            "start the server with --outside to allow it"
        )
    sock: socket.socket | None = None
    try:
        found: Sequence[Any] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        sock = socket.socket(found[0], found[1], found[2])
        if os.name == "posix":  # so that a port just released can be taken again; on Windows it would share the port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(found[4])
        sock.listen(_BACKLOG)
        sock.setblocking(False)
    except OSError as error:
        if sock is not None:
            sock.close()
        reason = "address already in use" if error.errno == errno.EADDRINUSE else (error.strerror or str(error))
        raise FaultProxyError(f"listen tcp {joined(host, port)}: bind: {reason}", FAILED) from None
    return sock
