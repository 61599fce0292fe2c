"""One hub for each module, the command line against it, and a provider."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from accord.cli import program
from tests.behaviours.hub import HubProcess, running_hub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., "Done"]

PROVIDER = """
import json, os
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body = json.dumps(json.loads(os.environ.get("ANSWER", '{"id": 1}'))).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})
"""
QUIET = ("ACCORD_", "PACT_", "GIT_", "CI", "GITHUB_", "GITLAB", "JENKINS", "PYTEST_")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with running_hub(tmp_path_factory.mktemp("hub"), "--quiet") as hub:
        yield hub


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a provider that answers what ANSWER has."""
    (tmp_path / "provider.py").write_text(PROVIDER)
    return tmp_path


@dataclass(frozen=True)
class Done:
    """What a command gave."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def accord(project: Path, hub: HubProcess, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run command lines in the project, with the hub in the environment as CI has it.

    In this process: the start of a Python for each of a hundred commands would take minutes.
    """
    for name in list(os.environ):
        if name.startswith(QUIET):
            monkeypatch.delenv(name)
    monkeypatch.chdir(project)

    def run(*words: str, code: int = 0, **variables: str) -> Done:
        own = {"PACT_BROKER_BASE_URL": hub.url, "GIT_CEILING_DIRECTORIES": str(project), **variables}
        with pytest.MonkeyPatch.context() as patch:
            for name, value in own.items():
                patch.setenv(name, value)
            returned = program.run(words)
        done = Done(returned, *capsys.readouterr())
        assert returned == code, f"{words}: {returned}\n{done.stdout}{done.stderr}"
        return done

    return run


def write_pact(folder: Path, consumer: str, provider: str, **body: Any) -> Path:
    """A pact that needs a body's fields by their type."""
    folder.mkdir(exist_ok=True)
    document = {
        "consumer": {"name": consumer},
        "provider": {"name": provider},
        "interactions": [
            {
                "description": "a thing",
                "request": {"method": "GET", "path": "/things/1"},
                "response": {
                    "status": 200,
                    "body": body,
                    "matchingRules": {
                        "body": {f"$.{name}": {"matchers": [{"match": "type"}], "combine": "AND"} for name in body}
                    },
                },
            }
        ],
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    }
    path = folder / f"{consumer}-{provider}.json"
    path.write_text(json.dumps(document))
    return path
