"""What we write is what other tools read: verified by pact-python and `pact verifier`, answered by `pact stub`."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.integration.contract.interoperation import tools
from tests.integration.contract.interoperation.contracts import (
    ANSWER,
    BROKEN,
    VERSIONS,
    write_http,
    write_messages,
    write_questions,
)
from tests.integration.contract.interoperation.orders import Orders

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("ours")
    files = [write_http(folder, version) for version in VERSIONS]
    return [*files, *(write_messages(folder, version) for version in VERSIONS[1:]), write_questions(folder)]


def verified_by_pact_python(url: str, files: list[Path]) -> list[str]:
    done = tools.run([*tools.pact_python(), tools.HERE / "verify_with_pact_python.py", url, *files])
    return sorted(re.findall(r"^(VERIFIED \S+|REFUSED \S+)$", done.stdout, re.MULTILINE)) or [done.stdout + done.stderr]


def test_pact_python_verifies_our_files_of_every_version(ours: list[Path]) -> None:
    with Orders(ANSWER) as orders:
        assert verified_by_pact_python(orders.url, ours) == sorted(f"VERIFIED {file.name}" for file in ours)


def test_pact_python_refuses_a_provider_that_breaks_our_files(ours: list[Path]) -> None:
    with Orders(BROKEN) as orders:
        assert verified_by_pact_python(orders.url, ours) == sorted(f"REFUSED {file.name}" for file in ours)


def verified_by_pact_verifier(port: int, file: Path) -> subprocess.CompletedProcess[str]:
    command = [tools.pact_command(), "verifier", "--hostname", "127.0.0.1", "--port", str(port), "--no-colour"]
    return tools.run([*command, "--file", str(file)])


def test_the_command_pact_verifier_verifies_our_files_of_every_version(ours: list[Path]) -> None:
    with Orders(ANSWER) as orders:
        for file in ours:
            done = verified_by_pact_verifier(orders.port, file)
            assert done.returncode == 0, f"{file.name}\n{done.stdout}{done.stderr}"


def test_the_command_pact_verifier_refuses_a_provider_that_breaks_our_files(ours: list[Path]) -> None:
    with Orders(BROKEN) as orders:
        for file in ours:
            done = verified_by_pact_verifier(orders.port, file)
            assert done.returncode == 1, f"{file.name}\n{done.stdout}{done.stderr}"
            assert "$.status" in done.stdout


@pytest.fixture(params=VERSIONS)
def stub_url(request: pytest.FixtureRequest, ours: list[Path]) -> Iterator[str]:
    """`pact stub` with one of our files; it says which port it took."""
    file = ours[VERSIONS.index(request.param)]
    command = [tools.pact_command(), "stub", "--file", str(file), "--port", "0", "--loglevel", "info"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    reader = threading.Timer(30, process.kill)
    reader.start()
    try:
        assert process.stdout is not None
        seen = ""
        for line in process.stdout:
            seen += line
            found = re.search(r"port (\d+)", line)
            if found:
                yield f"http://127.0.0.1:{found[1]}"
                return
        pytest.fail(f"pact stub never said its port:\n{seen}")
    finally:
        reader.cancel()
        process.kill()
        process.communicate()


def test_the_command_pact_stub_answers_as_our_file_says(stub_url: str) -> None:
    with httpx.Client(base_url=stub_url, trust_env=False, timeout=30) as client:
        found = client.get(
            "/orders/12",
            params={"full": "yes", "tag": ["x", "y"]},
            headers={"Accept": "application/json", "X-Trace": "ff"},
        )
        created = client.post("/orders", json={"sku": "z", "count": 2})
        unknown = client.post("/orders", json={"sku": "z"})
    assert found.status_code == 200, found.text
    assert json.loads(found.text)["status"] == "open"
    assert found.headers["X-Version"] == "1"
    assert created.status_code in (200, 201)
    assert created.headers["Location"] == "/orders/8"
    assert unknown.status_code == 404
