"""The questions that can be asked of a server we know nothing of."""

from __future__ import annotations

import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from accord.core.errors import ResourceError
from accord.infra.waiting import command_succeeds, http_answers, log_says, port_answers, wait_until_ready

if TYPE_CHECKING:
    from pathlib import Path


def test_a_port_is_ready_when_somebody_listens() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        assert "nothing listens" in (port_answers(port)() or "")
        listener.listen()
        assert port_answers(port)() is None


def test_a_log_is_ready_when_a_line_matches(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("starting\n")
    question = log_says(log.read_text, r"^ready in \d+ms$")
    assert "has no line" in (question() or "")
    log.write_text("starting\nready in 3ms\n")
    assert question() is None


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204 if self.path == "/health?deep=1" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_http_is_ready_when_the_status_is_the_one_wanted() -> None:
    with HTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        assert http_answers(f"{url}/health?deep=1")() is None
        assert http_answers(f"{url}/health?deep=1", 204)() is None
        assert "is answered with 204" in (http_answers(f"{url}/health?deep=1", 200)() or "")
        assert "is answered with 503" in (http_answers(url)() or "")
        server.shutdown()
        thread.join()
    assert "refused" in (http_answers(url)() or "")
    with pytest.raises(ResourceError, match="only http://HOST"):
        http_answers("https://example.test")


def test_a_command_is_ready_when_it_ends_well() -> None:
    assert command_succeeds([sys.executable, "-c", ""])() is None
    failing = command_succeeds([sys.executable, "-c", "import sys; sys.exit('not yet')"])
    assert "ended with 1: not yet" in (failing() or "")
    assert "nowhere" in (command_succeeds(["/nowhere/command"])() or "")


def test_what_was_in_the_way_at_last_is_said() -> None:
    answers = iter(["asleep", "yawning"])
    with pytest.raises(ResourceError, match=r"the server was not ready after 0\.05 s \(yawning\)"):
        wait_until_ready(lambda: next(answers, "yawning"), what="the server", timeout=0.05)


def test_it_is_asked_until_nothing_is_in_the_way() -> None:
    answers = iter(["asleep", "yawning", None])
    wait_until_ready(lambda: next(answers), what="the server")
    assert next(answers, "all asked") == "all asked"
