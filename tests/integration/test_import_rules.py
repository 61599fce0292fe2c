"""Violations of the import rules, planted in a copy of the source, are named by the tool."""

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
SUITE = "suite is free of test runners, web and database frameworks"
CORE = "core needs neither test runners nor frameworks"

VIOLATIONS = [
    ("core/clock.py", "import accord.contract.spec", LAYERS),
    ("contract/spec.py", "import accord.infra", LAYERS),
    ("infra/locks.py", "import accord.contract.spec", LAYERS),
    ("faults/toxics.py", "import accord.stub.templating", LAYERS),
    ("infra/locks.py", "import accord.faults.toxics", LAYERS),
    ("pytest_plugin/contracts.py", "import accord.cli.output", LAYERS),
    ("contract/spec.py", "import pytest", CONTRACT),
    ("contract/spec.py", "import fastapi", CONTRACT),
    ("infra/locks.py", "import pytest", INFRA),
    ("suite/records.py", "import pytest", SUITE),
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


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src" / "accord", tmp_path / "src" / "accord", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(copy: Path) -> str:
    """What the tool says of the copy."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=copy, env={**os.environ, "PYTHONPATH": str(copy / "src"), "COLUMNS": "200"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    return done.stdout


def test_the_rules_hold_as_it_is(copy: Path) -> None:
    assert "BROKEN" not in lint(copy)


def test_every_planted_violation_is_named_under_its_rule(copy: Path) -> None:
    """All in one run, for each run reads the whole source."""
    for file, line, _ in VIOLATIONS:
        with (copy / "src" / "accord" / file).open("a", encoding="utf-8") as source:
            source.write(f"\n{line}\n")
    said = lint(copy)
    unnamed = [
        (file, line)
        for file, line, rule in VIOLATIONS
        if f"{module(file)} -> {line.removeprefix('import ')}" not in findings(said, rule)
    ]
    assert unnamed == [], said


def module(file: str) -> str:
    return f"accord.{file.removesuffix('.py').replace('/', '.')}"


def findings(said: str, rule: str) -> str:
    """What stands below the heading of a rule."""
    return said.partition(f"\n{rule}\n---")[2].partition("\n---")[0]
