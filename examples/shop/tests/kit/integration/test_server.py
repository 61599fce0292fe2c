import errno
import socket

import pytest

from shop.kit.server import listening_socket


@pytest.fixture
def taken() -> int:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_the_default_port_gives_way_when_taken(taken: int) -> None:
    with listening_socket("127.0.0.1", taken) as listener:
        assert listener.getsockname()[1] not in {0, taken}


def test_a_port_that_was_asked_for_does_not(taken: int) -> None:
    with pytest.raises(OSError, match=str(errno.EADDRINUSE)):
        listening_socket("127.0.0.1", 0, taken)


def test_a_port_that_is_free_is_used() -> None:
    with listening_socket("127.0.0.1", 1, 0) as listener:
        assert listener.getsockname()[1] > 1
