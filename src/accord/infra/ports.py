"""Ports on loopback for servers that must be told one."""

from __future__ import annotations

import contextlib
import random
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
# Outside the ranges that systems give to outgoing connections (Linux from 32768, macOS from 49152), so that none takes
# the port while the server is down for a restart.
_PORTS = range(20_000, 32_000)


def free_ports() -> Iterator[int]:
    """Ports nobody listens on just now. Somebody may by the time the server does: whoever asks must be ready for it."""
    while True:
        port = random.choice(_PORTS)  # noqa: S311 - apart, not secret
        if is_free(port):
            yield port


def is_allowed(port: int) -> bool:
    """Whether this user may listen on this port of loopback at all."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError:
            return False
        except OSError:
            return True
    return True


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of loopback just now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind((LOOPBACK, port))
            return True
    return False
