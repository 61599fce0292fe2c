"""Every command of the guides to the hub and to the gate, in their order."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from accord.cli import program
from tests.behaviours.hub import running_hub
from tests.integration.hub.client.conftest import PROVIDER, QUIET, write_pact

DOCS = Path(__file__).parents[4] / "docs"
COMMAND = re.compile(r"^    (accord .+)$", re.MULTILINE)
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
ELSEWHERE = ("pip install", "./deploy", "pytest")
"""What the workflows run beside Accord: a team's own."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a pact and a provider; nothing of this machine's CI is seen."""
    for name in list(os.environ):
        if name.startswith(QUIET):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "orders.py").write_text(PROVIDER)
    (tmp_path / ".accord").mkdir()
    write_pact(tmp_path / "pacts", "WebShop", "OrderService", id=1)
    return tmp_path


def run(command: str) -> int:
    """A command line of a guide, as a shell would take it."""
    return program.run([os.path.expandvars(word) for word in shlex.split(command)][1:])


def test_every_command_of_the_guide_to_the_hub_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (DOCS / "hub.md").read_text(encoding="utf-8")
    commands = COMMAND.findall(page)
    serves = [each for each in commands if each.startswith("accord hub serve")]
    later = [each for each in commands if each.startswith("accord hub restore")]
    monkeypatch.setenv("GIT_COMMIT", "2.3.2")
    database = str(folder / ".accord" / "hub.sqlite3")
    with running_hub(folder, *serves[0].split()[3:], database=database) as hub:
        monkeypatch.setenv("PACT_BROKER_BASE_URL", hub.url)
        monkeypatch.setenv("PACT_URL", f"{hub.url}/pacts/provider/OrderService/consumer/WebShop/latest")
        for command in commands:
            if command in {*serves, *later}:
                continue
            assert run(command) == 0, f"{command}\n{capsys.readouterr()}"
            said = capsys.readouterr().out
            if command.endswith("--dry-run"):
                shown = re.sub(
                    r"^    ", "", page[page.index("    RESULT: FAILED") :].partition("\n\n")[0], flags=re.MULTILINE
                )
                assert said.strip() == shown.strip().replace("http://127.0.0.1:9292", hub.url)
    for command in later:
        assert run(command) == 0, capsys.readouterr()
    with running_hub(folder, *serves[1].split()[3:], database=database, env={"ACCORD_HUB_TOKEN": "admin-1234"}) as hub:
        monkeypatch.setenv("PACT_BROKER_BASE_URL", hub.url)
        assert run("accord participant list") == 2
        assert "set PACT_BROKER_TOKEN" in capsys.readouterr().err


def jobs(page: str) -> list[dict[str, list[str]]]:
    """The commands of each workflow's jobs."""
    found = []
    for block in map(yaml.safe_load, BLOCK.findall(page)):
        if "jobs" in block:
            steps = {name: [step.get("run") for step in job["steps"]] for name, job in block["jobs"].items()}
        else:
            steps = {name: job["script"] for name, job in block.items() if isinstance(job, dict) and "script" in job}
        found.append({name: [each for each in lines if each] for name, lines in steps.items()})
    return found


def test_every_command_of_the_gate_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (DOCS / "ci.md").read_text(encoding="utf-8")
    consumer, provider, gitlab = jobs(page)
    once, webhook, dry_run = COMMAND.findall(page)

    def take(lines: list[str], environment: dict[str, Any]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            for line in lines:
                if not line.startswith(ELSEWHERE):
                    assert run(line) == 0, f"{line}\n{capsys.readouterr()}"

    def github(commit: str, branch: str) -> dict[str, str]:
        known = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": branch}
        return {**known, "GITHUB_SHA": commit, "GIT_COMMIT": commit}

    with running_hub(folder, "--quiet") as hub:
        monkeypatch.setenv("PACT_BROKER_BASE_URL", hub.url)
        take([once], {})
        take(consumer.pop("test"), github("c1", "main"))
        take(provider.pop("verify"), github("p1", "main"))
        take(provider.pop("deploy"), github("p1", "main"))
        take(consumer.pop("gate") + consumer.pop("deploy"), github("c1", "main"))
        on_gitlab = {"CI": "true", "GITLAB_CI": "true", "CI_COMMIT_SHA": "p2", "CI_COMMIT_BRANCH": "main"}
        for name in ("verify", "may-be-merged", "production"):
            take(gitlab.pop(name), on_gitlab)
        take([webhook, dry_run], {})
        assert (consumer, provider, gitlab) == ({}, {}, {}), "every job was run"
        assert run("accord can-i-deploy --pacticipant WebShop --version c1 --to production") == 0
        assert "OrderService (vp2) has verified" in capsys.readouterr().out
