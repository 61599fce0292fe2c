"""A loopback HTTP server for this process: one background thread serves every listener."""

from __future__ import annotations

import errno
import logging
import os
import socket
from typing import TYPE_CHECKING

from accord.core.errors import UsageError
from accord.core.http.connection import Limits
from accord.core.http.reactor import shared_reactor

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from accord.core.http.messages import HttpRequest, HttpResponse
    from accord.core.http.reactor import Peer

_log = logging.getLogger(__name__)
_BACKLOG = 512
_LAST_PORT = 65_535
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, never bound unless the caller says so


class Listener:
    """One open port; a context manager that closes it.

    Attributes:
        host: the address it listens on.
        port: the port it listens on, also when 0 was asked for.
        url: where clients on this machine reach it, such as ``http://127.0.0.1:8080``.
        errors: what the handler raised, in order; each such request was answered with 500.
        closed: the port has been released.
    """

    def __init__(self, handler: Callable[[HttpRequest], HttpResponse], sock: socket.socket, limits: Limits) -> None:
        self.handler = handler
        self.socket = sock
        self.limits = limits
        self.host, self.port = sock.getsockname()[:2]
        self.errors: list[BaseException] = []
        self.closed = False
        self.peers: set[Peer] = set()
        reached = _WILDCARDS.get(self.host, self.host)
        self.url = f"http://[{reached}]:{self.port}" if ":" in reached else f"http://{reached}:{self.port}"

    def close(self) -> None:
        """Close the port and its open connections; on return the port is free. Closing twice is fine."""
        if not self.closed:
            shared_reactor().close(self)

    def failed(self, error: BaseException) -> None:
        """Keep what was raised while a request was answered, and log it."""
        self.errors.append(error)
        _log.error("Answering a request to %s failed", self.url, exc_info=error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Listener {self.url}{' closed' if self.closed else ''}>"


def listen(
    handler: Callable[[HttpRequest], HttpResponse],
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    limits: Limits | None = None,
) -> Listener:
    """Serve a handler over HTTP/1.1 until the listener is closed.

    The handler is called in the server's thread, one request at a time: it has to answer from memory. While it
    waits, no listener of this process answers, so it must never call another one.

    Args:
        handler: gets each request, returns its response. What it raises is kept in `Listener.errors`.
        port: 0 takes a free one.
        host: an address of this machine; anything but the loopback address opens the port to the network.
        limits: how large requests may be.

    Raises:
        UsageError: the port is taken or not allowed, or the host is not of this machine.
    """
    listener = Listener(handler, _bound(host, port), limits or Limits())
    shared_reactor().add(listener)
    return listener


def _bound(host: str, port: int) -> socket.socket:
    if not 0 <= port <= _LAST_PORT:
        raise UsageError(f"A port is a number from 0 to {_LAST_PORT}; seen: {port}. Port 0 takes a free one.")
    sock = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        sock = socket.socket(family, kind, protocol)
        if os.name == "posix":  # so that a port just released can be taken again; on Windows it would share the port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(_BACKLOG)
        sock.setblocking(False)
    except OSError as error:
        if sock is not None:
            sock.close()
        raise _cannot_listen(error, host, port) from error
    return sock


def _cannot_listen(error: OSError, host: str, port: int) -> UsageError:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return UsageError(f"Cannot listen on {host!r}: it is no address of this machine. Use 127.0.0.1.")
    if error.errno == errno.EADDRINUSE:
        return UsageError(
            f"Port {port} on {host} is taken: something listens there already. "
            f"Stop it, give another port, or give 0 for a free one."
        )
    if error.errno == errno.EACCES:
        return UsageError(f"Port {port} on {host} is not allowed for this user. Give a port from 1024 up, or 0.")
    return UsageError(f"Cannot listen on {host}:{port}: {error}. Give another port, or 0 for a free one.")
