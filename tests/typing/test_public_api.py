"""mypy in strict mode accepts the uses of the public API and refuses the misuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("public_api.py")


def run_mypy(path: Path) -> subprocess.CompletedProcess[str]:
    """With the project's own settings; unused ignores are errors, so that every misuse must be refused."""
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", "--follow-imports=silent", path],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def test_the_uses_are_accepted_and_the_misuses_refused() -> None:
    done = run_mypy(PROGRAM)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_misuse_without_its_mark_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "misuse.py"
    path.write_text('from accord import Pact\nPact("OrderService")\nPact("a", "b")  # type: ignore[call-arg]\n')
    done = run_mypy(path)
    assert done.returncode == 1
    assert "[call-arg]" in done.stdout
    assert "[unused-ignore]" in done.stdout
