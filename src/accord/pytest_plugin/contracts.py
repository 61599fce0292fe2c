"""Contracts under pytest: the fixtures ``pact`` and ``verifier``, and pact files assembled at the end of the run.

An interaction counts only when the test that proved it passed; the plugin knows, the test itself cannot.
"""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from accord.contract.consumer import Pact
    from accord.contract.journal import Entry
    from accord.contract.provider import Verifier
    from accord.pytest_plugin.factories import PactFactory, VerifierFactory
    from accord.pytest_plugin.reports import Reports

JOURNAL_VARIABLE = "ACCORD_JOURNAL"
RECORDER = pytest.StashKey["RunRecorder"]()


@pytest.fixture
def pact(request: pytest.FixtureRequest) -> PactFactory:
    """Make pacts: ``pact("OrderService", "PaymentService")``. The file is written at the end of the run."""

    def make(consumer: str, provider: str, *, version: str = "4.0", directory: str | Path | None = None) -> Pact:
        from accord.contract.consumer import Pact  # noqa: PLC0415 - only tests that use it pay
        from accord.core.configuration import load_configuration  # noqa: PLC0415 - as above

        root = request.config.rootpath
        folder = load_configuration(root).pact_directory if directory is None else directory
        return Pact(consumer, provider, version=version, directory=root / folder)

    return make


@pytest.fixture
def verifier() -> VerifierFactory:
    """Make verifiers: ``verifier("PaymentService").app(…).state(…).pacts(…).verify()``.

    The version is GIT_COMMIT unless one is given.
    """

    def make(provider: str, *, version: str | None = None, time_limit: float = 30.0) -> Verifier:
        from accord.contract.provider import Verifier  # noqa: PLC0415 - only tests that use it pay

        return Verifier(provider, version=version or os.environ.get("GIT_COMMIT") or None, time_limit=time_limit)

    return make


class RunRecorder:
    """Keeps the journal of one run, and assembles it when the outcome of every test is known."""

    def __init__(self, config: pytest.Config, reports: Reports) -> None:
        self._config = config
        self._reports = reports
        self._state = config.rootpath / ".accord" / "journal"
        self._folder = self._state / str(os.getpid())
        self._before = os.environ.get(JOURNAL_VARIABLE)
        self._ran: set[str] = set()
        self._failed: set[str] = set()
        self._skipped: set[str] = set()
        self._left_out = False
        self.written: list[Path] = []
        self.problem: str | None = None
        self.published: str | None = None

    def start(self) -> None:
        """Tell this process and its workers where the journal is."""
        self._sweep()
        os.environ[JOURNAL_VARIABLE] = str(self._folder)

    def stop(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._before is None:
            os.environ.pop(JOURNAL_VARIABLE, None)
        else:
            os.environ[JOURNAL_VARIABLE] = self._before

    def pytest_deselected(self) -> None:
        """Note that tests are left out, by whichever plugin."""
        self._left_out = True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note that a file cannot be imported, or is skipped whole: its tests are not gone, they are unknown."""
        if not report.passed:
            self._left_out = True

    def assemble(self, session: pytest.Session) -> None:
        """Write what passing tests proved into their pact files."""
        if not self._folder.is_dir():
            return
        self._sort_outcomes()
        from accord.contract.journal import assemble, read_folder  # noqa: PLC0415 - only runs with contracts pay
        from accord.core.errors import AccordError  # noqa: PLC0415 - as above

        entries = [entry for entry in read_folder(self._folder) if entry.test not in self._failed]
        origins = self._origins()
        whole = self._is_whole(session)

        def gone(path: str, key: str) -> bool:
            return self._is_gone(origins.get(path, {}).get(key), whole=whole)

        try:
            self.written = assemble(entries, gone=gone)
        except AccordError as error:
            self.problem = f"not written: {error}"
            return
        self._remember(origins, entries)

    def publish(self) -> None:
        """Publish what a green run in CI wrote, where the project names a hub."""
        mine = [path for path in self.written if path.is_relative_to(self._config.rootpath)]
        if not mine:
            return
        from accord.core.errors import AccordError  # noqa: PLC0415 - as above
        from accord.pytest_plugin.publishing import publish  # noqa: PLC0415 - only runs with contracts pay

        try:
            self.published = publish(self._config.rootpath, mine)
        except AccordError as error:
            self.problem = f"not published: {error}"

    def _sort_outcomes(self) -> None:
        for report in self._reports:
            if report.passed and report.when != "call":
                continue
            self._ran.add(report.nodeid)
            if report.failed:
                self._failed.add(report.nodeid)
            if report.skipped:
                self._skipped.add(report.nodeid)

    def _is_gone(self, origin: str | None, *, whole: bool) -> bool:
        """Whether the test that made an interaction is gone, given that nothing made it in this run."""
        if origin is None:
            return whole and not self._failed and not self._skipped
        if origin in self._failed or origin in self._skipped:
            return False
        return whole or origin in self._ran

    def _is_whole(self, session: pytest.Session) -> bool:
        """Whether this run was to run every test of the project."""
        option = self._config.option
        selected = ("keyword", "markexpr", "lf", "deselect", "collectonly", "ignore", "ignore_glob", "stepwise")
        if self._left_out or any(getattr(option, name, None) for name in selected):
            return False
        # Interrupted, or stopped at a failure by -x: the rest never had its turn.
        stopped = session.exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if stopped or session.shouldstop or session.shouldfail or (self._failed and option.maxfail):
            return False
        source = self._config.args_source
        if source is pytest.Config.ArgsSource.TESTPATHS:
            return True
        here = self._config.invocation_params.dir
        return all((here / argument).resolve() == self._config.rootpath.resolve() for argument in self._config.args)

    def _origins(self) -> dict[str, dict[str, str]]:
        try:
            found = json.loads((self._state / "origins.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _remember(self, origins: dict[str, dict[str, str]], entries: list[Entry]) -> None:
        for entry in entries:
            if entry.test is not None:
                origins.setdefault(entry.path, {})[entry.key] = entry.test
        path = self._state / "origins.json"
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps(origins, indent=1, sort_keys=True), encoding="utf-8")
        temporary.replace(path)

    def _sweep(self) -> None:
        """Remove what killed runs left."""
        for folder in self._state.glob("[0-9]*"):
            if not folder.name.isdigit() or _is_alive(int(folder.name)):
                continue
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process != os.getpid()


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is one of pytest-xdist's workers."""
    return hasattr(config, "workerinput")


def begin(config: pytest.Config, reports: Reports) -> None:
    """Begin the journal of the run."""
    recorder = config.stash[RECORDER] = RunRecorder(config, reports)
    recorder.start()
    config.pluginmanager.register(recorder, "accord-run-recorder")


def end(config: pytest.Config) -> None:
    """End the journal of the run."""
    recorder = config.stash.get(RECORDER, None)
    if recorder is not None:
        recorder.stop()


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Assemble the pact files once every worker is done."""
    yield
    recorder = session.config.stash.get(RECORDER, None)
    if recorder is not None:
        recorder.assemble(session)
        if recorder.problem is None and session.exitstatus == pytest.ExitCode.OK:
            recorder.publish()
        if recorder.problem is not None and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was written."""
    recorder = config.stash.get(RECORDER, None)
    if recorder is None:
        return
    for path in recorder.written:
        if path.is_relative_to(config.rootpath):  # what a test wrote elsewhere is its own affair
            terminalreporter.write_line(f"pact written: {path.relative_to(config.rootpath)}")
    if recorder.published is not None:
        terminalreporter.write_line(recorder.published)
    if recorder.problem is not None:
        terminalreporter.write_line(f"pacts {recorder.problem}", red=True)
