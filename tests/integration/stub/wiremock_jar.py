"""The real WireMock from npm's package, where it and Java are there."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from accord import poll_until

if TYPE_CHECKING:
    from collections.abc import Iterator

JARS = Path(__file__).parents[3] / ".tools" / "node_modules" / "wiremock" / "build"


def find_jar() -> Path:
    """The jar; skips the test where it or Java is missing."""
    if shutil.which("java") is None:
        pytest.skip("Java is not installed")
    jar = next(iter(sorted(JARS.glob("wiremock-standalone-*.jar"))), None)
    if jar is None:
        pytest.skip("npm's wiremock is not installed: `make tools` does it")
    return jar


@contextmanager
def running_wiremock(folder: Path) -> Iterator[int]:
    """Start it in UTC and English; gives the port of its API."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    command = [
        "java", "-Xmx256m", "-Duser.timezone=UTC", "-Duser.language=en", "-Duser.country=US", "-jar", str(find_jar()),
        "--port", str(port), "--bind-address", "127.0.0.1", "--disable-banner", "--no-request-journal",
        "--root-dir", str(folder),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        poll_until(lambda: _answers(port), timeout=30, description="WireMock answers")
        yield port
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        return ask(port, "GET", "/__admin/health")[0] == 200
    except OSError:
        return False


def ask(
    port: int, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Status and body of one answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, body.encode() if body is not None else None, headers or {})
        response = connection.getresponse()
        return response.status, response.read()


def rendered(port: int, template: str, request: dict[str, Any], parameters: dict[str, Any]) -> str | None:
    """What it makes of a template; None where it refuses or fails."""
    ask(port, "POST", "/__admin/mappings/reset")
    response = {"status": 200, "body": template, "transformers": ["response-template"]}
    mapping = {"request": {"urlPattern": "/.*"}, "response": response | {"transformerParameters": parameters}}
    if ask(port, "POST", "/__admin/mappings", json.dumps(mapping))[0] != 201:
        return None
    status, body = ask(port, request["method"], request["url"], request["body"], request["headers"])
    return body.decode() if status == 200 else None
