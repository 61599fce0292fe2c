"""A fault server for the session's tests, and small services behind it."""

from __future__ import annotations

import http.client
import json
import socket
import socketserver
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from accord.core.http.messages import HttpRequest, HttpResponse
from accord.core.http.server import listen
from accord.faults.server import BackgroundServer, FaultServer

if TYPE_CHECKING:
    from collections.abc import Iterator


class Api:
    """A client of the API, as plain as can be."""

    def __init__(self, port: int) -> None:
        self.port = port

    def __call__(
        self, method: str, path: str, document: Any = None, *, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status, and the body: read from JSON where it is some."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            body = document if document is None or isinstance(document, bytes) else json.dumps(document).encode()
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            text = response.read().decode()
        try:
            return response.status, json.loads(text)
        except ValueError:
            return response.status, text


@pytest.fixture(scope="session")
def _server() -> Iterator[BackgroundServer]:
    background = BackgroundServer(FaultServer(port=0, seed=1))
    background.start()
    yield background
    background.stop()


@pytest.fixture
def api(_server: BackgroundServer) -> Iterator[Api]:
    """The API, without any proxy when a test begins."""
    api = Api(int(_server.server.address.rpartition(":")[2]))
    yield api
    for name in api("GET", "/proxies")[1]:
        api("DELETE", f"/proxies/{name}")


@pytest.fixture(scope="session")
def echo() -> Iterator[str]:
    """The address of a service that sends back what it gets, and an end where it gets one."""

    class Echo(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while data := self.request.recv(65536):
                self.request.sendall(data)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 1024

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Connections are broken on purpose."""

    with Server(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01}).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="session")
def hello() -> Iterator[str]:
    """The URL of an HTTP service that says hello."""

    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, (), f"hello from {request.path}".encode())

    with listen(answer) as listener:
        yield listener.url


def connected(address: str) -> socket.socket:
    """A connection to ``host:port`` that never hangs a test."""
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=10)
