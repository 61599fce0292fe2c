"""The clients that people have for WireMock drive StubServer as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from accord.stub import StubServer

ROOT = Path(__file__).parents[3]
CLIENTS = Path(__file__).parent / "clients"
TOOLS = ROOT / ".tools"


def said(command: list[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **(environment or {})}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_the_client_from_pypi_works() -> None:
    if not (TOOLS / "python" / "wiremock").is_dir():
        pytest.skip("PyPI's wiremock is not here: make tools")
    with StubServer() as server:
        program = [sys.executable, str(CLIENTS / "with_python.py"), server.url]
        assert said(program, {"PYTHONPATH": str(TOOLS / "python")}) == "20 checked"


@pytest.mark.parametrize(
    ("program", "package", "checked"),
    [
        ("with_rest_client.cjs", "wiremock-rest-client", "22 checked"),
        ("with_captain.cjs", "wiremock-captain", "16 checked"),
    ],
)
def test_the_clients_from_npm_work(program: str, package: str, checked: str) -> None:
    if shutil.which("node") is None or not (TOOLS / "node_modules" / package).is_dir():
        pytest.skip(f"node and npm's {package} are not here: make tools")
    with StubServer() as server:
        assert said(["node", str(CLIENTS / program), server.url, str(TOOLS / "node_modules")]) == checked
