"""Running pytest on a project of a test's own, in a process of its own, and reading what became of each test."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests import prefork

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

CONFIGURATION = "[tool.pytest.ini_options]\nfilterwarnings = ['ignore::pytest.PytestDeprecationWarning']\n"


@dataclass(frozen=True)
class Ran:
    """A run of pytest: its exit code, its output, and each test's outcome and text by its name."""

    code: int
    output: str
    outcomes: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


class Project:
    """A project with levels."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plugins: str | None = "accord.pytest_plugin"  # no others, which would take longer to load than the tests
        self.write("pyproject.toml", CONFIGURATION)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def configure(self, text: str) -> None:
        """Set what stands in [tool.accord…] besides pytest's own."""
        self.write("pyproject.toml", CONFIGURATION + text)

    def pytest(self, *arguments: str) -> Ran:
        """Run pytest there, in a process of its own: the guards of this very run must not help."""
        done = self._run("pytest", "-p", "no:cacheprovider", "--junitxml=out.xml", *arguments)
        outcomes, texts = {}, {}
        if (self.folder / "out.xml").exists():
            for case in ET.parse(self.folder / "out.xml").iter("testcase"):  # noqa: S314 - pytest has just written it
                found = next((child for child in case if child.tag in {"failure", "error", "skipped"}), None)
                outcomes[case.attrib["name"]] = "passed" if found is None else found.tag
                texts[case.attrib["name"]] = "" if found is None else f"{found.attrib.get('message')}\n{found.text}"
        return Ran(done.returncode, done.stdout + done.stderr, outcomes, texts)

    def accord(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command line there."""
        return self._run("accord", *arguments)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "ACCORD", "COV"))
        }
        if self.plugins is not None:
            environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": self.plugins}
        return prefork.run(program, arguments, cwd=self.folder, env=environment, timeout=100)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
