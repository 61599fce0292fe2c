"""``accord test``: levels in their order, each a run of its own, and when to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from accord import poll_until

if TYPE_CHECKING:
    from tests.integration.suite.conftest import Project


@pytest.fixture
def shop(project: Project) -> Project:
    for level in ("unit", "integration", "contract", "component", "e2e"):
        project.write(f"tests/{level}/test_{level}.py", f"def test_{level}(): pass\n")
    return project


def document(project: Project, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = project.accord("test", "--json", *arguments)
    assert done.returncode == code, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def levels_of(result: dict[str, Any]) -> list[str]:
    return [run["level"] for run in result["runs"]]


def test_all_levels_run_in_their_order_and_the_judgement_is_about_all(shop: Project) -> None:
    done = shop.accord("test")
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout[done.stdout.rindex("level  ") :].splitlines()
    assert [line.split()[0] for line in last[1:7]] == ["unit", "integration", "contract", "component", "e2e", "all"]
    assert [line for line in last if line.startswith("✓")] == [
        f"✓ {level}: passed" for level in ("unit", "integration", "contract", "component", "e2e")
    ]


def test_levels_are_chosen_by_name_and_by_occasion(shop: Project) -> None:
    assert levels_of(document(shop, "component", "unit", "--when", "commit")) == ["unit"]


def test_it_stops_at_the_first_level_that_fails_unless_told_to_go_on(shop: Project) -> None:
    shop.write("tests/integration/test_integration.py", "def test_broken(): assert 1 == 2\n")
    stopped = document(shop, "--when", "commit", code=1)
    assert (stopped["ok"], levels_of(stopped), stopped["left_out"]) == (False, ["unit", "integration"], ["contract"])
    on = document(shop, "--when", "commit", "--keep-going", code=1)
    assert [(run["level"], run["ok"]) for run in on["runs"]] == [
        ("unit", True),
        ("integration", False),
        ("contract", True),
    ]
    said = shop.accord("test", "--when", "commit").stdout
    assert "✗ integration: failed\n○ contract: not run, because integration failed" in said


def test_what_stands_after_two_dashes_goes_to_pytest(shop: Project) -> None:
    shop.write("tests/unit/test_unit.py", "def test_one(): pass\ndef test_two(): assert False\n")
    assert document(shop, "unit", "--", "-k", "one")["levels"][0]["tests"] == 1
    assert document(shop, "unit", "--", "tests/unit/test_unit.py::test_one")["ok"]


def test_levels_share_nothing(shop: Project) -> None:
    shop.write("shared.py", "SEEN = []\n")
    for level in ("unit", "integration"):
        shop.write(
            f"tests/{level}/test_{level}.py",
            "import sys\nsys.path.insert(0, '.')\nimport shared\n\n\ndef test_it():\n    assert not shared.SEEN\n    shared.SEEN.append(1)\n",
        )
    assert document(shop, "unit", "integration")["ok"]


def test_workers_share_the_tests_of_a_level_that_allows_it(shop: Project) -> None:
    shop.plugins = "accord.pytest_plugin,xdist.plugin"
    shop.configure("[tool.accord.levels.contract]\nworkers = 0\n")
    done = shop.accord("test", "unit", "contract", "-n", "2")
    assert done.returncode == 0
    unit, contract = done.stdout.split("test session starts")[1:]
    assert "2 workers" in unit or "created: 2/2" in unit
    assert "created:" not in contract
    assert " workers [" not in contract
    assert "✓ unit: passed" in done.stdout


def test_a_level_over_its_budget_is_a_finding_that_can_be_turned_off(shop: Project) -> None:
    shop.configure("[tool.accord.levels.unit]\nbudget = '1 ms'\n")
    over = document(shop, "unit", code=1)
    assert "its budget is 1 ms: the slowest tests above say what to do" in over["runs"][0]["problems"][0]
    assert document(shop, "unit", "--budgets", "report")["ok"]


def test_coverage_is_measured_for_each_level_and_all_and_held_to_its_thresholds(shop: Project) -> None:
    shop.plugins = "accord.pytest_plugin,pytest_cov.plugin"
    code = "def sign(n):\n    if n < 0:\n        return 'minus'\n    return 'plus'\n"
    shop.write("src/money.py", code)
    head = "import sys\nsys.path.insert(0, 'src')\nimport money\n\n\n"
    shop.write("tests/unit/test_unit.py", head + "def test_plus(): assert money.sign(1) == 'plus'\n")
    shop.write("tests/integration/test_integration.py", head + "def test_minus(): assert money.sign(-1) == 'minus'\n")
    setup = "[tool.coverage.run]\nsource = ['src']\nbranch = true\n"
    shop.configure(setup)
    both = document(shop, "unit", "integration")
    assert both["coverage"] == 100
    assert [row["coverage"] for row in both["levels"]] == [pytest.approx(66.67, abs=0.01)] * 2
    one = document(shop, "unit", code=1)
    assert "cover 66.7 % of lines and branches, and 80 % are needed" in one["problems"][0]
    shop.configure(setup + "[tool.accord.coverage]\ntotal = 60\n[tool.accord.levels.unit]\ncoverage = 90\n")
    lower = document(shop, "unit", code=1)
    assert lower["problems"] == []
    assert "the tests of the level 'unit' cover 66.7 %" in lower["runs"][0]["problems"][0]
    assert document(shop, "unit", "--no-coverage")["coverage"] is None


def test_junit_files_go_to_a_folder_one_for_each_level(shop: Project) -> None:
    document(shop, "unit", "contract", "--junit", "reports")
    assert sorted(path.name for path in (shop.folder / "reports").iterdir()) == ["contract.xml", "unit.xml"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["unti"], "there is no level 'unti'; this project has unit, integration, contract, component, e2e"),
        (["--when", "monday"], "there is no occasion 'monday'; known: commit, pr, deploy, schedule, release"),
        (["unit", "--when", "deploy"], "no level of unit runs on the occasion 'deploy'"),
        (["--budgets", "none"], "--budgets is enforce or report, not 'none'"),
        (["--project", "nowhere"], "nowhere is no folder"),
        (["--", "--no-such-option"], "no-such-option"),
    ],
)
def test_misuse_is_told_with_exit_code_2(shop: Project, arguments: list[str], says: str) -> None:
    done = shop.accord("test", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_project_without_tests_is_told_where_tests_belong(project: Project) -> None:
    done = project.accord("test")
    assert done.returncode == 2
    assert "a test belongs to the level whose folder it is in (tests/unit/…)" in done.stderr


def test_a_level_that_cannot_be_collected_is_a_failure_of_that_level(shop: Project) -> None:
    shop.write("tests/unit/test_unit.py", "import nowhere\n")
    done = shop.accord("test")
    assert done.returncode in {1, 2}
    assert "✗ unit: " in done.stdout
    assert "○ integration: not run" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_lets_the_level_tear_down_and_ends_with_130(shop: Project, number: signal.Signals) -> None:
    shop.write(
        "tests/unit/test_unit.py",
        "import pathlib, pytest, signal\n\n@pytest.fixture\ndef kept():\n    yield\n    pathlib.Path('torn').touch()\n\n"
        "def test_waits(kept):\n    pathlib.Path('ready').touch()\n    signal.pause()\n",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "accord.cli", "test", "unit"],
        cwd=shop.folder,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    poll_until((shop.folder / "ready").exists, description="the test to run", timeout=60)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as the terminal does: to every process
    else:
        process.send_signal(number)  # as CI does, which knows the first alone
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, (shop.folder / "torn").exists()) == (130, True)
    assert errors.decode().rstrip().endswith("interrupted")
