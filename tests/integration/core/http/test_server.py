"""The loopback server, spoken to by real clients over real sockets."""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from accord.core.errors import UsageError
from accord.core.http.connection import Limits
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.core.http.server import Listener, listen

if TYPE_CHECKING:
    from collections.abc import Iterator


def echo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(200, (("X-Method", request.method), ("X-Target", request.target)), request.body)


@pytest.fixture
def echoing() -> Iterator[Listener]:
    with listen(echo) as listener:
        yield listener


@pytest.fixture
def client(echoing: Listener) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=echoing.url, trust_env=False) as opened:
        yield opened


def connect(listener: Listener) -> socket.socket:
    return socket.create_connection(("127.0.0.1", listener.port), timeout=10)


def talk(listener: Listener, data: bytes) -> bytes:
    """Send bytes and read until the server closes."""
    with connect(listener) as sock:
        sock.sendall(data)
        return b"".join(iter(lambda: sock.recv(65536), b""))


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"])
def test_any_method_is_answered(client: httpx.Client, method: str) -> None:
    response = client.request(method, "/orders?page=%2F2", content=b"body")
    assert (response.headers["x-method"], response.headers["x-target"]) == (method, "/orders?page=%2F2")
    assert response.content == b"body"


def test_head_gets_the_length_and_no_body() -> None:
    with listen(lambda _: HttpResponse(200, (), b"12345")) as listener, httpx.Client(trust_env=False) as client:
        for _ in range(2):  # the connection stays in step
            response = client.head(listener.url)
            assert (response.headers["content-length"], response.content) == ("5", b"")


def test_one_connection_carries_many_requests(client: httpx.Client, echoing: Listener) -> None:
    for number in range(20):
        assert client.post("/", content=str(number)).text == str(number)
    assert len(echoing.peers) == 1


def test_pipelined_requests_are_answered_in_order(echoing: Listener) -> None:
    count = 300
    requests = b"".join(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n%04d" % n for n in range(count))
    answers = talk(echoing, requests + b"GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    assert [int(part[:4]) for part in answers.split(b"\r\n\r\n")[1 : count + 1]] == list(range(count))
    assert b"X-Target: /last" in answers


def test_chunked_bodies_are_put_together(client: httpx.Client) -> None:
    assert client.post("/", content=iter([b"ab", b"", b"cd"])).content == b"abcd"


def test_large_bodies_go_both_ways(client: httpx.Client) -> None:
    body = os.urandom(5_000_000)
    assert client.post("/", content=body).content == body


def test_a_client_slow_to_read_gets_everything(echoing: Listener) -> None:
    body = b"x" * 20_000_000
    with connect(echoing) as sock:
        head = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        sock.sendall(head % len(body) + body)
        answer = b"".join(iter(lambda: sock.recv(65536), b""))
    assert answer.endswith(b"\r\n\r\n" + body)


def test_a_client_may_close_its_side_after_asking(echoing: Listener) -> None:
    with connect(echoing) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        sock.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: sock.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


def test_expect_continue_is_answered_before_the_body(echoing: Listener) -> None:
    with connect(echoing) as sock:
        sock.sendall(b"PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert sock.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"ok")
        assert sock.recv(1000).endswith(b"ok")


def test_malformed_requests_get_400_and_the_end(echoing: Listener) -> None:
    answer = talk(echoing, b"what is this\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"Not an HTTP/1.1 request" in answer


def test_a_body_above_the_limit_gets_413_though_the_client_sends_on() -> None:
    with listen(echo, limits=Limits(body=1000)) as listener, connect(listener) as sock:
        sock.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(50):
            sock.sendall(b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n")
        assert b"".join(iter(lambda: sock.recv(65536), b"")).startswith(b"HTTP/1.1 413 ")


def test_a_head_above_the_limit_gets_431(client: httpx.Client) -> None:
    assert client.get("/", headers={"X-Long": "x" * 70_000}).status_code == 431
    assert client.get("/").status_code == 200


def test_what_the_handler_raises_is_answered_with_500_and_kept() -> None:
    def handler(request: HttpRequest) -> HttpResponse:
        raise KeyError(request.target)

    with listen(handler) as listener:
        response = httpx.get(f"{listener.url}/x", trust_env=False)
        assert (response.status_code, response.text) == (500, "The handler of this server raised KeyError: '/x'\n")
        (error,) = listener.errors
        assert isinstance(error, KeyError)


def test_a_failed_assertion_of_pytest_in_the_handler_is_kept_too() -> None:
    with listen(lambda _: pytest.fail("unexpected call")) as listener:
        assert "unexpected call" in httpx.get(listener.url, trust_env=False).text
        assert isinstance(listener.errors[0], pytest.fail.Exception)


@pytest.mark.parametrize("answer", [None, "text", HttpResponse(200, (("Bad Name", ""),)), HttpResponse(99)])
def test_an_answer_that_cannot_be_sent_is_an_error_of_the_handler(answer: Any) -> None:
    with listen(lambda _: answer) as listener, httpx.Client(trust_env=False) as client:
        assert client.get(listener.url).status_code == 500
        assert client.get(listener.url).status_code == 500
        assert len(listener.errors) == 2


def test_many_listeners_share_one_thread() -> None:
    def named(name: str) -> Listener:
        return listen(lambda _: HttpResponse(200, (("X-Thread", threading.current_thread().name),), name.encode()))

    listeners = [named(str(number)) for number in range(20)]
    before = threading.active_count()
    answers = [httpx.get(listener.url, trust_env=False) for listener in listeners]
    for listener in listeners:
        listener.close()
    assert [answer.text for answer in answers] == [str(number) for number in range(20)]
    assert {answer.headers["x-thread"] for answer in answers} == {"accord-http"}
    assert threading.active_count() == before


def test_clients_in_parallel_get_their_own_answers(echoing: Listener) -> None:
    def one(number: int) -> bool:
        with httpx.Client(trust_env=False) as client:
            return all(client.post(echoing.url, content=f"{number}").text == f"{number}" for _ in range(5))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(24)))


def test_closing_frees_the_port_and_ends_open_connections() -> None:
    listener = listen(echo)
    with connect(listener) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        sock.recv(1000)
        listener.close()
        assert sock.recv(1000) == b""
    listener.close()
    with pytest.raises(ConnectionRefusedError):
        connect(listener)
    with listen(echo, port=listener.port) as again:
        assert httpx.get(again.url, trust_env=False).status_code == 200


def test_a_handler_may_close_its_own_listener() -> None:
    def handler(request: HttpRequest) -> HttpResponse:
        listener.close()
        return HttpResponse(200)

    listener = listen(handler)
    assert talk(listener, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n") == b""
    assert listener.closed
    assert listener.errors == []


def test_a_client_that_resets_its_connection_hurts_nobody(echoing: Listener, client: httpx.Client) -> None:
    with connect(echoing) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        sock.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n1")
    assert client.get("/").status_code == 200
    assert echoing.errors == []


def test_a_client_that_leaves_in_the_middle_of_its_answer_hurts_nobody() -> None:
    with listen(lambda _: HttpResponse(200, (), b"x" * 20_000_000)) as listener:
        with connect(listener) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" * 3)
            assert sock.recv(8) == b"HTTP/1.1"
        with httpx.Client(trust_env=False) as client:
            assert len(client.get(listener.url).content) == 20_000_000
            assert len(listener.peers) == 1
        assert listener.errors == []


def test_a_taken_port_is_named_with_the_way_out(echoing: Listener) -> None:
    with pytest.raises(UsageError, match=rf"Port {echoing.port} on 127.0.0.1 is taken: .* 0 for a free one"):
        listen(echo, port=echoing.port)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"port": 70_000}, "from 0 to 65535; seen: 70000"),
        ({"port": -1}, "seen: -1"),
        ({"host": "192.0.2.1"}, "no address of this machine"),
        ({"host": "no such host"}, "no address of this machine"),
    ],
)
@pytest.mark.allow("hosts")  # an address of another machine is among them
def test_what_cannot_be_listened_on_is_explained(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        listen(echo, **options)


def test_the_wildcard_address_is_reached_over_loopback() -> None:
    with listen(echo, host="0.0.0.0") as listener:  # noqa: S104 - the subject of the test
        assert listener.url == f"http://127.0.0.1:{listener.port}"
        assert httpx.get(listener.url, trust_env=False).status_code == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_ipv6_addresses_are_bracketed() -> None:
    try:
        listener = listen(echo, host="::1")
    except UsageError:
        pytest.skip("this machine has no IPv6 loopback")
    with listener:
        assert listener.url == f"http://[::1]:{listener.port}"
        assert httpx.get(listener.url, trust_env=False).status_code == 200


def test_closing_in_a_burst_leaves_nothing_behind() -> None:
    for _ in range(50):
        listen(echo).close()
    gc.collect()  # an unclosed socket would warn here, and warnings are errors


FORKING = """
import os, socket, sys, urllib.request
from accord.core.http.messages import HttpResponse
from accord.core.http.server import listen

def answer(text):
    return lambda request: HttpResponse(200, (), text)

parent = listen(answer(b"parent"))
used = socket.create_connection(("127.0.0.1", parent.port))
read_end, write_end = os.pipe()
child = os.fork()
if child == 0:
    ok = parent.closed
    parent.close()
    with listen(answer(b"child")) as listener:
        ok = ok and urllib.request.urlopen(listener.url).read() == b"child"
    os.write(write_end, b"1" if ok else b"0")
    os.read(read_end, 0)
    os._exit(0 if ok else 1)
assert os.read(read_end, 1) == b"1"
assert os.waitpid(child, 0)[1] == 0
used.sendall(b"GET / HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n")
assert used.recv(1000).endswith(b"parent")
assert urllib.request.urlopen(parent.url).read() == b"parent"
parent.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_serves_with_a_thread_of_its_own_and_leaves_the_parents_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKING],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_importing_the_messages_loads_nothing_heavy() -> None:
    code = "import sys, accord.core.http.messages; print({'asyncio','httpx','h11','ssl','socket'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"
