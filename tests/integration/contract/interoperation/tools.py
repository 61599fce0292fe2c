"""The other tools, where they are: each is looked for, and a test whose tool is missing says which and how to get it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[4]
HERE = Path(__file__).parent
NODE_MODULES = ROOT / ".tools" / "node_modules"


def run(command: Sequence[str | Path], *, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a tool to its end; what it prints is kept."""
    quiet = os.environ | {"PACT_DO_NOT_TRACK": "true", "LOG_LEVEL": "error", "NO_COLOR": "1"}
    return subprocess.run(
        list(map(str, command)), cwd=cwd, env=quiet, capture_output=True, text=True, timeout=120, check=False
    )


def pact_python() -> list[str]:
    """The Python that has pact-python; tests start it anew: its library prints by itself and keeps threads."""
    if importlib.util.find_spec("pact") is None or importlib.util.find_spec("pact_ffi") is None:
        pytest.skip("pact-python is not installed: it has no wheel for this platform")
    return [sys.executable]


def pact_command() -> str:
    """The command ``pact`` of pact-python-cli."""
    beside = Path(sys.executable).with_name("pact")
    found = str(beside) if beside.exists() else shutil.which("pact")
    if found is None or "verifier" not in run([found, "--help"]).stdout:
        pytest.skip("the command `pact` of pact-python-cli is not installed")
    return found


def node_with_pact() -> str:
    """Node, with npm's @pact-foundation/pact beside it."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    if not (NODE_MODULES / "@pact-foundation" / "pact").is_dir():
        pytest.skip("npm's @pact-foundation/pact is not installed: `make tools` does it")
    return node
