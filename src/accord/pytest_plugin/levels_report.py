"""At the end of a run: the table of levels, the shape, the slowest tests; on the terminal, in JSON and JUnit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accord.pytest_plugin.guards import EXAMPLES, LEVEL, WAITING

if TYPE_CHECKING:
    from accord.pytest_plugin.doubles import Doubles
    from accord.pytest_plugin.levels import Levels
    from accord.pytest_plugin.reports import Reports
    from accord.suite.records import TestRecord
    from accord.suite.summary import Summary


class LevelReport:
    """Judges every test's times at the end of a run."""

    def __init__(self, config: pytest.Config, levels: Levels, doubles: Doubles, reports: Reports) -> None:
        self._config = config
        self._levels = levels
        self._doubles = doubles
        self._reports = reports

    def records(self) -> list[TestRecord]:
        """What was reported so far, a record for each test."""
        from accord.suite.records import TestRecord  # noqa: PLC0415 - only needed at the end of a run

        records: dict[str, TestRecord] = {}
        for report in self._reports:
            record = records.get(report.nodeid)
            if record is None:
                record = records[report.nodeid] = TestRecord(report.nodeid, None)
            _note(record, report)
        return list(records.values())

    def summary(self) -> Summary:
        """Judge what was noted."""
        from accord.suite.summary import summarize  # noqa: PLC0415 - only needed at the end of a run

        return summarize(self.records(), self._levels.all)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Put the table into the JUnit file before it is written, and write the JSON report."""
        junit, file = _junit(self._config), self._config.getoption("accord_report")
        if junit is None and not file:
            return
        from accord.suite.summary import as_json  # noqa: PLC0415 - as above

        summary = self.summary()
        if junit is not None and summary.rows:
            for row in summary.rows:
                for name in ("tests", "seconds", "share", "budget", "over"):
                    junit.add_global_property(f"level.{row.level}.{name}", f"{getattr(row, name):g}")
            junit.add_global_property("shape", summary.shape.name)
        if file:
            document = as_json(summary, self._levels.all)
            document["tests"] = [record.as_json() for record in self.records()]
            document["doubles"] = self._doubles.report()
            path = Path(file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(document, indent=1), encoding="utf-8")

    @pytest.hookimpl(tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the judgement, if the project has levels at all."""
        if self._config.get_verbosity() < 0:
            return
        summary = self.summary()
        if not summary.rows:
            return
        from accord.suite.summary import as_text  # noqa: PLC0415 - as above

        terminalreporter.ensure_newline()
        terminalreporter.section("levels")
        for line in as_text(summary, self._levels.all, slowest=self._config.get_verbosity() > 0):
            terminalreporter.write_line(line)


def _note(record: TestRecord, report: pytest.TestReport) -> None:
    """Note one phase of one test."""
    if report.when == "call":
        record.call = report.duration
    elif report.when == "setup":
        record.setup = report.duration
    else:  # by now its properties are complete
        record.teardown = report.duration
        for name, value in report.user_properties:
            if name == LEVEL:
                record.level = str(value)
            elif name == WAITING:
                record.waiting = float(str(value))
            elif name == EXAMPLES:
                record.examples = int(str(value))
    # In whatever order they come: an error in set-up or tear-down counts more than a failure, that more than a skip.
    if report.failed and report.when != "call":
        record.outcome = "error"
    elif report.failed and record.outcome != "error":
        record.outcome = "failed"
    elif report.skipped and record.outcome == "passed":
        record.outcome = "skipped"


class _JUnit:  # what is used of pytest's, which is not public
    def add_global_property(self, name: str, value: object) -> None:
        """Add a property to the file."""


def _junit(config: pytest.Config) -> _JUnit | None:
    from _pytest.junitxml import xml_key  # noqa: PLC0415 - as above

    return config.stash.get(xml_key, None)  # type: ignore[return-value]
