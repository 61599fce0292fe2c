"""StubServer: an engine with a socket on a thread of its own, or without one as a transport of httpx."""

from __future__ import annotations

import asyncio
import itertools
import threading
from typing import TYPE_CHECKING, Any, Self

from accord.core.errors import AccordError, UsageError
from accord.stub.engine import Engine
from accord.stub.loops import loop_factory
from accord.stub.options import Options
from accord.stub.stubbing import Stubbing

if TYPE_CHECKING:
    import ssl
    from collections.abc import Coroutine
    from concurrent.futures import Future
    from types import TracebackType

    from accord.stub.httpx_transport import StubTransport
    from accord.stub.serving.server import Server

_START = 30.0  # seconds
_names = itertools.count(1)


class StubServer(Stubbing):
    """A WireMock-compatible server on loopback; a context manager.

    Args:
        port: 0 for a free one.
        options: how it behaves; see Options.
        tls: a context for https instead of http.

    Raises:
        DocumentError: a document that stubs are checked against cannot be read.
    """

    def __init__(self, *, port: int = 0, options: Options | None = None, tls: ssl.SSLContext | None = None) -> None:
        engine = Engine(options or Options(watch=False, allow_targets=("127.0.0.0/8", "::1")))
        super().__init__(engine, engine.space(""))
        self.engine = engine
        self._wanted_port = port
        self._tls = tls
        self._loop: Loop | None = None
        self._port = 0

    @property
    def port(self) -> int:
        """The port it listens on; it begins to listen here, if it does not yet."""
        self.start()
        return self._port

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Begin to listen.

        Raises:
            UsageError: the port cannot be had.
            ResourceMissingError: the extra ``stub`` is not installed.
        """
        if self._loop is None:
            for fault in self.engine.load_folder():
                raise UsageError(f"a mapping file cannot be used: {fault}")
            loop = Loop(self.engine)
            try:
                self._port = loop.run(loop.server.listen(self._wanted_port, tls=self._tls))
            except BaseException:
                loop.close()
                raise
            self._loop = loop
        return self

    def stop(self) -> None:
        """Stop to listen."""
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    def namespace(self, name: str | None = None) -> Namespace:
        """A part of the server that others do not see: stubs, requests and scenarios of its own, and a port."""
        return Namespace(self, name or f"space-{next(_names)}")

    def transport(self) -> StubTransport:
        """The server without a socket, for httpx.Client and httpx.AsyncClient."""
        from accord.stub.httpx_transport import StubTransport  # noqa: PLC0415 - httpx takes 80 ms to load

        return StubTransport(self.engine, self._space)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if error is None and self.strict:
            self.check()

    def listen_for(self, namespace: Namespace) -> int:
        """Open a port for a namespace."""
        self.start()
        assert self._loop is not None  # noqa: S101 - started above
        port: int = self._loop.run(self._loop.server.listen(0, space=namespace.space))
        return port

    def close_port(self, port: int) -> None:
        """Close a port that was opened for a namespace."""
        if self._loop is not None:
            self._loop.run(self._loop.server.close_port(port))


class Namespace(Stubbing):
    """A namespace of a StubServer, with a port of its own once its address is asked for; a context manager.

    Args:
        server: whose.
        name: by which clients may name it in the header ``X-Accord-Namespace`` or the path ``/__ns/NAME``.
    """

    def __init__(self, server: StubServer, name: str) -> None:
        self.name = name
        self.space = server.engine.space(name)
        super().__init__(server.engine, self.space)
        self._server = server
        self._port = 0

    @property
    def port(self) -> int:
        """Its own port."""
        if not self._port:
            self._port = self._server.listen_for(self)
        return self._port

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def transport(self) -> StubTransport:
        """It without a socket, for httpx.Client and httpx.AsyncClient."""
        from accord.stub.httpx_transport import StubTransport  # noqa: PLC0415 - as above

        return StubTransport(self._engine, self.space)

    def close(self) -> None:
        """Forget all of it, and close its port."""
        self._engine.spaces.pop(self.name, None)
        if self._port:
            self._server.close_port(self._port)
            self._port = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None and self.strict:
                self.check()
        finally:
            self.close()


class Loop:
    """An event loop on a thread, with a server in it."""

    def __init__(self, engine: Engine) -> None:
        self.server: Server
        self._engine = engine
        self._ready = threading.Event()
        self._ended: asyncio.Event
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="accord-stub-server", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START) or self._failure is not None:
            raise AccordError(f"the StubServer did not start within {_START:g} s: {self._failure}")

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something in the loop, and wait for it."""
        waiting: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return waiting.result(_START)

    def close(self) -> None:
        """End the server and the loop."""
        self._loop.call_soon_threadsafe(self.server.stopped.set)
        self._thread.join(_START)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=loop_factory()) as runner:
                runner.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self._failure = error
            self._ready.set()

    async def _serve(self) -> None:
        from accord.stub.serving.server import Server  # noqa: PLC0415 - beside its only use here

        self._loop = asyncio.get_running_loop()
        self.server = Server(self._engine)
        self._ready.set()
        await self.server.stopped.wait()
        await self.server.close()
