"""Cases of our own for V4, written from the specification's text in the form of the official ones."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").rglob("*.json"))


@pytest.fixture(scope="module")
def program() -> Any:
    spec = importlib.util.spec_from_file_location("run_own_cases", HERE / "run_spec_cases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", CASES, ids=lambda path: str(path.relative_to(HERE / "cases")))
def test_a_case_comes_out_as_it_says(program: Any, path: Path) -> None:
    [case] = [each for each in program.find_cases(path.parent) if each.path == path]
    assert program.outcome(case) is None
