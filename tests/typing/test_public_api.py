"""mypy in strict mode accepts the uses of the public API and refuses the misuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("public_api.py")


def run_mypy(*paths: Path) -> subprocess.CompletedProcess[str]:
    """With the options of `make lint` alone, else neither could use what the other has kept; unused ignores are errors, so that every misuse must be refused."""
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", *paths],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def test_the_uses_are_accepted_the_misuses_refused_and_one_without_its_mark_is_an_error(tmp_path: Path) -> None:
    """In one run, for each takes many seconds."""
    wrong = tmp_path / "misuse.py"
    wrong.write_text('from accord import Pact\nPact("OrderService")\nPact("a", "b")  # type: ignore[call-arg]\n')
    done = run_mypy(PROGRAM, wrong)
    assert done.returncode == 1
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert [line.rpartition("  ")[2] for line in errors] == ["[call-arg]", "[unused-ignore]"], done.stdout + done.stderr
    assert all("misuse.py" in line for line in errors)
