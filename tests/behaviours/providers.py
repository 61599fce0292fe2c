"""A provider over HTTP for tools that verify one: it answers what a test says, until the test is over."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class JsonProvider(BaseHTTPRequestHandler):
    """A subclass says what to answer; a request's body is read and let go."""

    def document(self) -> object:
        """What to answer, with status 200."""
        raise AssertionError(f"nobody said what to answer to {self.command} {self.path}")

    def do_GET(self) -> None:
        """Answer."""
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = json.dumps(self.document()).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Answer."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def provided(provider: type[JsonProvider]) -> Iterator[int]:
    """Serve for as long as the block lasts; gives the port, on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), provider) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
