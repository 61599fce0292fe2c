"""The fixture ``stub_server``: one server for the whole process, a namespace with a port of its own for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.stub import Namespace, StubServer

MARKER = "stubs(strict=False): strict=True lets the test fail for a request that no stub fitted"


@pytest.fixture(scope="session")
def _stub_server_shared() -> Iterator[StubServer]:
    """The server of this process; listens once a test asks for an address."""
    from accord.stub import StubServer  # noqa: PLC0415 - only tests with stubs pay for it

    server = StubServer()
    yield server
    server.stop()


@pytest.fixture
def stub_server(_stub_server_shared: StubServer, request: pytest.FixtureRequest) -> Iterator[Namespace]:
    """A WireMock-compatible stub server: ``stub_server.when("GET", "/orders/1").answer(json={…})``, at ``.url``."""
    marker = request.node.get_closest_marker("stubs")
    with _stub_server_shared.namespace() as space:
        space.strict = bool(marker and marker.kwargs.get("strict"))
        yield space
