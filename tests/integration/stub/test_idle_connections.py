"""Connections that do nothing: many at once cost little, and the next client is served."""

from __future__ import annotations

import contextlib
import resource
import socket
from typing import TYPE_CHECKING

import pytest

from tests.integration.stub.wire import REQUEST, connected, read_until

if TYPE_CHECKING:
    from accord.stub import StubServer


def served_beside(server: StubServer, count: int) -> None:
    server.when("GET", "/x").answer(200, "ok")
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=20))
        with connected(server) as sock:
            sock.sendall(REQUEST)
            assert read_until(sock, b"\r\n\r\nok").endswith(b"ok")


def test_hundreds_of_idle_connections_are_in_nobodys_way(server: StubServer) -> None:
    served_beside(server, 300)


@pytest.mark.soak
def test_ten_thousand_idle_connections_are_in_nobodys_way(server: StubServer) -> None:
    count = 10_000
    needed = 2 * count + 500  # both ends are in this process
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip(f"this process may open {hard} files, and {needed} are needed: ulimit -n {needed}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    try:
        served_beside(server, count)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
