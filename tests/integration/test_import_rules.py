"""A violation of each import rule, planted in a copy of the source, is named by the tool."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = "imports point one way, siblings do not know each other"
CONTRACT = "contract is free of test runners, web and database frameworks"
INFRA = "infra is free of test runners"
HUB_LAYERS = "the hub's parts import one way"
HUB_PLAIN = "the hub's wire and domain are plain Python"
HUB_NO_WEB = "the hub's service and storage know no web"
HUB_NO_DATABASE = "routes ask storage, never the database"
HUB_LIGHT = "the hub's client and wire never load the server's frameworks"
HUB_CLIENT = "the hub's client knows no server"
CORE = "core needs neither test runners nor frameworks"

VIOLATIONS = [
    ("core/errors.py", "import accord.contract.spec", LAYERS),
    ("contract/spec.py", "import accord.infra", LAYERS),
    ("infra/locks.py", "import accord.contract.spec", LAYERS),
    ("faults/toxics.py", "import accord.stub.templating", LAYERS),
    ("infra/locks.py", "import accord.faults.toxics", LAYERS),
    ("pytest_plugin/contracts.py", "import accord.cli.output", LAYERS),
    ("contract/spec.py", "import pytest", CONTRACT),
    ("contract/spec.py", "import fastapi", CONTRACT),
    ("infra/locks.py", "import pytest", INFRA),
    ("core/errors.py", "import typer", CORE),
    ("hub/domain/identity.py", "import accord.hub.service.lookup", HUB_LAYERS),
    ("hub/storage/pacts.py", "import accord.hub.web.answers", HUB_LAYERS),
    ("hub/wire/paths.py", "import sqlalchemy", HUB_PLAIN),
    ("hub/domain/matrix.py", "import asyncio", HUB_PLAIN),
    ("hub/client/evidence.py", "import fastapi", HUB_LIGHT),
    ("hub/client/evidence.py", "import accord.hub.domain.records", HUB_CLIENT),
    ("hub/service/lookup.py", "import fastapi", HUB_NO_WEB),
    ("hub/web/answers.py", "import sqlalchemy", HUB_NO_DATABASE),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "src" / "accord", folder / "src" / "accord", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def broken_rules(copy: Path) -> list[str]:
    """The rules that do not hold in the copy."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=copy, env={**os.environ, "PYTHONPATH": str(copy / "src")}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert "KEPT" in done.stdout, done.stdout + done.stderr
    return [line.rpartition(" BROKEN")[0] for line in done.stdout.splitlines() if line.endswith(" BROKEN")]


def test_the_rules_hold_as_it_is(copy: Path) -> None:
    assert broken_rules(copy) == []


@pytest.mark.parametrize(("file", "line", "rule"), VIOLATIONS, ids=[f"{file} {line}" for file, line, _ in VIOLATIONS])
def test_a_planted_violation_is_named(copy: Path, file: str, line: str, rule: str) -> None:
    path = copy / "src" / "accord" / file
    if not path.exists():
        pytest.skip(f"there is no {file} yet")
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        assert rule in broken_rules(copy)
    finally:
        path.write_text(before, encoding="utf-8")
