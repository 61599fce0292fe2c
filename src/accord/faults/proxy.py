"""One proxy: it listens, and what flows through it passes its toxics."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from accord.faults.addresses import joined, split_address
from accord.faults.connections import Connection
from accord.faults.ends import Traffic
from accord.faults.errors import CONFLICT, NOT_FOUND, FaultProxyError
from accord.faults.link import Placed
from accord.faults.listening import BACKLOG, listening, resolved
from accord.faults.stage import CLOSE
from accord.faults.toxics import DOWNSTREAM, UPSTREAM, Toxic

if TYPE_CHECKING:
    from typing import Protocol

    class Owner(Protocol):
        """What a proxy asks of the collection it belongs to."""

        outside: bool

        def has_room(self) -> bool:
            """Whether one more connection may be open."""

        def next_seed(self) -> int:
            """A seed for a toxic without one of its own."""


_MOST_TOXICS = 100


class Proxy:
    """One proxy: from an address of its own to an upstream.

    Attributes:
        name: unique in its server.
        listen: the address it listens on; with the port it got once it has started.
        upstream: where it leads to.
        enabled: whether it accepts connections.
    """

    def __init__(self, name: str, listen: str, upstream: str, owner: Owner) -> None:
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
        sock = listening(self.listen, outside=self._owner.outside)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: self._accepted(upstream).client, sock=sock, backlog=BACKLOG)
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
        if resolved(listen) != self.listen or upstream != self.upstream:
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
