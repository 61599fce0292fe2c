"""The server as a program: it says where it listens, serves until it is stopped, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import signal
from typing import TYPE_CHECKING

from accord.stub.engine import Engine
from accord.stub.serving.server import Server

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from accord.stub.options import Options


async def serve_until_stopped(
    options: Options,
    port: int | None,
    *,
    host: str,
    https_port: int | None,
    tls: ssl.SSLContext | None,
    say: Callable[[str], None],
) -> None:
    """Serve until a signal or the admin API stops it.

    Args:
        options: of the server.
        port: for http; None for none.
        host: the address to listen on.
        https_port: for https; None for none.
        tls: its context.
        say: tells people something.

    Raises:
        UsageError: a port cannot be had.
        DocumentError: a document cannot be read.
    """
    _allow_many_connections(options.limits.connections)
    engine = Engine(options)
    for fault in engine.load_folder():
        say(f"error: {fault}")
    server = Server(engine)
    # The journal holds many objects that live long; looking through them again and again would cost pauses.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(each, server.stopped.set)
        except NotImplementedError:  # Windows: Ctrl-C raises
            break
    try:
        if port is not None:
            say(f"port: {await server.listen(port, host=host)}")
        if https_port is not None:
            say(f"https-port: {await server.listen(https_port, host=host, tls=tls)}")
        count, scheme = len(engine.space("")), "https" if port is None else "http"
        stubs = "1 stub" if count == 1 else f"{count} stubs"
        say(f"{stubs}; admin API at {scheme}://{host}:{server.port}/__admin")
        await server.stopped.wait()
    finally:
        await server.close()


def _allow_many_connections(wanted: int) -> None:
    """Raise this process's own limit of open files as far as the system lets it."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted + 200 if hard == resource.RLIM_INFINITY else min(wanted + 200, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
