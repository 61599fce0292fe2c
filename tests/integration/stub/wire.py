"""A client of bytes: what a test sends is what goes out, and what comes back is all there is."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accord.stub import StubServer

REQUEST = b"GET /x HTTP/1.1\r\nHost: here\r\n\r\n"


def connected(server: StubServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def read_until(sock: socket.socket, end: bytes) -> bytes:
    """What comes until these bytes have come, or the connection ends."""
    seen = b""
    while end not in seen:
        piece = sock.recv(65536)
        if not piece:
            break
        seen += piece
    return seen


def read_to_end(sock: socket.socket) -> bytes:
    """All until the peer closes."""
    seen = b""
    while piece := sock.recv(65536):
        seen += piece
    return seen


def sent(server: StubServer, data: bytes) -> bytes:
    """All that is answered until the server closes."""
    with connected(server) as sock:
        sock.sendall(data)
        return read_to_end(sock)
