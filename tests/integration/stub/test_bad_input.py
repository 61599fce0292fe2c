"""What a client may do to harm: bounded, clear, and the next request is served."""

from __future__ import annotations

import contextlib
import json
import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from accord.stub import MappingError, StubServer, engine
from accord.stub.files import Files
from accord.stub.serving import carrying
from tests.integration.stub.wire import REQUEST, connected, read_to_end, sent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = b"POST /x HTTP/1.1\r\nHost: h\r\n"


@pytest.fixture(autouse=True)
def _still_serving(small: StubServer, client: httpx.Client) -> Iterator[None]:
    """After each of them another client is answered as ever."""
    yield
    assert client.get(f"{small.url}/x").text == "ok"


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (HEAD + b"Content-Length: 104857600\r\n\r\n", 413, b"More than 10000 bytes of body"),
        (
            HEAD
            + b"Transfer-Encoding: chunked\r\n\r\n"
            + b"1000\r\n"
            + b"x" * 4096
            + b"\r\n"
            + b"3000\r\n"
            + b"x" * 9000,
            413,
            b"10000 bytes",
        ),
        (HEAD + b"".join(b"X-%d: y\r\n" % number for number in range(40)) + b"\r\n", 431, b"More than 30 headers"),
        (HEAD + b"X: " + b"y" * 8000, 431, b"More than 4000 bytes"),
        (b"GET /" + b"x" * 9000, 431, b"More than 4000 bytes"),
        (b"nonsense\r\n\r\n", 400, b"not HTTP/1.1"),
        (HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400, b"not HTTP/1.1"),
        (HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, b"not HTTP/1.1"),
        (b"CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 501, b"CONNECT"),
    ],
    ids=[
        "large body",
        "large chunks",
        "many headers",
        "a long header",
        "a long target",
        "no http",
        "two lengths",
        "two framings",
        "connect",
    ],
)
def test_what_is_too_much_or_wrong_is_refused_in_words(
    data: bytes, status: int, said: bytes, small: StubServer
) -> None:
    answer = sent(small, data)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert said in answer


@pytest.mark.parametrize(
    "begun", [b"", b"GET /x HT", HEAD + b"Content-Length: 5\r\n\r\nab"], ids=["nothing", "half a head", "half a body"]
)
def test_a_client_that_takes_for_ever_is_sent_away(begun: bytes, small: StubServer) -> None:
    with connected(small) as sock:
        sock.sendall(begun)
        answer = read_to_end(sock)
        assert b" 408 " in answer if begun else answer == b""


def test_connections_beyond_the_limit_are_closed(small: StubServer) -> None:
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(connected(small)) for _ in range(70)]
        ended = 0
        for sock in socks:
            sock.settimeout(5)
            with contextlib.suppress(ConnectionError):
                sock.sendall(REQUEST)
            try:
                ended += sock.recv(100) == b""
            except ConnectionError:
                ended += 1
        assert ended in (20, 21)  # the client of the other tests may hold one


def test_a_pattern_that_would_run_for_ever_does_not_match(small: StubServer, client: httpx.Client) -> None:
    stub = small.stub({"request": {"urlPath": "/slow", "headers": {"X": {"matches": "(a|aa)+$"}}}})
    answer = client.get(f"{small.url}/slow", headers={"X": "a" * 60 + "b"})
    assert answer.status_code == 404
    stub.remove()


@pytest.mark.parametrize(
    "template",
    [
        "{{#each (range 1 100000000) as |n|}}{{#each (range 1 1000000)}}x{{/each}}{{/each}}",
        "{{randomValue length=1000000000}}",
    ],
)
def test_a_template_that_loops_ends(template: str, small: StubServer, client: httpx.Client) -> None:
    stub = small.when("GET", "/loop").answer(200, template, template=True)
    answer = client.get(f"{small.url}/loop", timeout=30)
    assert answer.status_code == 500
    assert "template" in answer.text
    stub.remove()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x",
        "http://localhost:1",
        "http://10.1.2.3",
        "http://169.254.169.254/latest",
        "http://[::1]:1",
        "http://[::ffff:127.0.0.1]:1",
    ],
)
def test_a_private_address_is_not_called_unless_allowed(url: str, small: StubServer, client: httpx.Client) -> None:
    stub = small.when("GET", "/out").forward(url)
    answer = client.get(f"{small.url}/out")
    assert answer.status_code == 500
    assert "--allow-proxy-targets" in answer.text
    stub.remove()


@pytest.mark.parametrize("name", ["../secret", "/../../etc/passwd", "a/../../b", "..%2f..%2fetc%2fpasswd", ""])
def test_a_file_outside_the_folder_is_not_there(name: str, small: StubServer, client: httpx.Client) -> None:
    assert b"root:" not in sent(
        small, b"GET /__admin/files/%b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" % name.encode()
    )
    with contextlib.suppress(MappingError):
        stub = small.stub({"request": {"url": "/file"}, "response": {"bodyFileName": name}})
        assert client.get(f"{small.url}/file").status_code in (200, 500)
        assert "root:" not in client.get(f"{small.url}/file").text
        stub.remove()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_00,
        b'{"a":' * 3000,
        b"\xff\xfe",
        b"{",
        b'{"request": {"bodyPatterns": [' + b'{"not":' * 300 + b"{}" + b"}" * 300 + b"]}}",
    ],
)
def test_a_mapping_that_cannot_be_read_is_answered_422(body: bytes, small: StubServer, client: httpx.Client) -> None:
    answer = client.post(f"{small.url}/__admin/mappings", content=body[:9_900])
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == 10


def test_deep_json_in_a_body_is_no_match_and_no_failure(small: StubServer, client: httpx.Client) -> None:
    stub = small.when("POST", "/deep", body={"a": 1}).answer(200)
    assert client.post(f"{small.url}/deep", content=b"[" * 9_000).status_code == 404
    stub.remove()


def test_an_xml_body_with_entities_is_not_expanded(small: StubServer, client: httpx.Client) -> None:
    stub = small.stub({"request": {"url": "/xml", "bodyPatterns": [{"matchesXPath": "//a"}]}})
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'
    assert client.post(f"{small.url}/xml", content=bomb).status_code == 404
    stub.remove()


def test_a_client_that_does_not_read_is_not_kept_in_memory(small: StubServer, client: httpx.Client) -> None:
    stub = small.when("GET", "/large").answer(200, "x" * 200_000)
    with connected(small) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.sendall(REQUEST.replace(b"/x", b"/large") * 40)
        assert client.get(f"{small.url}/x").text == "ok"
    stub.remove()


def test_what_nobody_thought_of_is_answered_and_the_next_one_too(
    small: StubServer, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class OddError(Exception):
        pass

    def fail(*_: object) -> None:
        raise OddError("odd")

    later = small.when("GET", "/later").answer(200, "ok", delay=0.01)
    with monkeypatch.context() as patched:
        patched.setattr(engine.Engine, "handle", fail)
        answer = client.get(f"{small.url}/anything")
        assert (answer.status_code, "OddError" in answer.text) == (500, True)
    with monkeypatch.context() as patched:
        patched.setattr(carrying, "_answer", fail)
        with pytest.raises(httpx.TransportError):
            client.get(f"{small.url}/later")
    later.remove()


def test_one_file_is_kept_once_whatever_names_it_has(tmp_path: Path) -> None:
    (tmp_path / "__files").mkdir()
    (tmp_path / "__files" / "a.txt").write_bytes(b"x" * 1000)
    files = Files(tmp_path)
    for count in range(50):
        assert len(files.read("./" * count + "a.txt")) == 1000
    assert list(files._cache) == [(tmp_path / "__files" / "a.txt").resolve()]


def test_line_ends_in_headers_are_refused(small: StubServer, client: httpx.Client) -> None:
    for response in ({"headers": {"A": "b\r\nC: d"}}, {"statusMessage": "a\r\nb"}, {"headers": {"A\r\n": "b"}}):
        answer = client.post(f"{small.url}/__admin/mappings", content=json.dumps({"response": response}))
        assert answer.status_code == 422
