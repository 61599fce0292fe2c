"""Running a project's levels one after the other, each as a pytest run of its own.

Each level has its own process: what one level sets up cannot leak into the next, and a level that hangs or crashes
takes no other with it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from accord.core.errors import UsageError
from accord.suite import coverage as coverages
from accord.suite.levels import OCCASIONS
from accord.suite.records import TestRecord, duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType

    from accord.suite.levels import Level

PASSED, FAILED, INTERRUPTED, NO_TESTS = 0, 1, 2, 5  # pytest's exit codes; the others are misuse or a fault
_GRACE = 10.0  # seconds a run has to tear down after Ctrl-C


@dataclass(frozen=True)
class Plan:
    """What to run.

    Attributes:
        project: the project's folder.
        levels: in order.
        workers: pytest-xdist's ``-n``; None for one process.
        enforce: whether a test or level over its budget fails.
        coverage: whether to measure lines and branches.
        junit: folder for one JUnit file per level.
        keep_going: whether to run the levels after one that failed.
        arguments: more arguments for pytest.
        environment: its variables; by default this process's own.
    """

    project: Path
    levels: tuple[Level, ...]
    workers: str | None = None
    enforce: bool = True
    coverage: bool = False
    junit: Path | None = None
    keep_going: bool = False
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True)
class LevelRun:
    """What came of one level.

    Attributes:
        level: which.
        exit_code: pytest's.
        seconds: on the clock, pytest's own start included.
        records: its tests; empty if pytest could not even collect them.
        coverage: lines and branches in per cent; None where nobody measured.
        problems: why it counts as failed though its tests passed, one sentence each.
    """

    level: Level
    exit_code: int
    seconds: float
    records: tuple[TestRecord, ...] = ()
    coverage: float | None = None
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it is safe to go on; a level without tests is."""
        return self.exit_code in {PASSED, NO_TESTS} and not self.problems

    @property
    def is_broken(self) -> bool:
        """Whether pytest could not do its work: a usage error, a fault inside, a crash."""
        return self.exit_code not in {PASSED, FAILED, INTERRUPTED, NO_TESTS}


@dataclass(frozen=True)
class SuiteRun:
    """What came of all.

    Attributes:
        runs: the levels that ran.
        left: the levels that did not, because one before them failed.
        coverage: over all levels, in per cent; None where nobody measured.
        problems: findings about the whole.
    """

    runs: tuple[LevelRun, ...]
    left: tuple[Level, ...] = ()
    coverage: float | None = None
    problems: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether every level passed."""
        return all(run.ok for run in self.runs) and not self.problems


def choose(levels: Sequence[Level], names: Sequence[str], occasion: str | None) -> tuple[Level, ...]:
    """The levels to run, in the project's order.

    Args:
        levels: the project's.
        names: those asked for; all if none are.
        occasion: only those that run on it: commit, pr, deploy, schedule or release.

    Raises:
        UsageError: a name or occasion that does not exist, or nothing to run.
    """
    known = [level.name for level in levels]
    for name in names:
        if name not in known:
            raise UsageError(f"there is no level {name!r}; this project has {', '.join(known)}")
    if occasion is not None and occasion not in OCCASIONS:
        raise UsageError(f"there is no occasion {occasion!r}; known: {', '.join(OCCASIONS)}")
    chosen = tuple(
        level for level in levels if (not names or level.name in names) and (occasion is None or occasion in level.when)
    )
    if not chosen:
        raise UsageError(f"no level of {', '.join(names) or 'this project'} runs on the occasion {occasion!r}")
    return chosen


def run(
    plan: Plan, *, needed: float | None = None, on_start: Callable[[Level], None], to: int | None = None
) -> SuiteRun:
    """Run the levels.

    Args:
        plan: what to run.
        needed: lines and branches that all levels together must cover, in per cent; judged only when all ran.
        on_start: told of each level before it starts.
        to: descriptor for pytest's output; by default this process's own.

    Raises:
        UsageError: pytest or a plugin that is asked for is not installed.
        KeyboardInterrupt: interrupted; the level that ran has torn down.
    """
    _check(plan)
    runs: list[LevelRun] = []
    with tempfile.TemporaryDirectory(prefix="accord-") as folder:
        data = Path(folder)
        for level in plan.levels:
            on_start(level)
            runs.append(_run_level(plan, level, data, to))
            if not runs[-1].ok and (not plan.keep_going or runs[-1].is_broken):
                break
        left = plan.levels[len(runs) :]
        total = coverages.total(plan.project, data) if plan.coverage else None
    problems = []
    if total is not None and needed is not None and not left and total < needed:
        problems.append(
            f"the tests cover {total:.1f} % of lines and branches, and {needed:g} % are needed "
            "([tool.accord.coverage] total): see `coverage html` for what no test reaches"
        )
    return SuiteRun(tuple(runs), left, total, tuple(problems))


def _run_level(plan: Plan, level: Level, data: Path, to: int | None) -> LevelRun:
    report = data / f"{level.name}.json"
    command = [sys.executable, "-m", "pytest", "--accord-level", level.name, "--accord-report", str(report)]
    command += ["--accord-budgets", "enforce" if plan.enforce else "report"]
    if plan.workers is not None:
        command += workers_of(level, plan.workers)
    if plan.junit is not None:
        command += ["--junitxml", str(plan.junit / f"{level.name}.xml")]
    environment = dict(os.environ if plan.environment is None else plan.environment)
    if plan.coverage:
        command += ["--cov", "--cov-branch", "--cov-report="]
        environment["COVERAGE_FILE"] = str(data / f"coverage.{level.name}")
    started = time.perf_counter()
    code = _call([*command, *plan.arguments], plan.project, environment, to)
    took = time.perf_counter() - started
    records = _records(report)
    covered = coverages.of_level(plan.project, data, level.name) if plan.coverage else None
    return LevelRun(level, code, took, records, covered, tuple(_problems(plan, level, took, covered)))


def workers_of(level: Level, wanted: str) -> list[str]:
    """As many as are wanted (a number, or a word of pytest-xdist's such as ``auto``), and the level allows."""
    if level.workers is None or (wanted.isdigit() and int(wanted) <= level.workers):
        return ["-n", wanted]
    if wanted.isdigit() or level.workers == 0:
        return ["-n", str(level.workers)]
    return ["-n", wanted, "--maxprocesses", str(level.workers)]  # a machine with fewer processors gets fewer


def _call(command: list[str], project: Path, environment: Mapping[str, str], to: int | None) -> int:
    process = subprocess.Popen(command, cwd=project, env=environment, stdout=to)
    try:
        with _termination_interrupts(process):
            return process.wait()
    except KeyboardInterrupt:
        # The terminal has sent it to pytest too, which now tears down: wait, so that it leaves nothing behind.
        try:
            process.wait(_GRACE)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.kill()
            process.wait()
        raise


@contextmanager
def _termination_interrupts(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Take SIGTERM, with which CI ends a job, as Ctrl-C: pytest would go on without anybody who waits for it."""
    if threading.current_thread() is not threading.main_thread():  # others cannot take signals
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        del number, frame
        process.send_signal(signal.SIGINT)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _records(report: Path) -> tuple[TestRecord, ...]:
    try:
        document: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # pytest ended before it could write one
        return ()
    return tuple(TestRecord.from_json(test) for test in document["tests"])


def _problems(plan: Plan, level: Level, took: float, covered: float | None) -> list[str]:
    problems = []
    if plan.enforce and took > level.budget:
        problems.append(
            f"the level {level.name!r} took {duration(took)}, and its budget is {duration(level.budget)}: "
            "the slowest tests above say what to do; run it in parallel with -n, or set its budget"
        )
    if covered is not None and level.coverage is not None and covered < level.coverage:
        problems.append(
            f"the tests of the level {level.name!r} cover {covered:.1f} % of lines and branches, and "
            f"{level.coverage:g} % are needed ([tool.accord.levels.{level.name}] coverage)"
        )
    return problems


def _check(plan: Plan) -> None:
    """Say what is missing before anything runs."""
    from importlib.util import find_spec  # noqa: PLC0415 - beside its only use

    needs = [("pytest", True, ""), ("xdist", plan.workers is not None, " for -n"), ("pytest_cov", plan.coverage, "")]
    for module, needed, why in needs:
        if needed and find_spec(module) is None:
            package = {"xdist": "pytest-xdist", "pytest_cov": "pytest-cov"}.get(module, module)
            raise UsageError(f"{package} is not installed{why}: pip install {package}")
    if not plan.project.is_dir():
        raise UsageError(f"{plan.project} is no folder; --project names the folder with the tests and pyproject.toml")
