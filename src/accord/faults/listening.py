"""Addresses that proxies listen on: told apart, and opened."""

from __future__ import annotations

import errno
import os
import socket
from typing import TYPE_CHECKING, Any

from accord.core.hosts import is_loopback
from accord.faults.addresses import joined, split_address
from accord.faults.errors import FAILED, FaultProxyError

if TYPE_CHECKING:
    from collections.abc import Sequence

BACKLOG = 1024


def resolved(listen: str) -> str:
    """The address as it is once somebody listens there: names of this machine become its number."""
    try:
        host, port = split_address(listen or "127.0.0.1:0", "listen")
    except FaultProxyError:
        return listen
    return joined("127.0.0.1" if host in {"", "localhost"} else host, port)


def listening(listen: str, *, outside: bool) -> socket.socket:
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
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except OSError as error:
        if sock is not None:
            sock.close()
        reason = "address already in use" if error.errno == errno.EADDRINUSE else (error.strerror or str(error))
        raise FaultProxyError(f"listen tcp {joined(host, port)}: bind: {reason}", FAILED) from None
    return sock
