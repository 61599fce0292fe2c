"""Levels under pytest: which tests belong where, the table at the end, and the tools people run pytest with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.suite.conftest import Project

BUSY = "import time\nended = time.perf_counter() + 0.004\nwhile time.perf_counter() < ended:\n    pass\n"


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def test_the_table_the_shape_and_the_slow_ones_stand_at_the_end(project: Project) -> None:
    project.write(
        "tests/unit/test_a.py",
        f"def test_slow():\n{indented(BUSY)}\n" + "".join(f"def test_{n}(): pass\n" for n in range(9)),
    )
    project.write("tests/integration/test_b.py", "def test_b(): pass\n")
    project.write("tests/test_c.py", "def test_c(): pass\n")
    ran = project.pytest("--accord-report=report.json")
    assert ran.code == 0, ran.output
    lines = ran.output.splitlines()
    start = next(number for number, line in enumerate(lines) if "= levels =" in line)
    assert lines[start + 1].split() == ["level", "tests", "time", "share", "budget", "over", "budget"]
    assert lines[start + 2].split()[:2] == ["unit", "10"]
    assert lines[start + 3].split()[:2] == ["integration", "1"]
    assert lines[start + 4].split()[:2] == ["all", "11"]
    assert lines[start + 5].startswith("shape: pyramid")
    assert lines[start + 6].startswith("1 test belongs to no level")
    # Not always the first: on a busy machine an empty test may have to wait for longer.
    slow = next(line for line in lines[start + 8 :] if "tests/unit/test_a.py::test_slow took " in line)
    assert "and a test of the level 'unit' has 1 ms" in slow
    document = json.loads((project.folder / "report.json").read_text(encoding="utf-8"))
    assert [(row["level"], row["tests"]) for row in document["levels"]] == [("unit", 10), ("integration", 1)]
    assert {test["test"]: test["level"] for test in document["tests"]}["tests/test_c.py::test_c"] is None
    slow = next(test for test in document["tests"] if test["test"].endswith("test_slow"))
    assert slow["call"] > 0.004
    assert 0 <= slow["waiting"] <= slow["call"]


def test_junit_carries_the_level_of_each_test_and_the_table(project: Project) -> None:
    project.write("tests/unit/test_a.py", "def test_a(): pass\n")
    project.pytest()
    text = (project.folder / "out.xml").read_text(encoding="utf-8")
    assert '<property name="level" value="unit" />' in text
    assert '<property name="waiting" value="' in text
    assert '<property name="level.unit.tests" value="1" />' in text
    assert '<property name="level.unit.budget" value="30" />' in text
    assert '<property name="shape" value="few" />' in text


def test_quiet_runs_print_no_table(project: Project) -> None:
    project.write("tests/unit/test_a.py", "def test_a(): pass\n")
    assert "= levels =" not in project.pytest("-q").output


def test_only_the_tests_of_a_level_run_by_folder_and_by_marker(project: Project) -> None:
    project.configure("[tool.accord.levels.smoke]\nbudget = '1 min'\n")
    project.write("tests/unit/test_a.py", "def test_a(): pass\n")
    project.write("tests/e2e/test_b.py", "raise RuntimeError('of another level: not even imported')\n")
    project.write("tests/e2e/conftest.py", "raise RuntimeError('nor what stands beside it')\n")
    (project.folder / "tests/e2e/.#test_b.py").symlink_to("somebody@edits.1:2")  # as Emacs marks a file that is edited
    project.write("tests/e2e/odd.py/test_e.py", "raise RuntimeError('nor this')\n")
    project.write("tests/contract/conftest.py", "import pytest\n@pytest.fixture\ndef one(): return 1\n")
    project.write("tests/contract/deep/test_d.py", "import pytest\n@pytest.mark.unit\ndef test_deep(one): assert one\n")
    project.write(
        "tests/integration/test_c.py",
        "import pytest\n@pytest.mark.unit\ndef test_marked(): pass\ndef test_c(): pass\n@pytest.mark.smoke\ndef test_s(): pass\n",
    )
    passed = dict.fromkeys(("test_a", "test_marked", "test_deep"), "passed")
    assert project.pytest("--accord-level", "unit").outcomes == passed
    assert project.pytest("--accord-level", "smoke", "--strict-markers").outcomes == {"test_s": "passed"}
    both = project.pytest("--accord-level", "unit", "--accord-level", "integration").outcomes
    assert sorted(both) == ["test_a", "test_c", "test_deep", "test_marked"]


@pytest.mark.parametrize(
    ("configuration", "arguments", "says"),
    [
        ("[tool.accord.levels.unit]\nbudjet = 1\n", [], "unknown key 'budjet'; did you mean 'budget'?"),
        ("[tool.accord]\nlevles = 1\n", [], "unknown key 'levles'; did you mean 'levels'?"),
        ("[tool.accord]\nlevels = 1\n", [], "levels must be a table, seen 1"),
        ("", ["--accord-level", "unti"], "there is no such level; known: unit, integration, contract, component, e2e"),
    ],
)
def test_a_wrong_configuration_is_pytests_usage_error(
    project: Project, configuration: str, arguments: list[str], says: str
) -> None:
    project.configure(configuration)
    ran = project.pytest(*arguments)
    assert ran.code == pytest.ExitCode.USAGE_ERROR
    assert says in ran.output
    assert "Traceback" not in ran.output


def test_over_budget_is_said_and_fails_only_where_budgets_are_enforced(project: Project) -> None:
    project.configure("[tool.accord.levels.integration]\ntest_budget = '1 ms'\n")
    project.write("tests/unit/test_u.py", f"def test_u():\n{indented(BUSY)}")
    project.write("tests/integration/test_i.py", f"def test_i():\n{indented(BUSY)}")
    assert project.pytest().outcomes == {"test_i": "passed", "test_u": "passed"}
    enforced = project.pytest("--accord-budgets=enforce")
    assert enforced.outcomes == {"test_i": "failure", "test_u": "passed"}
    assert "test_i took " in enforced.texts["test_i"]
    assert "a test of the level 'integration' has 1 ms" in enforced.texts["test_i"]


def test_a_test_that_does_not_end_is_ended_and_says_where_it_was(project: Project) -> None:
    project.configure("[tool.accord.levels.e2e]\nhard_stop = '0.3 s'\n")
    project.write(
        "tests/e2e/test_hang.py",
        """
import asyncio, threading, time, pytest

def test_sleeps():
    while True:
        try:
            time.sleep(60)
        except Exception:
            pass

def test_waits():
    threading.Event().wait()

def test_awaits():
    async def forever():
        await asyncio.Event().wait()
    asyncio.run(forever())

@pytest.fixture
def slow():
    time.sleep(60)

@pytest.fixture(scope="module")
def shared():
    time.sleep(0.5)

@pytest.fixture
def sticky():
    yield
    time.sleep(60)

def test_set_up(slow): pass
def test_torn_down(sticky): pass
def test_quick(shared): pass
""",
    )
    ran = project.pytest()
    assert ran.outcomes == {
        "test_sleeps": "failure",
        "test_waits": "failure",
        "test_awaits": "failure",
        "test_set_up": "error",
        "test_torn_down": "error",
        "test_quick": "passed",
    }, ran.output
    assert "was ended after 300 ms, the hard stop of the level 'e2e'" in ran.texts["test_sleeps"]
    assert "It was at tests/e2e/test_hang.py:7 in test_sleeps" in ran.texts["test_sleeps"]


TOOLS = {
    "xdist": (["-n", "2"], "def test_a(): pass\n"),
    "randomly": (["-p", "randomly"], "def test_a(): pass\n"),
    "cov": (["--cov=.", "--cov-branch"], "def test_a(): pass\n"),
    "asyncio": (["--asyncio-mode=auto"], "import asyncio\nasync def test_a(): await asyncio.sleep(0)\n"),
    "anyio": (
        [],
        (
            "import anyio, pytest\npytestmark = pytest.mark.anyio\n@pytest.fixture\ndef anyio_backend(): return 'asyncio'\n"
            "async def test_a(): await anyio.sleep(0)\n"
        ),
    ),
    "unittest": (
        [],
        (
            "import unittest\nclass TestA(unittest.TestCase):\n    def setUp(self): self.one = 1\n"
            "    def test_a(self): self.assertEqual(self.one, 1)\n"
        ),
    ),
    "unittest async": (
        [],
        (
            "import asyncio, unittest\nclass TestA(unittest.IsolatedAsyncioTestCase):\n"
            "    async def test_a(self): await asyncio.sleep(0)\n"
        ),
    ),
    "hypothesis": (
        ["-p", "no:randomly"],
        "from hypothesis import given, strategies as st\n@given(st.integers())\ndef test_a(n): assert n == n\n",
    ),
    "timeout": (["-o", "addopts="], "def test_a(): pass\n"),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_guards_hold_and_good_tests_pass_beside(project: Project, tool: str) -> None:
    arguments, good = TOOLS[tool]
    project.plugins = None  # all that are installed
    bad = good.replace("test_a", "test_b").replace("TestA", "TestB")
    bad = bad.replace("sleep(0)", "sleep(0.01)") if "sleep(0)" in bad else bad + _breach_in(bad)
    project.write("tests/unit/test_good.py", good)
    project.write("tests/unit/test_bad.py", bad)
    ran = project.pytest(*arguments)
    assert ran.outcomes["test_a"] == "passed", ran.output
    assert ran.outcomes["test_b"] == "failure", ran.output
    assert "at tests/unit/test_bad.py:" in ran.texts["test_b"]
    assert "unit   2, 1 failed" in ran.output


def _breach_in(program: str) -> str:
    """One more test of the same kind, under the name of the one that is there, that opens a socket."""
    if "unittest" in program:
        return "    def test_b(self): __import__('socket').socket()\n"
    if "given" in program:
        return "@given(st.integers())\ndef test_b(n): __import__('socket').socket()\n"
    return "def test_b(): __import__('socket').socket()\n"
