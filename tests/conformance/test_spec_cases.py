"""The official cases of the Pact specification, from the folder that ACCORD_SPEC_CASES names (.ci/run sets it)."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("run_spec_cases.py")
FOLDER = os.environ.get("ACCORD_SPEC_CASES")

pytestmark = pytest.mark.skipif(
    not FOLDER or not Path(FOLDER).is_dir(), reason="ACCORD_SPEC_CASES names no folder with the official cases"
)


@pytest.fixture(scope="module")
def program() -> Any:
    spec = importlib.util.spec_from_file_location("run_spec_cases", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def test_every_official_case_passes(program: Any, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = {case.path.relative_to(FOLDER): program.outcome(case) for case in program.find_cases(Path(FOLDER or ""))}
    failed = {str(path): reason for path, reason in outcomes.items() if reason is not None}
    with capsys.disabled():
        print(f"\nofficial cases: {len(outcomes) - len(failed)} passed, {len(failed)} failed")
    assert len(outcomes) >= 500
    assert failed == {}


def test_the_program_ends_with_the_count() -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM, str(FOLDER)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout.splitlines()[-1].endswith(" passed, 0 failed")
    assert done.returncode == 0


def test_a_folder_without_cases_is_misuse(tmp_path: Path) -> None:
    for folder, message in ((tmp_path, "no case found"), (tmp_path / "none", "is no folder")):
        done = subprocess.run(
            [sys.executable, PROGRAM, folder], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 2
        assert message in done.stderr
