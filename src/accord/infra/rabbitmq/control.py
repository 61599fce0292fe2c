"""Asking a RabbitMQ of Accord's for virtual hosts, and to write: see virtual_hosts.erl for the other end."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError

if TYPE_CHECKING:
    from pathlib import Path

_TIMEOUT = 30.0  # seconds; a virtual host takes some hundredths
_LONGEST_ANSWER = 64 * 1024  # bytes


def ask(address: Path, question: str, *, timeout: float = _TIMEOUT) -> None:
    """Ask for one thing: ``ping``, ``flush``, ``add NAME``, ``delete NAME``.

    Raises:
        OSError: nothing answers there.
        ResourceError: RabbitMQ could not do it.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        connection.connect(str(address))
        connection.sendall(question.encode() + b"\n")
        with connection.makefile("rb") as stream:
            answer = stream.readline(_LONGEST_ANSWER).decode("utf-8", "replace").strip()
    if answer != "ok":
        raise ResourceError(f"RabbitMQ could not {question!r}: {answer or 'it closed the connection'}")
