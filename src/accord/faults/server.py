"""The fault server: the API and the proxies on one event loop, in this thread or in one of its own."""

from __future__ import annotations

import asyncio
import errno
import json
import sys
import threading
from typing import TYPE_CHECKING, Any, TypeVar, cast

from accord.core.documents import read_text_file
from accord.core.errors import UsageError
from accord.core.hosts import is_loopback
from accord.core.http.connection import Limits, RefusedError, ServerConnection
from accord.core.http.messages import HttpRequest
from accord.faults.addresses import joined
from accord.faults.api import Api
from accord.faults.proxies import ProxyCollection

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

T = TypeVar("T")

DEFAULT_PORT = 8474
_LIMITS = Limits(head=32 * 1024, body=1024 * 1024)
_IDLE = 60.0
"""Seconds in which a client of the API must bring a request."""
_MOST_CLIENTS = 256
_START_TIMEOUT = 10.0
_CREATED = 201


class _ApiProtocol(asyncio.Protocol):
    """One connection of the API: requests are answered one after the other."""

    def __init__(self, api: Api, clients: set[_ApiProtocol]) -> None:
        self._api = api
        self._clients = clients
        self._connection = ServerConnection(_LIMITS)
        self._task: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._idle: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = stream = cast("asyncio.Transport", transport)  # uvloop's are none by inheritance
        self._clients.add(self)
        if len(self._clients) > _MOST_CLIENTS:
            stream.close()
        self._wait()

    def data_received(self, data: bytes) -> None:
        self._connection.receive(data)
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._clients.discard(self)
        if self._idle is not None:
            self._idle.cancel()

    def close(self) -> None:
        """End it."""
        if self._transport is not None:
            self._transport.close()

    def _wait(self) -> None:
        """A client that brings no request in time is left; one that trickles bytes too."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(_IDLE, self.close)

    def _go_on(self) -> None:
        if self._task is None and self._transport is not None:
            self._task = asyncio.get_running_loop().create_task(self._answer_all(self._transport))

    async def _answer_all(self, transport: asyncio.Transport) -> None:
        try:
            while not transport.is_closing():
                request = self._connection.next_request()
                if request is None:
                    transport.write(self._connection.interim())
                    return
                transport.write(self._connection.respond(await self._api.answer(request)))
                self._wait()
                if self._connection.closing:
                    transport.close()
        except RefusedError as refused:
            transport.write(self._connection.refuse(refused))
            transport.close()
        finally:
            self._task = None


class FaultServer:
    """Toxiproxy's API on a port, and its proxies.

    Args:
        port: of the API; 0 takes a free one, None has no API.
        host: of the API.
        seed: what chance decides by; the same seed repeats a run.
        outside: whether the API and proxies may listen on other addresses than loopback.
    """

    def __init__(
        self, *, port: int | None = None, host: str = "127.0.0.1", seed: int | None = None, outside: bool = False
    ) -> None:
        self.proxies = ProxyCollection(seed=seed, outside=outside)
        self.address = ""
        self._host = host or "127.0.0.1"  # an empty one would listen everywhere
        self._port = port
        self._outside = outside
        self._server: asyncio.Server | None = None
        self._clients: set[_ApiProtocol] = set()

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://{self.address}"

    async def start(self) -> None:
        """Listen.

        Raises:
            UsageError: the port is taken or not allowed, or the host is not of this machine or not loopback.
        """
        if self._port is None:
            return
        if not self._outside and not is_loopback(self._host):
            raise UsageError(
                f"{self._host} is no loopback address: whoever reaches the API can make this machine connect anywhere. "
                "Use 127.0.0.1, or say --outside."
            )
        api = Api(self.proxies)
        try:
            self._server = await asyncio.get_running_loop().create_server(
                lambda: _ApiProtocol(api, self._clients), self._host, self._port
            )
        except (OSError, OverflowError) as error:
            raise _cannot_listen(error, self._host, self._port) from None
        self.address = joined(*self._server.sockets[0].getsockname()[:2])

    async def populate(self, file: Path) -> None:
        """Make the proxies of a file, as the API's /populate takes them.

        Raises:
            UsageError: the file is no such list; says what the API would.
            DocumentError: it cannot be read.
        """
        body = read_text_file(file).encode()
        answer = await Api(self.proxies).answer(HttpRequest("POST", "/populate", body=body))
        if answer.status != _CREATED:
            raise UsageError(f"{file}: {json.loads(answer.body)['error']}")

    async def stop(self) -> None:
        """Close the API, the proxies and all connections."""
        if self._server is not None:
            self._server.close()
        for client in list(self._clients):
            client.close()
        await self.proxies.stop()
        await asyncio.sleep(0)


class BackgroundServer:
    """A fault server in a thread of its own, for code that is not asynchronous.

    Args:
        server: what runs there.
    """

    def __init__(self, server: FaultServer) -> None:
        self.server = server
        self._loop = new_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="accord-faults", daemon=True)

    def start(self) -> None:
        """Start; the server listens when this returns.

        Raises:
            UsageError: as in FaultServer.start.
        """
        self._thread.start()
        try:
            self.call(self.server.start)
        except BaseException:
            self.stop()
            raise

    def call(self, function: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine over there and wait for what it gives."""
        return asyncio.run_coroutine_threadsafe(function(), self._loop).result(_START_TIMEOUT)

    def stop(self) -> None:
        """Stop; nothing listens when this returns."""
        if self._thread.is_alive():
            self.call(self.server.stop)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_START_TIMEOUT)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()


def new_loop() -> asyncio.AbstractEventLoop:
    """An event loop: uvloop's where it is installed, which is twice as fast."""
    if sys.platform != "win32":
        try:
            import uvloop  # noqa: PLC0415 - an extra
        except ImportError:
            pass
        else:
            return uvloop.new_event_loop()
    return asyncio.new_event_loop()


def _cannot_listen(error: Exception, host: str, port: int) -> UsageError:
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return UsageError(
            f"Port {port} on {host} is taken: something listens there already, perhaps another fault server or "
            "Toxiproxy. Stop it, give another --port, or give 0 for a free one."
        )
    if code == errno.EACCES:
        return UsageError(f"Port {port} on {host} is not allowed for this user. Give a port from 1024 up, or 0.")
    return UsageError(f"Cannot listen on {host}:{port}: {error}. Give another port, or 0 for a free one.")
