"""The few words of the NATS protocol that Accord itself needs: to ask whether a server is ready, and to manage it.

A client library would take longer to import than the server to start. Protocol: NATS documentation, "Client Protocol".
"""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import time
from typing import TYPE_CHECKING, Any

from accord.core.errors import ResourceError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_TIMEOUT = 5.0  # seconds
_PATIENCE = 0.25  # seconds until a question is asked again
_PAUSE = 0.002  # seconds until it is, when nobody was there to answer
_LARGEST = 8 << 20  # bytes of one line or answer; the server's first line has about 500


class NatsConnection:
    """One connection, used by one thread at a time."""

    def __init__(
        self, port: int, *, user: str = "", password: str = "", host: str = "127.0.0.1", timeout: float = _TIMEOUT
    ) -> None:
        """Connect and wait until the server has answered.

        Raises:
            OSError: nothing answers there.
            ResourceError: it answers, and refuses.
            ValueError: what answers is no NATS.
        """
        self._received = b""
        self._numbers = itertools.count(1)
        self._socket = socket.create_connection((host, port), timeout=timeout)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else answers wait 40 ms
            self.server: dict[str, Any] = json.loads(self._line().removeprefix(b"INFO "))
            options: dict[str, Any] = {"verbose": False, "pedantic": False, "name": "accord"}
            options |= {"headers": True, "no_responders": True}  # so that it says when nobody is there
            options |= {"user": user, "pass": password} if user else {}
            self._socket.sendall(b"CONNECT " + json.dumps(options).encode() + b"\r\nPING\r\n")
            self._expect_pong(user)
        except BaseException:
            self.close()
            raise

    def request(self, subject: str, payload: str = "") -> dict[str, Any]:
        """Ask one question, which may be asked twice, and return its answer.

        While the server reads its accounts again, JetStream answers nobody for a moment: then the question is repeated.

        Raises:
            ResourceError: nobody answers on that subject, or the server refuses.
        """
        deadline = time.monotonic() + _TIMEOUT
        self._socket.settimeout(_PATIENCE)
        while time.monotonic() < deadline:
            with contextlib.suppress(TimeoutError):
                if (answer := self._ask_once(subject, payload.encode())) is not None:
                    return answer
            time.sleep(_PAUSE)
        raise ResourceError(f"nobody answered on {subject} in {_TIMEOUT:g} s")

    def _ask_once(self, subject: str, payload: bytes) -> dict[str, Any] | None:
        number = str(next(self._numbers))
        inbox = f"_INBOX.accord.{number}"
        words = f"SUB {inbox} {number}\r\nUNSUB {number} 1\r\nPUB {subject} {inbox} {len(payload)}\r\n"
        self._socket.sendall(words.encode() + payload + b"\r\n")
        while True:
            word, *more = self._line().decode(errors="replace").split(" ")
            if word == "PING":
                self._socket.sendall(b"PONG\r\n")
            elif word == "-ERR":
                raise ResourceError(f"NATS refused a request to {subject}: {' '.join(more)}")
            elif word in {"MSG", "HMSG"}:
                body = self._exactly(int(more[-1]) + len("\r\n"))
                if word == "HMSG":  # a status: nobody is there
                    return None
                if more[1] == number:  # else it answers a question that was asked again meanwhile
                    answer: dict[str, Any] = json.loads(body)
                    return answer

    def _expect_pong(self, user: str) -> None:
        answer = self._line()
        if answer != b"PONG":
            raise ResourceError(f"NATS refuses {user!r}: {answer.decode(errors='replace')}")

    def _line(self) -> bytes:
        while b"\n" not in self._received:
            self._receive()
        line, _, self._received = self._received.partition(b"\n")
        return line.strip()

    def _exactly(self, length: int) -> bytes:
        while len(self._received) < length:
            self._receive()
        body, self._received = self._received[:length], self._received[length:]
        return body

    def _receive(self) -> None:
        """Take what has come, or wait for it; what came before a timeout is kept."""
        part = self._socket.recv(1 << 16)
        if not part:
            raise ConnectionResetError("it closed the connection")
        self._received += part
        if len(self._received) > _LARGEST:
            raise ValueError(f"what answers is no NATS: more than {_LARGEST} bytes at once")

    def close(self) -> None:
        """End it."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
