"""Mappings and requests answered beside WireMock: with its recorded answers always, with its jar where Java is."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from accord import poll_until
from accord.core.http.client import HttpCaller
from accord.core.http.messages import HttpRequest
from accord.stub.engine import Engine
from accord.stub.options import Options
from accord.stub.serving.server import Server
from tests.conformance.wiremock.exchange import ANSWERS, CASES, exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDED: dict[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))
JAR = Path(__file__).parents[3] / ".tools/node_modules/wiremock/build/wiremock-standalone-3.13.2.jar"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Our server, on a thread of its own."""
    ready, found = threading.Event(), {}

    async def serve() -> None:
        server = Server(Engine(Options()))
        found["port"], found["server"], found["loop"] = await server.listen(0), server, asyncio.get_running_loop()
        ready.set()
        await server.stopped.wait()
        await server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(20)
    yield f"http://127.0.0.1:{found['port']}"
    found["loop"].call_soon_threadsafe(found["server"].stopped.set)
    thread.join(20)


def test_there_are_as_many_pairs_as_are_promised() -> None:
    assert sum(len(case["requests"]) for case in CASES) >= 200
    assert RECORDED.keys() == {case["name"] for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_request_is_answered_as_wiremock_answered_it(case: dict[str, Any], url: str) -> None:
    for request, seen, wanted in zip(case["requests"], exchange(url, case), RECORDED[case["name"]], strict=True):
        assert seen == wanted, request


@pytest.mark.skipif(not JAR.is_file() or shutil.which("java") is None, reason="needs Java, and WireMock: make tools")
def test_wiremock_itself_still_answers_as_recorded(tmp_path: Path) -> None:
    """A few cases are enough to see that the recordings are those of the jar."""
    log = (tmp_path / "log").open("wb")
    jar = subprocess.Popen(
        ["java", "-jar", str(JAR), "--port", "0", "--root-dir", str(tmp_path), "--disable-banner"],
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        port = poll_until(lambda: port_in(tmp_path / "log"), description="WireMock's port in its log", timeout=60)
        base = f"http://localhost:{port}"
        poll_until(lambda: is_up(base), description="WireMock to answer", timeout=60)
        for case in CASES[::6]:
            assert exchange(base, case) == RECORDED[case["name"]], case["name"]
    finally:
        jar.terminate()
        jar.wait(20)
        log.close()


def port_in(log: Path) -> str | None:
    lines = [
        line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.startswith("port:")
    ]
    return lines[0].split()[-1] if lines else None


def is_up(base: str) -> bool:
    with HttpCaller(base) as caller:
        return caller.call(HttpRequest("GET", "/__admin/health", (("Host", "localhost"),))).status == 200
