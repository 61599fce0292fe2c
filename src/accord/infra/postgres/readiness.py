"""Asking a PostgreSQL server whether it takes connections, in its own protocol and without a driver.

The driver takes longer to import than the server to start. Protocol: PostgreSQL documentation, chapter
"Frontend/Backend Protocol", sections "Start-up" and "Error and Notice Message Fields".
"""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PROTOCOL_3 = 196608
_HEADER = struct.Struct("!cI")  # kind of message, its length without the kind
_TERMINATE = b"X\0\0\0\x04"


def problem(address: Path, *, user: str, database: str, timeout: float = 2.0) -> str | None:
    """Open one session and close it again.

    Args:
        address: the server's Unix socket.
        user: who connects.
        database: to which database.
        timeout: how long to wait for an answer, in seconds.

    Returns:
        None when the server is ready, else what is in the way.
    """
    parameters = f"user\0{user}\0database\0{database}\0\0".encode()
    start = struct.pack("!II", len(parameters) + 8, _PROTOCOL_3) + parameters
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout)
            connection.connect(str(address))
            connection.sendall(start)
            found = _until_ready(connection)
            if found is None:
                with contextlib.suppress(OSError):  # a courtesy: it was ready, whatever became of it since
                    connection.sendall(_TERMINATE)
            return found
    except OSError as error:
        return f"{type(error).__name__}: {error}"


def _until_ready(connection: socket.socket) -> str | None:
    with connection.makefile("rb") as stream:
        while len(header := stream.read(_HEADER.size)) == _HEADER.size:
            kind, length = _HEADER.unpack(header)
            body = stream.read(length - 4)
            if kind == b"Z":  # ReadyForQuery
                return None
            if kind == b"E":  # ErrorResponse: fields of a letter and a text
                fields = {field[:1]: field[1:].decode("utf-8", "replace") for field in body.split(b"\0") if field}
                return f"{fields.get(b'M')} (SQLSTATE {fields.get(b'C')})"
            if kind == b"R" and body[:4] != b"\0\0\0\0":
                return "it asks for a password"
    return "it closed the connection"
