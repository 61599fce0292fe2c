from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from accord.contract import journal
from tests import prefork

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    RunAccord = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def own_journal(monkeypatch: pytest.MonkeyPatch) -> list[journal.Entry]:
    """What these tests prove is no pact of ours: it stays out of the journal of this run."""
    memory: list[journal.Entry] = []
    monkeypatch.delenv(journal.FOLDER_VARIABLE, raising=False)
    for name in ("GIT_COMMIT", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "ACCORD_PACT_DIRECTORY", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(journal, "_in_memory", memory)
    return memory


@pytest.fixture
def run_accord(tmp_path: Path) -> RunAccord:
    """Run the command line as users do, in a folder of its own."""

    def run(*arguments: str, timeout: float = 60, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent), **variables}
        return prefork.run("accord", arguments, cwd=tmp_path, env=environment, timeout=timeout)

    return run
