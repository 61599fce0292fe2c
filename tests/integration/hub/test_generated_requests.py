"""Schemathesis makes requests from the hub's own OpenAPI document; none is answered with a 500."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.behaviours.hub import HubProcess

TOOL = Path(__file__).parents[3] / ".tools" / "schemathesis"

OPERATIONS = 150
"""The document has a few more."""

pytestmark = pytest.mark.skipif(
    not (TOOL / "schemathesis").is_dir(), reason="Schemathesis is not installed; make tools fetches it"
)


def check(hub: HubProcess, folder: Path, examples: int) -> None:
    """Run so many examples against every operation, in a process of its own: it is a plugin of pytest."""
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{hub.url}/openapi.json", "--checks", "not_a_server_error",
        "--phases", "fuzzing", "--max-examples", str(examples), "--seed", "1", "--request-timeout", "30",
        "--generation-database", "none", "--no-color",
    ]  # fmt: skip
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(TOOL)}, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}{done.stderr[-2000:]}"
    generated = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert generated is not None, done.stdout[-2000:]
    assert generated[1] == generated[2]
    assert int(generated[1]) >= OPERATIONS
    assert "request failed" not in hub.log


def test_no_generated_request_is_answered_with_a_500(hub: HubProcess, tmp_path: Path) -> None:
    check(hub, tmp_path, 1)


@pytest.mark.soak
def test_many_generated_requests_find_no_500(hub: HubProcess, tmp_path: Path) -> None:
    check(hub, tmp_path, 40)
