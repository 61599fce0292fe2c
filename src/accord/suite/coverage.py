"""Lines and branches that the levels cover, by themselves and together; measured by coverage.py through pytest-cov."""

from __future__ import annotations

import contextlib
import io
import tomllib
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def is_configured(project: Path) -> bool:
    """Whether a project says what coverage is to measure, and pytest-cov is there to do it."""
    if find_spec("pytest_cov") is None:
        return False
    if (project / ".coveragerc").is_file():
        return True
    try:
        document = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return "coverage" in document.get("tool", {})


def of_level(project: Path, data: Path, level: str) -> float | None:
    """What one level covers, in per cent of lines and branches; None if nothing was measured."""
    return _percent(project, [data / f"coverage.{level}"])


def total(project: Path, data: Path) -> float | None:
    """What all levels together cover, in per cent of lines and branches; None if nothing was measured."""
    return _percent(project, sorted(data.glob("coverage.*")))


def _percent(project: Path, files: list[Path]) -> float | None:
    files = [file for file in files if file.is_file()]
    if not files:
        return None
    from coverage import Coverage, CoverageException  # noqa: PLC0415 - an optional package, and slow to load

    with contextlib.chdir(project):  # its configuration and the paths in its data are relative to it
        measured = Coverage(data_file=None)
        measured.combine([str(file) for file in files], keep=True, strict=True)
        try:
            return float(measured.report(file=io.StringIO()))
        except CoverageException:  # nothing to report on
            return None
