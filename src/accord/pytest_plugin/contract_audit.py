"""The audit of contracts under pytest: the fixture ``traffic``, and at the end of the run what no contract covers."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from accord.contract.coverage.losses import LostNotes
    from accord.contract.coverage.running import AuditRun
    from accord.testing.traffic.traffic import Traffic

FOLDER_VARIABLE = "ACCORD_TRAFFIC_RUN"
_LOST = "accord_lost_notes"
AUDIT = pytest.StashKey["ContractAudit"]()


def add_options(parser: pytest.Parser) -> None:
    """The option, beside pytest's own."""
    parser.getgroup("accord").addoption(
        "--contract-audit",
        choices=("fail", "report", "off"),
        default="fail",
        help="what to do about calls and messages, noted by the fixture traffic, that no contract covers: let the run "
        "fail (default), name them only, or note nothing (accord)",
    )


@pytest.fixture(scope="session")
def traffic(request: pytest.FixtureRequest) -> Iterator[Traffic]:
    """Note what services say to each other: ``with traffic.watch("Orders", {"Payments": "http://127.0.0.1:8001"}):``.

    At the end of the run it is held against the pacts.
    """
    from accord.testing.traffic.traffic import Traffic  # noqa: PLC0415 - only tests that use it pay

    audit = request.config.stash[AUDIT]
    made = Traffic(audit.folder)
    if made.is_recording:
        audit.begin()
    yield made
    made.close()
    audit.lost += made.lost


class _TellsTest:
    """Tells processes that pytest did not start which test runs; there only in runs that note."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Write it into the folder of notes."""
        from accord.contract.coverage.notes import TEST_FILE  # noqa: PLC0415 - only runs that note pay

        with contextlib.suppress(OSError):  # a full disk: the notes themselves say so
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary = self._folder / f".{TEST_FILE}"
            temporary.write_text(nodeid, encoding="utf-8")
            temporary.replace(self._folder / TEST_FILE)


class ContractAudit:
    """Watches one run, in each of its processes; the one that is no worker judges."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._mode = str(config.getoption("contract_audit"))
        self._before = os.environ.get(FOLDER_VARIABLE)
        self._is_worker = hasattr(config, "workerinput")
        own = config.rootpath / ".accord" / "traffic" / str(os.getpid())
        run = self._before if self._is_worker and self._before else str(own)
        self._run = config.rootpath / run
        self.lost: list[LostNotes] = []
        self.result: AuditRun | None = None
        self.problem: str | None = None
        if not self._is_worker:
            os.environ[FOLDER_VARIABLE] = run
            if self._run.is_dir():  # of a run that was killed and had the same number, as they do in containers
                shutil.rmtree(self._run, ignore_errors=True)

    @property
    def folder(self) -> Path | None:
        """Where this process notes, and the processes that it starts."""
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main") if self._is_worker else "main"
        return None if self._mode == "off" else self._run / worker

    def begin(self) -> None:
        """From here on, in the set-up of the first test that notes, tell which test runs."""
        if self.folder is not None:
            teller = _TellsTest(self.folder)
            self._config.pluginmanager.register(teller, "accord-contract-audit-test")
            teller.pytest_runtest_logstart(os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0])

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker is done."""
        for each in getattr(node, "workeroutput", {}).get(_LOST, ()):
            from accord.contract.coverage.losses import LostNotes  # noqa: PLC0415 - only where something was lost

            self.lost.append(LostNotes(*each))

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        """Judge once every worker is done, and the pacts of this run are written."""
        if self._is_worker:
            session.config.workeroutput[_LOST] = [dataclasses.astuple(each) for each in self.lost]  # type: ignore[attr-defined]
        yield
        if self._is_worker:
            return
        if not self._run.is_dir() and not self.lost:
            return
        self._judge()
        failed = self.problem is not None or (self.result is not None and not self.result.coverage.success)
        if failed and self._mode == "fail" and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _judge(self) -> None:
        from accord.contract.coverage.running import read_terms, run_audit  # noqa: PLC0415 - only runs that note pay
        from accord.contract.writing import replace_file  # noqa: PLC0415 - as above
        from accord.core.configuration import load_configuration  # noqa: PLC0415 - as above
        from accord.core.errors import AccordError  # noqa: PLC0415 - as above

        state = self._config.rootpath / ".accord"
        drafts = state / "drafts"
        shutil.rmtree(drafts, ignore_errors=True)  # those of the last run
        try:
            configuration = load_configuration(self._config.rootpath)
            pacts = self._config.rootpath / configuration.pact_directory
            terms = read_terms(configuration.contract_audit)
            self.result = run_audit(self._run, pacts, drafts=drafts, terms=terms, lost=self.lost)
            document = json.dumps(self.result.to_json(), indent=1, ensure_ascii=False)
            replace_file(state / "contract-audit.json", document.encode())
        except AccordError as error:
            self.problem = str(error)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was found."""
        if self.result is None and self.problem is None:
            return
        terminalreporter.ensure_newline()
        terminalreporter.section("contract audit")
        if self.problem is not None:
            terminalreporter.write_line(f"the audit cannot be made: {self.problem}", red=True)
        elif self.result is not None:
            root = f"{self._config.rootpath}{os.sep}"
            for line in self.result.render(verbose=self._config.get_verbosity() > 0):
                terminalreporter.write_line(line.replace(root, ""), red=line.startswith("✗"))

    def close(self) -> None:
        """Leave nothing behind but the result and the drafts."""
        if self._is_worker:
            return
        shutil.rmtree(self._run, ignore_errors=True)
        if self._before is None:
            os.environ.pop(FOLDER_VARIABLE, None)
        else:
            os.environ[FOLDER_VARIABLE] = self._before
