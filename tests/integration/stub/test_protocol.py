"""HTTP/1.1 whole: what a server must do with connections, whatever it answers."""

from __future__ import annotations

import re
import socket
import ssl
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from accord.core.errors import ResourceMissingError, UsageError
from accord.stub import Options, StubServer
from accord.stub.engine import Engine
from accord.stub.loops import loop_factory
from accord.stub.serving.certificates import context_of
from accord.stub.serving.server import Server
from tests.integration.stub.wire import REQUEST, connected, read_to_end, read_until, sent

if TYPE_CHECKING:
    from pathlib import Path

CLOSE = b"GET /x HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"


@pytest.fixture(autouse=True)
def _stub(server: StubServer) -> None:
    server.when("ANY", "/x").answer(200, "ok")


def test_a_connection_is_kept_for_the_next_request(server: StubServer) -> None:
    with connected(server) as sock:
        for _ in range(3):
            sock.sendall(REQUEST)
            assert read_until(sock, b"\r\n\r\nok").endswith(b"Content-Length: 2\r\n\r\nok")


def test_requests_sent_ahead_are_answered_in_their_order(server: StubServer) -> None:
    server.when("GET", "/slow").answer(200, "slow", delay=0.05)
    slow = REQUEST.replace(b"/x", b"/slow")
    answers = sent(server, slow + REQUEST + slow + CLOSE)
    assert re.findall(rb"\r\n\r\n(slow|ok)", answers) == [b"slow", b"ok", b"slow", b"ok"]


def test_more_requests_than_are_queued_are_all_answered(server: StubServer) -> None:
    server.when("GET", "/slow").answer(200, "slow", delay=0.05)
    assert sent(server, REQUEST.replace(b"/x", b"/slow") + REQUEST * 500 + CLOSE).count(b"\r\n\r\nok") == 501


def test_a_request_may_come_byte_by_byte(server: StubServer) -> None:
    with connected(server) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in CLOSE:
            sock.send(bytes([byte]))
        assert read_to_end(sock).endswith(b"\r\n\r\nok")


def test_a_body_in_chunks_is_put_together(server: StubServer) -> None:
    server.when("POST", "/chunks", body="abcdef").answer(201)
    head = b"POST /chunks HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert b" 201 " in sent(server, head + b"3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n" + CLOSE)


def test_head_has_the_length_and_no_body(server: StubServer) -> None:
    answers = sent(server, REQUEST.replace(b"GET", b"HEAD") + CLOSE.replace(b"GET", b"HEAD"))
    assert answers.count(b"Content-Length: 2\r\n") == 2
    assert answers.endswith(b"\r\n\r\n")


def test_who_asks_before_sending_is_told_to_go_on(server: StubServer) -> None:
    with connected(server) as sock:
        sock.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert read_until(sock, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"abc")
        assert b" 200 " in read_until(sock, b"\r\n\r\nok")


@pytest.mark.parametrize("line", [b"GET /x HTTP/1.0\r\n\r\n", CLOSE])
def test_who_wants_no_more_is_closed(line: bytes, server: StubServer) -> None:
    assert sent(server, line).endswith(b"\r\n\r\nok")


def test_a_client_that_offers_http_2_is_answered_in_http_1(server: StubServer) -> None:
    server.when("POST", "/x", body="abc").answer(201)
    offer = b"POST /x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 3\r\n\r\nabc"
    assert b"HTTP/1.1 201 " in sent(server, offer + CLOSE)


def test_a_target_with_its_host_is_taken_for_its_path(server: StubServer) -> None:
    assert b" 200 " in sent(server, CLOSE.replace(b"/x", b"http://here/x"))


def test_blanks_around_the_value_of_a_header_are_not_part_of_it(server: StubServer) -> None:
    server.when("GET", "/blank", headers={"X-A": "one"}).answer(200, "same")
    assert b"same" in sent(server, CLOSE.replace(b"/x", b"/blank").replace(b"\r\n\r\n", b"\r\nX-A:  one \t\r\n\r\n"))


def test_a_wrong_length_that_a_stub_gives_is_sent_as_it_is(server: StubServer) -> None:
    server.when("GET", "/short").answer(200, "x", headers={"Content-Length": "5"})
    answer = sent(server, REQUEST.replace(b"/x", b"/short"))
    assert b"Content-Length: 5\r\n" in answer
    assert answer.endswith(b"\r\n\r\nx")


GARBAGE = b"lskdu018973t09sylgasjkfg1][]'./.sdlv"


@pytest.mark.parametrize(
    ("fault", "bytes_seen"),
    [
        ("EMPTY_RESPONSE", b""),
        ("RANDOM_DATA_THEN_CLOSE", GARBAGE),
        ("MALFORMED_RESPONSE_CHUNK", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + GARBAGE),
    ],
)
def test_a_fault_is_these_bytes(fault: str, bytes_seen: bytes, server: StubServer) -> None:
    server.when("GET", "/x").fail(fault)
    assert sent(server, REQUEST) == bytes_seen


def test_a_reset_is_one(server: StubServer) -> None:
    server.when("GET", "/x").fail()
    with pytest.raises(ConnectionResetError):
        sent(server, REQUEST)


def test_a_dribbled_body_comes_in_so_many_chunks(server: StubServer) -> None:
    server.stub({
        "request": {"url": "/d"},
        "response": {"body": "0123456789", "chunkedDribbleDelay": {"numberOfChunks": 3, "totalDuration": 30}},
    })  # fmt: skip
    answer = sent(server, CLOSE.replace(b"/x", b"/d"))
    assert answer.partition(b"\r\n\r\n")[2] == b"3\r\n012\r\n3\r\n345\r\n4\r\n6789\r\n0\r\n\r\n"


def test_https_is_served_with_a_certificate_made_for_localhost() -> None:
    server = StubServer(tls=context_of(None, None))
    server.when("GET", "/x").answer(json={"safe": True})
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with server, httpx.Client(verify=trusting) as client:
        assert client.get(f"{server.url}/x").json() == {"safe": True}
        assert server.requests()[0].url == "/x"


def test_a_certificate_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("nothing")
    with pytest.raises(Exception, match=r"cert\.pem cannot be used"):
        context_of(tmp_path / "cert.pem", None)


def test_without_uvloop_it_serves_in_asyncios_own_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert loop_factory() is None
    with StubServer() as server:
        server.when("ANY", "/x").answer(200, "ok")
        server.when("ANY", "/reset").fail()
        assert sent(server, CLOSE).endswith(b"\r\n\r\nok")
        with pytest.raises(ConnectionResetError):
            sent(server, CLOSE.replace(b"/x", b"/reset"))


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httptools", None)
    monkeypatch.delitem(sys.modules, "accord.stub.serving.protocol", raising=False)
    with pytest.raises(ResourceMissingError, match=r"pip install 'accord\[stub\]'"):
        StubServer().start()


async def test_an_empty_address_is_loopback() -> None:
    server = Server(Engine(Options()))
    port = await server.listen(0, host="")
    with socket.create_connection(("127.0.0.1", port)) as sock:
        assert sock.getpeername()[0] == "127.0.0.1"
    (listener,) = server._listeners
    assert [each.getsockname()[0] for each in listener.sockets] == ["127.0.0.1"]
    await server.close()


def test_a_port_that_is_taken_is_said(server: StubServer) -> None:
    with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{server.port}.*--port 0"):
        StubServer(port=server.port).start()
