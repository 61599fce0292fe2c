"""The command line as users run it: exit codes, what goes where, words."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    RunAccord = Callable[..., subprocess.CompletedProcess[str]]

PROVIDER = """
def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/raise":
        raise ValueError("no such table")
    start_response("200 OK" if path == "/1" else "404 Not Found", [("Content-Type", "application/json")])
    return [b'{"id": 1}']

def orders():
    return app
"""
STATES = """
STATES = {"an order exists": lambda: None}
MESSAGES = {"an event": lambda: {"id": 1}}
"""
COMMANDS = [
    "verify", "publish", "can-i-deploy", "can-i-merge", "record-deployment", "record-undeployment", "record-release",
    "record-support-ended", "demo",
]  # fmt: skip
ANSI = "\x1b["


def interaction(path: str, **more: Any) -> dict[str, Any]:
    return {
        "description": f"a call of {path}",
        "request": {"method": "GET", "path": path},
        "response": {"status": 200},
        **more,
    }


def write_pact(folder: Path, *interactions: dict[str, Any], provider: str = "orders") -> None:
    folder.mkdir(exist_ok=True)
    document = {
        "consumer": {"name": "web"},
        "provider": {"name": provider},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    }
    (folder / f"web-{provider}.json").write_text(json.dumps(document))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "provider.py").write_text(PROVIDER)
    (tmp_path / "states.py").write_text(STATES)
    return tmp_path


VERIFY = ("verify", "--app", "provider:app")


def test_a_contract_that_is_kept_is_exit_code_0(project: Path, run_accord: RunAccord) -> None:
    write_pact(project / "pacts", interaction("/1", providerStates=[{"name": "an order exists"}]))
    done = run_accord(*VERIFY, "--states", "states")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"web ({os.path.join('pacts', 'web-orders.json')})",  # noqa: PTH118 - as it is printed
        "  ✓ a call of /1 (given an order exists)",
        "",
        "orders keeps its contracts: 1 of 1 interactions pass",
    ]
    assert not (project / "pacts" / "results").exists()


@pytest.mark.parametrize("group", [(), ("contract",), ("env",), ("hub",), ("environment",), ("webhook",)])
def test_no_command_s_help_is_cut_in_the_list_of_them(run_accord: RunAccord, group: tuple[str, ...]) -> None:
    done = run_accord(*group, "--help", COLUMNS="80")
    commands = done.stdout.partition("Commands:")[2].strip().splitlines()
    assert len(commands) > 2
    assert [line for line in commands if line.endswith("...") or not line.endswith(".")] == []


@pytest.mark.parametrize("address", ["50051", "http://127.0.0.1:50051", "localhost:", "localhost:x", "localhost:70000"])
def test_an_address_for_grpc_that_is_none_is_refused(project: Path, run_accord: RunAccord, address: str) -> None:
    write_pact(project / "pacts", interaction("/1"))
    done = run_accord("verify", "orders", "--grpc", address)
    assert done.returncode == 2
    assert f"--grpc '{address}': expected HOST:PORT such as 127.0.0.1:50051" in done.stderr


def test_a_contract_that_is_broken_is_exit_code_1_and_every_reason_is_shown(
    project: Path, run_accord: RunAccord
) -> None:
    write_pact(
        project / "pacts",
        interaction("/1"),
        interaction("/2"),
        interaction("/raise"),
        interaction("/1", description="x", providerStates=[{"name": "new", "params": {"id": 1}}]),
    )
    done = run_accord("verify", "orders", "--app", "provider:orders", "--states", "states", "--junit", "out/report.xml")
    assert (done.returncode, done.stderr) == (1, "")
    for part in (
        "status: expected 200, seen 404",
        "the provider raised ValueError: no such table on GET /raise",
        'raise ValueError("no such table")',
        "no handler for the provider state 'new'",
        "def new(id: int) -> None:",
        "orders does not keep its contracts: 1 of 4 interactions pass",
    ):
        assert part in done.stdout
    assert ANSI not in done.stdout
    (suite,) = ET.parse(project / "out" / "report.xml").getroot()  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "1", "2")


def test_json_is_all_that_stands_on_stdout(project: Path, run_accord: RunAccord) -> None:
    write_pact(project / "pacts", interaction("/2"))
    done = run_accord(*VERIFY, "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["success"]) == (1, False)
    assert document["contracts"][0]["interactions"][0]["mismatches"][0]["kind"] == "status"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("verify", "--app", "provider:app", "--pacts", "none"), "none: no such file or folder"),
        (("verify", "other", "--app", "provider:app"), "the providers there are: orders"),
        (("verify",), "name the provider with"),
        (("verify", "--app", "provder:app"), "Did you mean 'provider'?"),
        (("verify", "--app", "provider:app", "--provider-url", "http://127.0.0.1:9"), "is named already"),
        (("verify", "--provider-url", "http://127.0.0.1:9"), "127.0.0.1:9"),
        (("verify", "--provider-url", "localhost"), "expected a URL"),
        (("verify", "--app", "provider:app", "--states", "none"), "--states none: no module 'none'"),
        (("verify", "--app", "provider:app", "--states", "leaving"), "importing it raised SystemExit"),
        (("verify", "--app", "provider:app", "--time-limit", "0"), "0.001"),
        (("verify", "--ap", "provider:app"), "--app"),
        (("can-i-deploy", "-a", "order", "-e", "1"), "known: orders, web"),
        (("can-i-deploy", "-a", "orders"), "which version?"),
        (("can-i-deploy",), "--pacticipant"),
        (("record-deployment", "-a", "orders", "-e", "1"), "--environment"),
        (("verfy",), "verify"),
        (("nothing-like-it",), "No such command"),
    ],
)
def test_misuse_is_exit_code_2_and_one_message_on_stderr(
    project: Path, run_accord: RunAccord, arguments: tuple[str, ...], message: str
) -> None:
    write_pact(project / "pacts", interaction("/1"))
    (project / "leaving.py").write_text("import sys; sys.exit(0)")
    done = run_accord(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert ANSI not in done.stderr


def test_an_interrupt_is_exit_code_130(project: Path) -> None:
    write_pact(project / "pacts", interaction("/1", providerStates=[{"name": "slow"}]))
    (project / "states.py").write_text(
        "import sys, time\ndef slow():\n    print('waiting', flush=True)\n    time.sleep(60)\nSTATES = {'slow': slow}\n"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "accord", *VERIFY, "--states", "states"],
        cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == "waiting":
                break
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "interrupted\n"


def test_so_is_one_that_comes_while_the_commands_are_loaded() -> None:
    program = """
import sys
class Interrupting:
    def find_spec(self, name, *rest):
        if name == "accord.cli.program":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
from accord.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


def test_a_reader_that_has_seen_enough_is_fine(project: Path) -> None:
    write_pact(project / "pacts", *(interaction("/1", description=f"{number:05}" * 40) for number in range(500)))
    with subprocess.Popen(
        [sys.executable, "-m", "accord", *VERIFY],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        errors = process.stderr.read()
    assert errors == ""
    assert process.returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_our_marks_gets_escapes_and_no_traceback(
    project: Path, run_accord: RunAccord, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    write_pact(project / "pacts", interaction("/1"))
    done = run_accord(*VERIFY)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u2713 a call of /1" in done.stdout


def test_from_verification_to_deployment_and_back(project: Path, run_accord: RunAccord) -> None:
    write_pact(project / "pacts", interaction("/1"))
    assert run_accord("can-i-deploy", "-a", "orders", "-e", "1.0").returncode == 1
    assert run_accord(*VERIFY, "--provider-version", "1.0").returncode == 0
    done = run_accord("can-i-deploy", "--pacticipant", "orders", "--version", "1.0", "--to", "production")
    assert done.returncode == 0
    assert done.stdout.splitlines()[:3] == [
        "RESULT: OK",
        "web has a contract that orders (v1.0) has verified.",
        "Can deploy orders v1.0 to production.",
    ]
    recorded = run_accord("record-deployment", "-a", "orders", "-e", "1.0", "--environment", "production")
    assert (recorded.returncode, recorded.stdout) == (0, "Recorded: orders v1.0 runs in production.\n")
    write_pact(project / "pacts", interaction("/2"))
    assert run_accord(*VERIFY, "--provider-version", "1.1").returncode == 1
    answer = run_accord("can-i-deploy", "-a", "orders", "-e", "1.1", "--to-environment", "staging", "--json")
    document = json.loads(answer.stdout)
    assert (answer.returncode, document["deployable"], document["matrix"][0]["outcome"]) == (1, False, "failed")
    assert "status: expected 200, seen 404" in document["matrix"][0]["details"][0]


def test_a_result_is_not_kept_when_told_so(project: Path, run_accord: RunAccord) -> None:
    write_pact(project / "pacts", interaction("/1"))
    run_accord(*VERIFY, "--provider-version", "1.0", "--no-record")
    assert not (project / "pacts" / "results").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_an_example(run_accord: RunAccord, command: str) -> None:
    done = run_accord(command, "--help")
    assert done.returncode == 0
    assert f"accord {command}" in done.stdout.partition("Example:")[2]
    assert ANSI not in done.stdout


def test_without_a_command_the_help_is_shown(run_accord: RunAccord) -> None:
    done = run_accord()
    assert all(command in done.stdout + done.stderr for command in COMMANDS)
    assert run_accord("--version").stdout.startswith("accord ")


def test_a_fault_of_our_own_is_exit_code_2_and_not_a_finding(project: Path) -> None:
    write_pact(project / "pacts", interaction("/1"))
    program = (
        "import sys, accord.cli.verify as verify\n"
        "from accord.cli.program import run\n"
        "verify.version_or_commit = lambda given: 1 / 0\n"
        f"sys.exit(run({list(VERIFY)!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "error: accord itself failed (ZeroDivisionError); please report it" in done.stderr
