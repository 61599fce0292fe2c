from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from accord import poll_until
from accord.stub import Limits, Options, StubServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts the command and gives the address it says."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> str:
        log = tmp_path / f"log-{len(started)}"
        with log.open("w") as out:
            command = [sys.executable, "-m", "accord.cli", "stub", "serve", "--port", "0", *arguments]
            started.append(subprocess.Popen(command, stderr=out, stdout=out, text=True))
        found = poll_until(
            lambda: re.search(r"admin API at (\S+)/__admin", log.read_text()), description="the address", timeout=30
        )
        return str(found.group(1))

    yield start
    for each in started:
        each.terminate()
        assert each.wait(20) in (0, -15)
