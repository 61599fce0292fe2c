from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from accord.stub import Limits, Options, StubServer

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL = Limits(
    body=10_000, head=4_000, headers=30, head_seconds=1.0, body_seconds=1.0, idle_seconds=1.0, connections=50
)


@pytest.fixture(scope="module")
def _server() -> Iterator[StubServer]:
    with StubServer() as server:
        yield server


@pytest.fixture
def server(_server: StubServer) -> StubServer:
    """One server of the module, empty."""
    _server.reset()
    return _server


@pytest.fixture(scope="module")
def small() -> Iterator[StubServer]:
    """A server with narrow limits."""
    with StubServer(options=Options(watch=False, limits=SMALL)) as server:
        server.when("ANY", "/x").answer(200, "ok")
        yield server


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """One client for all: making one takes longer than most of these tests."""
    with httpx.Client() as client:
        yield client
