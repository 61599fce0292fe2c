"""Connections that do nothing: many at once cost little, and the next client is served."""

from __future__ import annotations

import contextlib
import resource
import socket
from typing import TYPE_CHECKING

import pytest

from tests.integration.stub.wire import read_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.stub import StubServer


def served_beside(port: int, count: int) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
        with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
            sock.sendall(b"GET /__admin/version HTTP/1.1\r\nHost: here\r\n\r\n")
            assert b" 200 OK" in read_until(sock, b"}")


def test_hundreds_of_idle_connections_are_in_nobodys_way(server: StubServer) -> None:
    served_beside(server.port, 300)


@pytest.mark.soak
def test_ten_thousand_idle_connections_are_in_nobodys_way(serve: Callable[..., str]) -> None:
    """Against the command: it raises its own limit of open files."""
    needed = 10_300
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip(f"this process may open {hard} files, and {needed} are needed: ulimit -n {needed}")
    url = serve()
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    try:
        served_beside(int(url.rpartition(":")[2]), 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
