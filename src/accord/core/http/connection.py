"""The server's side of one HTTP/1.1 connection, without any input or output.

Bytes go in, requests come out; a response goes in, bytes come out. The shell around it moves the bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

import h11

from accord.core.http.framing import encode_value, header_values, origin_form
from accord.core.http.messages import HttpRequest, HttpResponse

_REASONS = {status.value: status.phrase for status in HTTPStatus}
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_UNSAFE = re.compile(r"[\r\n\0]")
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_NO_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may bring, in bytes.

    Attributes:
        head: request line and headers together.
        body: the body, chunks put together.
    """

    head: int = 64 * 1024
    body: int = 64 * 1024 * 1024


class RefusedError(Exception):
    """The client's bytes are no request that can be answered; the connection ends with this status.

    Attributes:
        status: 400, 413, 431, 501 or 505.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ServerConnection:
    """Reads requests from bytes and writes responses as bytes, one after the other (pipelining included).

    Call `receive` with what came, then `next_request` until it returns None; answer each request with `respond`
    before asking for the next. When `closing` is true after an answer, the connection ends.
    """

    def __init__(self, limits: Limits) -> None:
        self.closing = False
        self._limits = limits
        self._reader = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.head)
        self._head: h11.Request | None = None
        self._body: list[bytes] = []
        self._size = 0
        self._continued = False
        self._answering: h11.Request | None = None

    def receive(self, data: bytes) -> None:
        """Take what came from the client; empty when the client has closed its side."""
        self._reader.receive_data(data)

    def next_request(self) -> HttpRequest | None:
        """The next complete request, or None when more bytes are needed.

        Raises:
            RefusedError: malformed, or above a limit. Answer with `refuse`.
        """
        try:
            while True:
                event = self._reader.next_event()
                kind = type(event)
                if kind is h11.Request:
                    self._begin(event)  # type: ignore[arg-type] # the exact type is checked above, h11 marks it final
                elif kind is h11.Data:
                    self._add(event.data)  # type: ignore[union-attr]
                elif kind is h11.EndOfMessage:
                    return self._complete()
                else:  # more is needed, or the client has gone
                    return None
        except h11.RemoteProtocolError as error:
            raise RefusedError(error.error_status_hint, f"Not an HTTP/1.1 request: {error}") from error

    def interim(self) -> bytes:
        """``100 Continue`` when the client waits for it before it sends the body, else nothing."""
        if self._head is None or self._continued or not self._reader.they_are_waiting_for_100_continue:
            return b""
        self._continued = True
        return _CONTINUE

    def respond(self, response: HttpResponse) -> bytes:
        """The response to the last request as bytes, with the framing that HTTP asks for.

        ``Content-Length`` is computed; a ``Transfer-Encoding: chunked`` given is carried out; an answer to HEAD
        keeps its headers and loses its body.

        Raises:
            ValueError: the response cannot be sent: its status or a header is not HTTP.
        """
        request = self._answering
        if request is None:
            raise RuntimeError("respond() needs a request from next_request() first")
        old = request.http_version < b"1.1"
        wishes = [*_tokens(request, b"connection"), *header_values(response.headers, "connection")]
        closing = "close" in wishes or (old and "keep-alive" not in wishes)
        told = None
        if closing != old and response.header("connection") is None:  # each version says what it would not assume
            told = "close" if closing else "keep-alive"
        data = render(response, head_only=request.method == b"HEAD", chunks=not old, connection=told)
        self.closing = self.closing or closing
        self._answering = None
        return data

    def refuse(self, refused: RefusedError) -> bytes:
        """The last answer of this connection."""
        self.closing = True
        text = f"{refused}\n".encode()
        headers = (("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close"))
        return render(HttpResponse(refused.status, headers, text))

    def _begin(self, head: h11.Request) -> None:
        if not head.http_version.startswith(b"1."):
            raise RefusedError(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.")
        size = len(head.method) + len(head.target) + 12
        for name, value in head.headers:
            size += len(name) + len(value) + 4
            # A body announced as too large is refused before the client sends it.
            if name == b"content-length" and int(value) > self._limits.body:
                raise self._too_large(f"announces {int(value)} bytes")
        if size > self._limits.head:
            raise RefusedError(431, f"The head of the request is above the limit of {self._limits.head} bytes.")
        self._head = head
        self._body.clear()
        self._size = 0
        self._continued = False

    def _add(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._limits.body:
            raise self._too_large(f"has brought {self._size} bytes so far")
        self._body.append(bytes(data))

    def _too_large(self, seen: str) -> RefusedError:
        return RefusedError(413, f"The body is above the limit of {self._limits.body} bytes: it {seen}.")

    def _complete(self) -> HttpRequest:
        head = self._head
        assert head is not None  # noqa: S101 - h11 gives the head of a message before its end
        self._answering, self._head = head, None
        # h11 moves on only through its own writer; ours is several times faster, so the next request gets a new reader.
        rest, ended = self._reader.trailing_data
        self._reader = h11.Connection(h11.SERVER, max_incomplete_event_size=self._limits.head)
        if rest:
            self._reader.receive_data(rest)
        if ended:
            self._reader.receive_data(b"")
        return HttpRequest(
            head.method.decode("ascii"),
            origin_form(head.target.decode("ascii")),
            tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers.raw_items()),
            b"".join(self._body),
        )


def render(
    response: HttpResponse, *, head_only: bool = False, chunks: bool = True, connection: str | None = None
) -> bytes:
    """A response as bytes with true framing.

    Args:
        response: what to send.
        head_only: leave the body out, as the answer to HEAD does.
        chunks: the client understands ``Transfer-Encoding``, which HTTP/1.0 does not.
        connection: the value of a ``Connection`` header to add.

    Raises:
        ValueError: the status or a header is not HTTP.
    """
    status = response.status
    if not 200 <= status <= 999:  # noqa: PLR2004 - the range of final status codes a status line can hold
        raise ValueError(f"A response needs a status from 200 to 999; seen: {status!r}")
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, '')}".encode()]
    chunked = False
    length: str | None = None
    for name, value in response.headers:
        if not _TOKEN.fullmatch(name) or _UNSAFE.search(value):
            raise ValueError(f"Not a header that can be sent: {name!r}: {value!r}")
        lowered = name.lower()
        if lowered == "content-length":
            length = value
            continue
        if lowered == "transfer-encoding":
            chunked = chunks and status not in _NO_BODY
            continue
        lines.append(name.encode() + b": " + encode_value(value.strip()))
    if connection is not None:
        lines.append(f"Connection: {connection}".encode())
    body = response.body
    if chunked:
        lines.append(b"Transfer-Encoding: chunked")
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
    elif status not in _NO_BODY:
        # The answer to HEAD may tell the size of a body which it does not have.
        known = length if head_only and length is not None and not body else str(len(body))
        lines.append(f"Content-Length: {known}".encode())
    lines += (b"", b"" if head_only or status in _NO_BODY else body)
    return b"\r\n".join(lines)


def _tokens(head: h11.Request, name: bytes) -> list[str]:
    return [
        part.strip().decode("latin-1").lower()
        for key, value in head.headers
        if key == name
        for part in value.split(b",")
    ]
