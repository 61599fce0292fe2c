from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import accord

SOURCE = Path(accord.__file__).parent
HEAVY = ("httpx", "pydantic", "typer", "psycopg", "asyncio", "rich", "regex", "sqlalchemy")


def names_imported(path: Path) -> list[str]:
    """The modules a file imports, with the names taken from them: ``accord``, ``accord.core.errors``…"""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found


def test_nothing_inside_imports_the_public_face() -> None:
    """The face loads lazily and may change its shape; who is inside names the module that is meant."""
    files = sorted(SOURCE.rglob("*.py"))
    assert len(files) > 50
    assert [str(path.relative_to(SOURCE)) for path in files if "accord" in names_imported(path)] == []


@pytest.mark.parametrize("statement", ["import accord.pytest_plugin", "import accord", "import accord.contract"])
def test_what_loads_at_every_start_loads_nothing_heavy(statement: str) -> None:
    assert loaded_by(statement) == []


def test_a_consumer_test_that_only_builds_loads_nothing_heavy() -> None:
    assert loaded_by("from accord import Pact, match; Pact('web', 'orders')") == []


def test_what_is_heavy_is_seen_by_these_tests() -> None:
    assert loaded_by("import asyncio") == ["asyncio"]


def loaded_by(statement: str) -> list[str]:
    """Which of the heavy modules a fresh Python has after a statement, and had not before."""
    program = f"import sys; before = set(sys.modules); {statement}; print(*[n for n in {HEAVY} if n in sys.modules and n not in before])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.split()
