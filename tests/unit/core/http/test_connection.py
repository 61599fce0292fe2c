"""The server's side of a connection, driven with bytes."""

from __future__ import annotations

import pytest

from accord.core.http.connection import Limits, RefusedError, ServerConnection, render
from accord.core.http.messages import HttpRequest, HttpResponse

OK = HttpResponse(200, (), b"fine")
SMALL = Limits(head=1024, body=100)


def read(data: bytes, *, step: int | None = None, limits: Limits = SMALL) -> tuple[ServerConnection, list[HttpRequest]]:
    connection = ServerConnection(limits)
    requests = []
    step = step or len(data)
    for start in range(0, len(data), step):
        connection.receive(data[start : start + step])
        while (request := connection.next_request()) is not None:
            requests.append(request)
            connection.respond(OK)
    return connection, requests


@pytest.mark.parametrize("step", [None, 1, 7])
def test_requests_are_read_however_their_bytes_are_cut(step: int | None) -> None:
    _, requests = read(
        b"POST /a?x=%20 HTTP/1.1\r\nHost: h\r\nX-Case: Kept\r\nContent-Length: 3\r\n\r\nabc"
        b"POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1;ext=1\r\nf\r\n0\r\nTrailer: t\r\n\r\n"
        b"GET /c HTTP/1.1\r\nHost: h\r\n\r\n",
        step=step,
    )
    assert requests == [
        HttpRequest("POST", "/a?x=%20", (("Host", "h"), ("X-Case", "Kept"), ("Content-Length", "3")), b"abc"),
        HttpRequest("POST", "/b", (("Host", "h"), ("Transfer-Encoding", "chunked")), b"def"),
        HttpRequest("GET", "/c", (("Host", "h"),)),
    ]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505),
        (b"GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: h\r\nBad Name: 1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n", 413),
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + b"x" * 101 + b"\r\n0\r\n\r\n",
            413,
        ),
        (b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 1024 + b"\r\n\r\n", 431),
        (b"GET /" + b"x" * 2000, 431),
        (b"GET /a HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 1020, 431),
    ],
)
def test_what_is_malformed_or_too_large_is_refused(data: bytes, status: int) -> None:
    with pytest.raises(RefusedError) as caught:
        read(data)
    assert caught.value.status == status


def test_a_refusal_tells_why_and_ends_the_connection() -> None:
    connection = ServerConnection(SMALL)
    data = connection.refuse(RefusedError(413, "The body is above the limit."))
    assert data.startswith(b"HTTP/1.1 413 ")
    assert data.endswith(b"The body is above the limit.\n")
    assert connection.closing


@pytest.mark.parametrize("size", [100, 0])
def test_a_body_at_the_limit_passes(size: int) -> None:
    _, (request,) = read(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
    assert len(request.body) == size


@pytest.mark.parametrize(
    ("head", "closing", "told"),
    [
        (b"GET / HTTP/1.1\r\nHost: h\r\n\r\n", False, None),
        (b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", True, b"Connection: close"),
        (b"GET / HTTP/1.1\r\nHost: h\r\nConnection: TE, Close\r\n\r\n", True, b"Connection: close"),
        (b"GET / HTTP/1.0\r\n\r\n", True, None),
        (b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", False, b"Connection: keep-alive"),
    ],
)
def test_the_connection_lives_as_long_as_the_client_wants(head: bytes, *, closing: bool, told: bytes | None) -> None:
    connection = ServerConnection(SMALL)
    connection.receive(head)
    connection.next_request()
    data = connection.respond(OK)
    assert connection.closing is closing
    assert (told in data) if told else (b"Connection" not in data)


def test_a_response_may_end_the_connection() -> None:
    connection = ServerConnection(SMALL)
    connection.receive(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    connection.next_request()
    assert connection.respond(HttpResponse(200, (("connection", "close"),))).lower().count(b"connection: close") == 1
    assert connection.closing


def test_a_client_that_waits_for_leave_to_send_gets_it_once() -> None:
    connection = ServerConnection(SMALL)
    connection.receive(b"PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
    assert connection.next_request() is None
    assert connection.interim() == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert connection.interim() == b""
    connection.receive(b"ab")
    assert connection.next_request() is None
    assert connection.interim() == b""
    connection.receive(b"cd")
    request = connection.next_request()
    assert request is not None
    assert request.body == b"abcd"


def test_an_absolute_target_as_proxies_get_it_loses_its_authority() -> None:
    _, (request,) = read(b"GET http://shop.example/orders?page=2 HTTP/1.1\r\nHost: h\r\n\r\n")
    assert request.target == "/orders?page=2"


def test_respond_without_a_request_is_a_mistake_of_ours() -> None:
    with pytest.raises(RuntimeError, match="needs a request"):
        ServerConnection(SMALL).respond(OK)


@pytest.mark.parametrize(
    ("response", "options", "expected"),
    [
        (OK, {}, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"),
        (OK, {"head_only": True}, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"),
        (
            HttpResponse(200, (("content-length", "12"),)),
            {"head_only": True},
            b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n",
        ),
        (
            HttpResponse(200, (("content-length", "99"),), b"ab"),
            {},
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab",
        ),
        (HttpResponse(204), {}, b"HTTP/1.1 204 No Content\r\n\r\n"),
        (HttpResponse(304, (("ETag", '"x"'),), b"lost"), {}, b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'),
        (HttpResponse(799), {}, b"HTTP/1.1 799 \r\nContent-Length: 0\r\n\r\n"),
        (
            HttpResponse(200, (("Transfer-Encoding", "chunked"),), b"abc"),
            {},
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        ),
        (
            HttpResponse(200, (("Transfer-Encoding", "chunked"),)),
            {},
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            HttpResponse(200, (("Transfer-Encoding", "chunked"),), b"abc"),
            {"chunks": False},
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        ),
        (
            HttpResponse(200, (("X-A", "é"), ("X-B", " € "), ("x-a", ""))),
            {},
            b"HTTP/1.1 200 OK\r\nX-A: " + b"\xe9" + "\r\nX-B: €\r\nx-a: \r\nContent-Length: 0\r\n\r\n".encode(),
        ),
    ],
)
def test_responses_are_framed_as_http_asks(response: HttpResponse, options: dict[str, bool], expected: bytes) -> None:
    assert render(response, **options) == expected


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(100),
        HttpResponse(1000),
        HttpResponse(200, (("X-A", "1\r\nX-B: 2"),)),
        HttpResponse(200, (("X-A", "1\n"),)),
        HttpResponse(200, (("X A", "1"),)),
        HttpResponse(200, (("", "1"),)),
        HttpResponse(200, (("X-A\r\n", "1"),)),
    ],
)
def test_what_would_break_the_wire_is_not_sent(response: HttpResponse) -> None:
    with pytest.raises(ValueError, match=r"status|header"):
        render(response)
