"""Through real sockets: bytes, ends, resets, limits."""

from __future__ import annotations

import http.client
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from accord import poll_until
from accord.core.errors import UsageError
from accord.faults import Faults, Link
from tests.integration.faults.conftest import connected

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def link(echo: str) -> Iterator[Link]:
    with Faults(seed=3) as faults:
        yield faults.link("client", "echo", echo)


def exchanged(connection: socket.socket, data: bytes) -> bytes:
    """Send, and read until as much came back or the other side has ended."""
    connection.sendall(data)
    return received(connection, len(data))


def received(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size and (more := connection.recv(65536)):
        found += more
    return found


def test_bytes_pass_both_ways_unchanged_and_the_end_of_one_way_leaves_the_other_open(link: Link) -> None:
    data = bytes(range(256)) * 20_000
    with connected(link.address) as connection:
        sent = connection.sendall
        import threading  # noqa: PLC0415 - of this test alone

        writer = threading.Thread(target=lambda: (sent(data), connection.shutdown(socket.SHUT_WR)))
        writer.start()
        assert received(connection, len(data) + 1) == data
        writer.join()
    poll_until(lambda: link.bytes == {"upstream": len(data), "downstream": len(data)}, description="all is counted")
    assert link.connections == 1


def test_a_fault_ends_with_its_block_even_on_an_open_connection(link: Link) -> None:
    with connected(link.address) as connection:
        assert exchanged(connection, b"before") == b"before"
        connection.settimeout(0.05)
        with link.times_out(direction="upstream"), pytest.raises(TimeoutError):
            exchanged(connection, b"lost")
    with connected(link.address) as connection:
        assert exchanged(connection, b"after") == b"after"


def test_a_connection_that_is_reset_says_so(link: Link) -> None:
    with link.resets(), connected(link.address) as connection, pytest.raises(ConnectionResetError):
        exchanged(connection, b"x")


def test_a_link_that_is_down_refuses_and_is_there_again(link: Link) -> None:
    with connected(link.address) as connection:
        assert exchanged(connection, b"x") == b"x"
        with link.down():
            assert connection.recv(1) == b""
            with pytest.raises(ConnectionRefusedError):
                connected(link.address)
    with connected(link.address) as connection:
        assert exchanged(connection, b"y") == b"y"


def test_data_is_cut_at_its_limit(link: Link) -> None:
    with link.limits(7), connected(link.address) as connection:
        assert exchanged(connection, b"0123456789") == b"0123456"
        assert connection.recv(1) == b""


def test_large_data_flow_through_every_kind_of_delay(link: Link) -> None:
    data = bytes(300_000)
    with link.latency(0.01, jitter=0.005), link.slices(9_000, variation=3_000), link.bandwidth(20_000):
        with link.slow_close(0.01), connected(link.address) as connection:
            assert exchanged(connection, data) == data


def fates(link: Link, count: int) -> list[bool]:
    """Which of so many new connections work."""
    found = []
    for _ in range(count):
        try:
            with connected(link.address) as connection:
                found.append(exchanged(connection, b"x") == b"x")
        except ConnectionError:
            found.append(False)
    return found


def test_connections_are_lost_by_chance_and_the_same_ones_with_the_same_seed(link: Link) -> None:
    with link.loses(0.4, seed=5):
        first = fates(link, 40)
    with link.loses(0.4, seed=5):
        assert fates(link, 40) == first
    assert 8 < first.count(False) < 32
    assert fates(link, 5) == [True] * 5


def test_the_first_connections_fail(link: Link) -> None:
    with link.fails_first(3):
        assert fates(link, 5) == [False, False, False, True, True]


def test_a_pool_must_connect_anew_for_faults_of_connections(link: Link) -> None:
    with connected(link.address) as connection:
        assert exchanged(connection, b"x") == b"x"
        with link.fails_first(1):
            assert connection.recv(1) == b""


def test_so_many_requests_and_no_more(hello: str) -> None:
    with Faults() as faults:
        link = faults.link("client", "hello", hello)
        with link.limits(requests=2), closing(http.client.HTTPConnection(link.address, timeout=10)) as client:
            for _ in range(2):
                client.request("GET", "/a")
                assert client.getresponse().read() == b"hello from /a"
            client.request("GET", "/b")
            with pytest.raises(ConnectionError):
                client.getresponse()


def test_an_upstream_that_is_not_there_ends_the_connection_and_nothing_else(echo: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        nobody = f"127.0.0.1:{probe.getsockname()[1]}"
    with Faults() as faults:
        missing, there = faults.link("a", "nobody", nobody), faults.link("a", "echo", echo)
        with connected(missing.address) as connection:
            assert connection.recv(1) == b""
        with connected(there.address) as connection:
            assert exchanged(connection, b"x") == b"x"


def test_a_toxic_by_its_kind_with_a_schedule(link: Link) -> None:
    with link.toxic("limit_data", attributes={"bytes": 1}, schedule={"after": 3600}), connected(link.address) as one:
        assert exchanged(one, b"abc") == b"abc"


def test_a_toxic_that_there_is_not_is_said_with_the_near_name(link: Link) -> None:
    with pytest.raises(UsageError, match="did you mean 'latency'"):
        link.toxic("latecy")
