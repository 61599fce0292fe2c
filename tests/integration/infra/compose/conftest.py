"""A project of the test's own, and the command line in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from accord.cli.program import run
from accord.infra import ports
from accord.infra.compose import environments

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Project:
    """A folder with compose files, whose environments end with the test.

    Attributes:
        path: the folder.
        capture: what commands print.
    """

    path: Path
    capture: pytest.CaptureFixture[str]

    def write(self, text: str, name: str = "compose.yaml") -> Path:
        path = self.path / name
        path.write_text(text, encoding="utf-8")
        return path

    def env(self, command: str, *words: str) -> tuple[int, str, str]:
        """Run ``accord env COMMAND``: its exit code, what it said, and its complaints."""
        self.capture.readouterr()
        code = run(["env", command, *words, "--project", str(self.path)])
        said = self.capture.readouterr()
        return code, said.out, said.err

    def up(self, *words: str) -> dict[str, Any]:
        """Bring up what ``compose.yaml`` says."""
        code, out, err = self.env("up", *words, "--json")
        assert code == 0, err
        document: dict[str, Any] = json.loads(out)
        return document

    def status(self) -> list[dict[str, Any]]:
        services: list[dict[str, Any]] = json.loads(self.env("status", "--json")[1])["services"]
        return services

    @property
    def runs(self) -> list[Path]:
        """The directories of the servers that are up."""
        return [Path(each.run) for each in environments.records(self.path)]

    @property
    def state(self) -> list[str]:
        """What lies in the folder of environments."""
        folder = self.path / ".accord" / "env"
        return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    for variable in ("ACCORD_KAFKA_PROVIDER", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    found = Project(tmp_path, capsys)
    yield found
    environments.take_down(tmp_path)


@pytest.fixture
def free_ports() -> Iterator[int]:
    return ports.free_ports()
