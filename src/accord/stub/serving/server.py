"""The server: listeners around one engine, and what runs beside them."""

from __future__ import annotations

import asyncio
import errno
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from accord.core.errors import ResourceMissingError, UsageError
from accord.core.tasks import end_tasks
from accord.stub.serving.outgoing import Outgoing

if TYPE_CHECKING:
    import ssl
    from collections.abc import Coroutine

    from accord.core.http.messages import HttpResponse
    from accord.stub.engine import Engine
    from accord.stub.plan import Call, Plan
    from accord.stub.requests import StubRequest
    from accord.stub.serving.protocol import Connection
    from accord.stub.space import Space

_TICK = 0.5  # seconds between two looks at deadlines and at the folder
_LINGER = 2.0  # seconds that a client who was refused has to read why
_BACKLOG = 4096
_MOST_CALLS = 64  # at once, to proxied services and webhooks
_log = logging.getLogger(__name__)


def _advice(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "Is another server there? --port 0 takes a free one"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "Ports below 1024 are the system's; --port 0 takes a free one"
    return "Is it an address of this machine? 127.0.0.1 always is"


class Server:
    """Serves an engine in the running event loop.

    Args:
        engine: what answers.

    Attributes:
        port: of the first listener.
        now: the loop's time, half a second exact.
        stopped: set when the server has been told to stop.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.main = engine.space("")
        self.options = engine.options
        self.outgoing = Outgoing(engine.targets, engine.options.proxy_timeout)
        self.port = 0
        self.now = 0.0
        self.stopped = asyncio.Event()
        self._listeners: list[asyncio.Server] = []
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._calls = asyncio.Semaphore(_MOST_CALLS)

    async def listen(
        self, port: int, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, space: Space | None = None
    ) -> int:
        """Listen on a port, and give it.

        Args:
            port: 0 for a free one.
            host: the address.
            tls: for https.
            space: the namespace of all that comes here; None for the nameless one.

        Raises:
            UsageError: the port cannot be had.
            ResourceMissingError: the package httptools is not installed.
        """
        try:
            from accord.stub.serving.protocol import Connection  # noqa: PLC0415 - needs an extra, and says so
        except ImportError:
            raise ResourceMissingError("serving stubs needs a package: pip install 'accord[stub]'") from None
        host = host or "127.0.0.1"  # an empty one would listen everywhere
        loop = asyncio.get_running_loop()
        self.now = loop.time()
        factory: Any = partial(Connection, self, space, scheme="https" if tls else "http")
        try:
            listener = await loop.create_server(factory, host, port, ssl=tls, backlog=_BACKLOG)
        except OSError as error:
            raise UsageError(f"cannot listen on {host}:{port}: {error.strerror or error}. {_advice(error)}") from None
        self._listeners.append(listener)
        taken = int(listener.sockets[0].getsockname()[1])
        if not self.port:
            self.port = taken
            self.spawn(self._tick())
        return taken

    async def close(self) -> None:
        """Stop to listen, and end the connections."""
        for listener in self._listeners:
            listener.close()
        for each in list(self._connections):
            each.transport.abort()
        await end_tasks(self._tasks)
        for listener in self._listeners:
            await listener.wait_closed()
        await asyncio.to_thread(self.outgoing.close)

    async def close_port(self, port: int) -> None:
        """Stop to listen on one port, and end the connections that came by it."""
        for listener in [each for each in self._listeners if each.sockets[0].getsockname()[1] == port]:
            self._listeners.remove(listener)
            listener.close()
        for each in [one for one in self._connections if one.transport.get_extra_info("sockname")[1] == port]:
            each.transport.abort()

    def stop_soon(self) -> None:
        """Stop once the answer that says so is on its way."""
        asyncio.get_running_loop().call_later(0.05, self.stopped.set)

    def opened(self, connection: Connection) -> None:
        """A connection was opened; one too many is closed."""
        if len(self._connections) >= self.options.limits.connections:
            connection.transport.abort()
            return
        self._connections.add(connection)

    def closed(self, connection: Connection) -> None:
        """A connection has gone."""
        self._connections.discard(connection)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("the StubServer failed at an answer", exc_info=task.exception())

    def carry_out(self, connection: Connection, plan: Plan, request: StubRequest, space: Space, keep: bool) -> None:  # noqa: FBT001 - as the protocol has it
        """Answer beside the loop's other work."""
        from accord.stub.serving.carrying import carry_out  # noqa: PLC0415 - beside the only one who needs it

        async def answered() -> None:
            try:
                await carry_out(self, connection, plan, request, space, keep=keep)
            except Exception:  # whatever it is: without an answer the client must not wait for ever
                connection.transport.abort()
                raise

        self.spawn(answered())

    async def call(self, call: Call) -> HttpResponse:
        """Make a call to another service, beside the loop's other work; many at once, for they may take long.

        Raises:
            AccordError: no answer, or none that can be used.
        """
        from accord.stub.serving.daemons import in_daemon  # noqa: PLC0415 - only who passes on needs threads

        async with self._calls:
            return await in_daemon(partial(self.outgoing.call, call))

    def close_gently(self, transport: Any) -> None:
        """Close a connection whose client is still sending: closed at once, it would lose the answer to a reset."""
        if transport.can_write_eof():
            transport.write_eof()
            asyncio.get_running_loop().call_later(_LINGER, transport.abort)
        else:
            transport.close()

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_TICK)
            self.now = loop.time()
            for each in [one for one in self._connections if one.deadline < self.now]:
                each.too_slow()
            if self.options.watch and self.options.root is not None:
                faults = self.engine.reload_if_changed()
                for fault in faults or ():
                    _log.error("a mapping file cannot be used: %s", fault)
