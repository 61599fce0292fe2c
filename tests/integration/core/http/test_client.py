"""The provider client against uvicorn, our own server, and sockets that misbehave on purpose."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import socket
import ssl
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from accord.core.errors import AnswerError, ProviderUnreachableError, UsageError
from accord.core.http.client import HttpCaller
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.core.http.server import listen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GET = HttpRequest("GET", "/")
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"


class Scripted:
    """A server that reads one request's head, gives the next piece of its script, and so on.

    Each inner list is one connection; None closes it unanswered, ``b""`` keeps it open without a word.
    """

    def __init__(self, *connections: list[bytes | None], context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self.heads: list[bytes] = []
        self.done = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, args=(connections,))
        self._thread.start()

    def _run(self, connections: tuple[list[bytes | None], ...]) -> None:
        for answers in connections:
            sock, _ = self._listening.accept()
            with sock, suppress(ssl.SSLError):  # a client that does not trust us ends the handshake
                if self._context is not None:
                    sock = self._context.wrap_socket(sock, server_side=True)
                for answer in answers:
                    head = b""
                    while not head.endswith(b"\r\n\r\n") and (more := sock.recv(65536)):
                        head += more
                    self.heads.append(head)
                    if answer is None:
                        break
                    if answer:
                        sock.sendall(answer)
                    else:
                        self.done.wait(30)
                if self._context is not None:
                    sock.close()

    def close(self) -> None:
        self.done.set()
        self._thread.join(30)
        self._listening.close()


@contextmanager
def scripted(*connections: list[bytes | None], **options: Any) -> Iterator[tuple[HttpCaller, Scripted]]:
    server = Scripted(*connections)
    try:
        with HttpCaller(server.url, **options) as caller:
            yield caller, server
    finally:
        server.close()


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    assert scope["type"] == "http"
    body = b""
    while True:
        message = await receive()
        body += message["body"]
        if not message["more_body"]:
            break
    headers = [
        (b"x-path", scope["raw_path"]),
        (b"x-query", scope["query_string"]),
        (b"x-method", scope["method"].encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for start in range(0, len(body), 100_000):
        await send({"type": "http.response.body", "body": body[start : start + 100_000], "more_body": True})
    await send({"type": "http.response.body"})


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    config = uvicorn.Config(echo, log_level="error", lifespan="off", ws="none", http="h11")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as sock:  # connections wait in its backlog until uvicorn is there
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("body", [b"", b"text", b"x" * 1_000_000])
def test_uvicorn_gets_the_request_and_its_answer_comes_back(provider: str, method: str, body: bytes) -> None:
    with HttpCaller(provider) as caller:
        for _ in range(2):
            response = caller.call(HttpRequest(method, "/a%2Fb/%7e?x=%20&y=a+b", (), body))
            assert (response.status, response.body) == (200, body)
            assert response.header("x-method") == method
            assert response.header("x-path") == "/a%2Fb/%7e"
            assert response.header("x-query") == "x=%20&y=a+b"


def test_head_and_chunked_requests(provider: str) -> None:
    with HttpCaller(provider) as caller:
        assert caller.call(HttpRequest("HEAD", "/")).body == b""
        assert caller.call(HttpRequest("POST", "/", (("Transfer-Encoding", "chunked"),), b"abc")).body == b"abc"
        assert caller.call(GET).status == 200


async def test_async_calls_may_be_concurrent(provider: str) -> None:
    with HttpCaller(provider) as caller:
        calls = (caller.acall(HttpRequest("POST", "/", (), str(n).encode())) for n in range(20))
        assert [answer.body for answer in await asyncio.gather(*calls)] == [str(n).encode() for n in range(20)]


def test_async_calls_survive_their_event_loop(provider: str) -> None:
    with HttpCaller(provider) as caller:
        for _ in range(2):
            assert asyncio.run(caller.acall(GET)).status == 200


def test_threads_may_share_a_caller(provider: str) -> None:
    def one(number: int) -> bool:
        return caller.call(HttpRequest("POST", "/", (), str(number).encode())).body == str(number).encode()

    with HttpCaller(provider) as caller, ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(100)))


def test_nothing_is_sent_but_what_was_given() -> None:
    with scripted([FINE, FINE]) as (caller, server):
        caller.call(HttpRequest("GET", "/x?%41", (("X-Mixed", "Ü"), ("accept", "*/*"), ("Accept", "b"))))
        caller.call(HttpRequest("DELETE", "/", (("HOST", "other"),)))
    host = server.url.removeprefix("http://").encode()
    assert server.heads == [
        b"GET /x?%41 HTTP/1.1\r\nHost: " + host + b"\r\nX-Mixed: \xdc\r\naccept: */*\r\nAccept: b\r\n\r\n",
        b"DELETE / HTTP/1.1\r\nHOST: other\r\n\r\n",
    ]


@pytest.mark.parametrize(("prefix", "target"), [("/api/v1", b"/api/v1/x"), ("/api%2F/", b"/api%2F/x"), ("/", b"/x")])
def test_the_path_of_the_base_url_goes_before_every_target(prefix: str, target: bytes) -> None:
    with scripted([FINE]) as (first, server), HttpCaller(server.url + prefix) as caller:
        caller.call(HttpRequest("GET", "/x"))
        first.close()
    assert server.heads[0].split()[1] == target


def test_headers_come_back_as_sent_and_redirects_stay() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: /there\r\nX-Mixed: \xdc\r\nSet-Cookie: a\r\nset-cookie: b\r\ncontent-length: 0\r\n\r\n"
    with scripted([answer]) as (caller, _):
        assert caller.call(GET) == HttpResponse(
            302,
            (
                ("Location", "/there"),
                ("X-Mixed", "Ü"),
                ("Set-Cookie", "a"),
                ("set-cookie", "b"),
                ("content-length", "0"),
            ),
        )


@pytest.mark.parametrize(
    "answer",
    [
        FINE,
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + FINE,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nfi\r\n2;x=y\r\nne\r\n0\r\nTrailer: 1\r\n\r\n",
    ],
)
def test_a_connection_is_kept_for_the_next_call(answer: bytes) -> None:
    with scripted([answer, answer, answer]) as (caller, _):
        assert [caller.call(GET).body for _ in range(3)] == [b"fine"] * 3


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfine",
        b"HTTP/1.0 200 OK\r\n\r\nfine",
        b"HTTP/1.1 200 OK\r\n\r\nfine",
        FINE + b"HTTP/1.1 200 OK\r\n\r\nunasked",
    ],
)
def test_a_connection_that_cannot_be_kept_is_replaced(answer: bytes) -> None:
    with scripted([answer], [answer]) as (caller, _):
        assert [caller.call(GET).body for _ in range(2)] == [b"fine"] * 2


def test_a_connection_closed_between_calls_is_replaced() -> None:
    with listen(lambda _: HttpResponse(200, (), b"first")) as first, HttpCaller(first.url) as caller:
        assert caller.call(GET).body == b"first"
        first.close()
        with listen(lambda _: HttpResponse(200, (), b"second"), port=first.port):
            assert caller.call(HttpRequest("POST", "/", (), b"x")).body == b"second"


def test_a_request_lost_to_a_closing_connection_is_sent_once_more() -> None:
    with scripted([FINE, None], [FINE]) as (caller, server):
        assert [caller.call(GET).body for _ in range(2)] == [b"fine"] * 2
    assert len(server.heads) == 3


def test_a_new_connection_that_closes_unanswered_is_not_tried_again() -> None:
    with (
        scripted([None]) as (caller, server),
        pytest.raises(ProviderUnreachableError, match="closed the connection without a complete answer to GET /"),
    ):
        caller.call(GET)
    assert len(server.heads) == 1


def test_a_request_partly_answered_is_not_sent_again() -> None:
    with scripted([FINE, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"]) as (caller, server):
        caller.call(GET)
        with pytest.raises(ProviderUnreachableError, match="without a complete answer"):
            caller.call(GET)
    assert len(server.heads) == 2


def test_a_large_body_refused_early_still_gives_the_answer() -> None:
    with listen(lambda _: HttpResponse(200)) as listener, HttpCaller(listener.url) as caller:
        assert caller.call(HttpRequest("POST", "/", (), b"x" * (65 * 1024 * 1024))).status == 413


def test_packed_answers_are_unpacked() -> None:
    packed = gzip.compress(b"text")
    with scripted(
        [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed]
    ) as (
        caller,
        _,
    ):
        assert caller.call(GET).body == b"text"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", "announces 99 bytes, above the limit of 10"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 11, "is above the limit of 10 bytes. Answer with less"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n" + b"x" * 11, "above the limit of 10"),
    ],
)
def test_an_answer_above_the_limit_is_not_read(answer: bytes, message: str) -> None:
    with scripted([answer], max_body=10) as (caller, _), pytest.raises(AnswerError, match=message):
        caller.call(GET)


def test_the_answer_to_head_may_tell_of_a_large_body() -> None:
    with scripted([b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"], max_body=10) as (caller, _):
        assert caller.call(HttpRequest("HEAD", "/")).header("content-length") == "99"


@pytest.mark.parametrize(
    "answer",
    [
        b"-ERR unknown command\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
    ],
)
def test_what_does_not_speak_http_is_told(answer: bytes) -> None:
    with (
        scripted([answer]) as (caller, _),
        pytest.raises(AnswerError, match=r"does not speak HTTP/1\.1: .*http against https"),
    ):
        caller.call(GET)


def test_nothing_there_is_told_with_the_next_step() -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    with pytest.raises(
        ProviderUnreachableError, match=rf"The provider at {url} cannot be reached: nothing listens there"
    ):
        HttpCaller(url).call(GET)


@pytest.mark.allow("hosts")  # it looks one up that does not exist
def test_an_unknown_name_is_told() -> None:
    with pytest.raises(ProviderUnreachableError, match=r"the name 'nowhere\.invalid' cannot be resolved"):
        HttpCaller("http://nowhere.invalid").call(GET)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"])
def test_an_answer_that_does_not_come_in_time_is_told(answer: bytes) -> None:
    with (
        scripted([answer, b""], timeout=0.05) as (caller, _),
        pytest.raises(ProviderUnreachableError, match=r"no complete answer to GET / within 0.05 s"),
    ):
        caller.call(GET)


def test_a_plain_provider_reached_with_https_is_told() -> None:
    with listen(lambda _: HttpResponse(200)) as listener:
        caller = HttpCaller(listener.url.replace("http", "https"), verify=False)
        with pytest.raises(ProviderUnreachableError, match=r"no TLS connection: .* use http\."):
            caller.call(GET)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("this machine has no openssl to make a certificate with")
    file = tmp_path_factory.mktemp("tls") / "loopback.pem"
    subprocess.run(
        [
            *[
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=loopback",
            ],
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            str(file),
            "-out",
            f"{file}.crt",
        ],
        check=True,
        capture_output=True,
    )
    file.write_text(file.read_text() + file.with_suffix(".pem.crt").read_text())
    return file


@pytest.mark.parametrize("trust", ["file", "context", "nothing is checked"])
def test_an_https_provider_is_reached_over_kept_connections(certificate: Path, trust: str) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    verify: Any = {"file": str(certificate), "context": ssl.create_default_context(cafile=certificate)}.get(
        trust, False
    )
    server = Scripted([FINE, FINE], [FINE], context=context)
    with HttpCaller(server.url.replace("http", "https"), verify=verify) as caller:
        assert [caller.call(GET).body for _ in range(2)] == [b"fine"] * 2
        caller.close()
        assert caller.call(GET).body == b"fine"
    server.close()


def test_a_certificate_that_is_not_trusted_is_told(certificate: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = Scripted([FINE], context=context)
    with pytest.raises(ProviderUnreachableError, match=r"no TLS connection: .*certificate.* in verify"):
        HttpCaller(server.url.replace("http", "https")).call(GET)
    server.close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:80",
        "ftp://h",
        "http://",
        "http://h:port",
        "http://h?x=1",
        "http://u:p@h",
        "http://h#x",
        "http://[::1",
    ],
)
def test_a_base_url_that_cannot_be_used_is_told(url: str) -> None:
    with pytest.raises(UsageError, match=r"Expected something like http://127\.0\.0\.1:8000"):
        HttpCaller(url)


def test_a_missing_file_of_authorities_is_told() -> None:
    with pytest.raises(UsageError, match=r"authorities 'no\.pem' cannot be used"):
        HttpCaller("https://h", verify="no.pem")


@pytest.mark.parametrize(
    "request_",
    [
        HttpRequest("GET", "/", (("Bad Name", "1"),)),
        HttpRequest("GET", "/", (("X", "1\r\nY: 2"),)),
        HttpRequest("GET", "/", (("X€", "1"),)),
        HttpRequest("BAD METHOD", "/"),
        HttpRequest("€", "/"),
        HttpRequest("GET", "x"),
        HttpRequest("POST", "/", (("Transfer-Encoding", "gzip"),), b"x"),
    ],
)
def test_a_request_that_http_cannot_carry_is_told(request_: HttpRequest) -> None:
    with pytest.raises(UsageError, match=r"HTTP cannot carry|starts with a slash"):
        HttpCaller("http://127.0.0.1:1").call(request_)
