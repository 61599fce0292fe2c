"""The client's side of one HTTP/1.1 connection over a blocking socket."""

from __future__ import annotations

import socket
import time

import h11

from accord.core.http.messages import HttpResponse

_READ_SIZE = 64 * 1024


class DroppedError(Exception):
    """The peer closed the connection before its answer was complete."""


class TooLargeError(Exception):
    """The response is above the limit; the message is the rest of a sentence about it."""


class ClientConnection:
    """Exchanges on one connection, one after the other.

    Attributes:
        answered: some of the answer to the last request has come.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.answered = False
        self._socket = sock
        self._protocol = h11.Connection(h11.CLIENT)
        self._ended = False

    def exchange(self, head: h11.Request, body: bytes, *, deadline: float, limit: int) -> HttpResponse:
        """Send a request and read its response.

        Args:
            head: method, target and headers.
            body: the whole body.
            deadline: on the monotonic clock.
            limit: the largest response body, in bytes.

        Raises:
            OSError: the connection broke, or the deadline passed.
            DroppedError: the peer closed the connection too early.
            TooLargeError: the response is above the limit.
            h11.RemoteProtocolError: what came is not HTTP.
        """
        self.answered = False
        protocol = self._protocol
        data = protocol.send(head) or b""
        if body:
            data += protocol.send(h11.Data(body)) or b""
        data += protocol.send(h11.EndOfMessage()) or b""
        self._socket.settimeout(time_left(deadline))
        try:
            self._socket.sendall(data)
        except ConnectionError:
            # A server may refuse a large body before it has read it: then its answer is there to be read.
            if not body:
                raise
        return self._response(deadline, limit, bodiless=head.method == b"HEAD")

    def reusable(self) -> bool:
        """Make ready for the next exchange, if both sides keep the connection and nothing is left over."""
        if self._protocol.our_state is not h11.DONE or self._protocol.their_state is not h11.DONE:
            return False
        if self._protocol.trailing_data[0]:
            return False
        self._protocol.start_next_cycle()
        return True

    def is_quiet(self) -> bool:
        """The peer has neither closed the connection nor said anything unasked."""
        self._socket.setblocking(False)
        try:
            # Past TLS to the socket below, which alone can be looked at without taking anything.
            socket.socket.recv(self._socket, 1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        self._socket.close()

    def _response(self, deadline: float, limit: int, *, bodiless: bool) -> HttpResponse:
        response: h11.Response | None = None
        parts: list[bytes] = []
        size = 0
        while True:
            event = self._next_event()
            if event is h11.NEED_DATA:
                self._read(deadline)
            elif isinstance(event, h11.Response):
                response = event
                announced = int(dict(event.headers).get(b"content-length", b"0"))
                if announced > limit and not bodiless:
                    raise TooLargeError(f"announces {announced} bytes, above the limit of {limit}")
            elif isinstance(event, h11.Data):
                size += len(event.data)
                if size > limit:
                    raise TooLargeError(f"is above the limit of {limit} bytes")
                parts.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage) and response is not None:
                return _message(response, parts)
            elif not isinstance(event, h11.InformationalResponse):
                raise h11.RemoteProtocolError("it switched to another protocol")

    def _next_event(self) -> object:
        try:
            return self._protocol.next_event()
        except h11.RemoteProtocolError as error:
            if self._ended:
                raise DroppedError from error
            raise

    def _read(self, deadline: float) -> None:
        self._socket.settimeout(time_left(deadline))
        data = self._socket.recv(_READ_SIZE)
        if data:
            if not self.answered and not data.startswith(b"HTTP/"[: len(data)]):
                raise h11.RemoteProtocolError(f"its answer begins with {data[:20]!r}")
            self.answered = True
        else:
            self._ended = True
        self._protocol.receive_data(data)


def time_left(deadline: float) -> float:
    """Seconds until a monotonic deadline.

    Raises:
        TimeoutError: it has passed.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _message(response: h11.Response, parts: list[bytes]) -> HttpResponse:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw_items())
    return HttpResponse(response.status_code, headers, b"".join(parts))
