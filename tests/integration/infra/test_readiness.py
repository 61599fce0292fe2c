from __future__ import annotations

import shutil
import socket
import struct
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accord.infra.postgres import readiness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


READY = message(b"R", struct.pack("!I", 0)) + message(b"S", b"TimeZone\0UTC\0") + message(b"Z", b"I")


@pytest.fixture
def ask() -> Iterator[Callable[[bytes], tuple[str | None, bytes]]]:
    """Ask a server that gives the answer and hangs up; returns what was found and what the server was sent."""
    folder = Path(tempfile.mkdtemp(prefix="a-"))

    def ask(answer: bytes) -> tuple[str | None, bytes]:
        received = b""
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(folder / "s"))
            listener.listen()

            def serve() -> None:
                nonlocal received
                connection, _ = listener.accept()
                with connection:
                    received = connection.recv(4096)
                    connection.sendall(answer)

            server = threading.Thread(target=serve)
            server.start()
            found = readiness.problem(folder / "s", user="postgres", database="shop")
            server.join()
        return found, received

    yield ask
    shutil.rmtree(folder)


def test_a_server_that_is_ready_is_no_problem(ask: Callable[[bytes], tuple[str | None, bytes]]) -> None:
    found, received = ask(READY)
    assert found is None
    assert received[4:] == struct.pack("!I", 196608) + b"user\0postgres\0database\0shop\0\0"
    assert struct.unpack("!I", received[:4]) == (len(received),)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (
            message(b"E", b"SFATAL\0C57P03\0Mthe database system is starting up\0\0"),
            "the database system is starting up (SQLSTATE 57P03)",
        ),
        (message(b"R", struct.pack("!I", 10)), "it asks for a password"),
        (b"", "it closed the connection"),
        (message(b"R", struct.pack("!I", 0)), "it closed the connection"),
        (b"R\0\0", "it closed the connection"),
    ],
)
def test_what_is_in_the_way_is_said(
    ask: Callable[[bytes], tuple[str | None, bytes]], answer: bytes, problem: str
) -> None:
    assert ask(answer)[0] == problem


def test_nobody_listening_is_a_problem(tmp_path: Path) -> None:
    assert "FileNotFoundError" in str(readiness.problem(tmp_path / "s", user="postgres", database="shop"))
