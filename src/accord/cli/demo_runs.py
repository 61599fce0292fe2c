"""What the demo runs: commands, pytest and the levels, in its copy of the shop and beside its hub."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from accord.core.errors import AccordError
from accord.suite import runner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from accord.suite.levels import Level

TIME_LIMIT = 300
"""Seconds one command may take; the whole demo takes a fraction of it."""

WORKERS = "2"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command printed and returned."""

    code: int
    output: str
    seconds: float


class Runs:
    """Runs commands in one folder.

    Args:
        shop: the copy.
        hub: its hub's URL.
    """

    def __init__(self, shop: Path, hub: str) -> None:
        self._shop = shop
        self._hub = hub
        self._numbers = itertools.count(1)

    def accord(self, *arguments: str, expected: int = 0) -> Outcome:
        """One of our commands.

        Raises:
            AccordError: it ended with another exit code.
        """
        outcome = self._command([sys.executable, "-m", "accord", *arguments])
        if outcome.code != expected:
            raise AccordError(f"accord {arguments[0]} went otherwise than the demo expects:\n{outcome.output}")
        return outcome

    def pytest(
        self, files: Iterable[Path], variables: dict[str, str] | None = None, *, workers: str = "0"
    ) -> tuple[Outcome, ET.Element]:
        """Run tests; gives what pytest says of them in JUnit's form too."""
        report = self._shop / f"report-{next(self._numbers)}.xml"
        names = [str(path.relative_to(self._shop)) for path in files]
        options = ["-q", "-p", "no:cacheprovider", f"--junitxml={report}", f"-n{workers}"]
        outcome = self._command([sys.executable, "-m", "pytest", *options, *names], variables)
        suite = ET.parse(report).getroot().find("testsuite") if report.exists() else None  # noqa: S314 - ours
        return outcome, ET.Element("testsuite") if suite is None else suite

    def levels(self, levels: tuple[Level, ...], left_out: str, on_start: Callable[[Level], None]) -> runner.SuiteRun:
        """What ``accord test`` does.

        Args:
            levels: which, in their order.
            left_out: a pattern of files.
            on_start: told of each level before it starts.

        Raises:
            AccordError: a level failed; has what pytest printed.
        """
        plan = runner.Plan(
            self._shop, levels, workers=WORKERS, enforce=False, arguments=("-q", f"--ignore-glob={left_out}"),
            environment=self._environment(),
        )  # fmt: skip
        printed = self._shop / "levels.txt"
        with printed.open("w", encoding="utf-8") as output:
            result = runner.run(plan, on_start=on_start, to=output.fileno())
        if not result.ok:
            said = printed.read_text(encoding="utf-8")
            raise AccordError(
                f"the shop's {result.runs[-1].level.name} tests failed, which is no part of the demo:\n{said}"
            )
        return result

    def _command(self, command: list[str], variables: dict[str, str] | None = None) -> Outcome:
        begin = perf_counter()
        try:
            done = subprocess.run(
                command, cwd=self._shop, env=self._environment() | (variables or {}), stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, check=False, timeout=TIME_LIMIT,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise AccordError(f"{' '.join(command)} was still running after {TIME_LIMIT} s") from error
        return Outcome(done.returncode, done.stdout, perf_counter() - begin)

    def _environment(self) -> dict[str, str]:
        """Whatever run, hub or CI this machine knows has no part in the story."""
        foreign = ("PYTEST_", "ACCORD_JOURNAL", "PACT_BROKER_", "ACCORD_HUB_", "CI")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
        paths = os.pathsep.join(str(self._shop / folder) for folder in ("src", "tests/support"))
        return kept | {"PYTHONPATH": paths, "NO_COLOR": "1", "ACCORD_HUB_URL": self._hub, "GIT_BRANCH": "main"}
