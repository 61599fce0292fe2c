"""Doubles under pytest: a finding that the code under test swallowed fails its test, and doubles that never failed.

Loads nothing of the doubles: a run without them pays for one look at ``sys.modules`` for each test.
"""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.testing.doubles.ledger import Accounts

_LEDGER = "accord.testing.doubles.ledger"
_SENT = "accord_doubles"
_MOST_NAMED = 20


class _Calls:
    """Lets a test fail for what its doubles found; there only in runs with doubles."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Let the test fail also where the code under test caught the finding."""
        try:
            result = yield
        except BaseException as error:
            _add_notes(error)
            raise
        _judge(item)
        return result


class Doubles:
    """Watches the doubles of one run; with workers, their accounts come here too."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._of_workers: list[Accounts] = []
        self._watching = False

    def after_setup(self) -> None:
        """Watch calls from here on, once a test module or a fixture has loaded doubles."""
        if not self._watching and _LEDGER in sys.modules:
            self._watching = True
            self._config.pluginmanager.register(_Calls(), "accord-doubles-calls")

    def after_teardown(self, item: pytest.Item) -> None:
        """Fail for what fixtures did, and for a call that was not watched: the first to load doubles by itself."""
        _judge(item)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take a worker's account."""
        sent = getattr(node, "workeroutput", {}).get(_SENT)
        if sent:
            self._of_workers.append(sent)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send the account, from a worker."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None and _LEDGER in sys.modules:
            output[_SENT] = sys.modules[_LEDGER].accounts()

    def report(self) -> list[dict[str, Any]]:
        """Every double that was used in this run: its name, calls, failures and how many tests used it."""
        own = [sys.modules[_LEDGER].accounts()] if _LEDGER in sys.modules else []
        merged: dict[str, dict[str, Any]] = {}
        for accounts in [*own, *self._of_workers]:
            for name, each in accounts.items():
                row = merged.setdefault(name, {"double": name, "calls": 0, "failures": 0, "tests": set()})
                row["calls"] += each["calls"]
                row["failures"] += each["failures"]
                row["tests"].update(each["tests"])
        return [row | {"tests": len(row["tests"])} for _, row in sorted(merged.items())]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the doubles that never failed, where more than one test ran."""
        ran = sum(
            len(terminalreporter.stats.get(outcome, ())) for outcome in ("passed", "failed", "xfailed", "xpassed")
        )
        if ran <= 1 or terminalreporter.config.get_verbosity() < 0:
            return
        never = [row for row in self.report() if row["calls"] and not row["failures"]]
        if not never:
            return
        terminalreporter.ensure_newline()
        terminalreporter.section("doubles that never failed")
        for row in never[:_MOST_NAMED]:
            tests = "1 test" if row["tests"] == 1 else f"{row['tests']} tests"
            terminalreporter.write_line(f"  {row['double']}: {row['calls']} calls in {tests}")
        if len(never) > _MOST_NAMED:
            terminalreporter.write_line(f"  and {len(never) - _MOST_NAMED} more (--accord-report has them all)")
        terminalreporter.write_line(
            "What callers do when the real one fails is not tested: when(…).raises(…), .times_out(), .answers(503)"
        )


def _judge(item: pytest.Item) -> None:
    if _LEDGER in sys.modules:
        found = [each for each in sys.modules[_LEDGER].take_findings() if not _came_to(item, each)]
        if found:
            _fail(found)


def _came_to(item: pytest.Item, finding: AssertionError) -> bool:
    """Whether a finding came as far as the test itself, which then caught it on purpose, as pytest.raises does."""
    code = getattr(inspect.unwrap(getattr(item, "obj", _judge)), "__code__", None)
    place = finding.__traceback__
    while place is not None:
        if place.tb_frame.f_code is code:
            return True
        place = place.tb_next
    return False


def _fail(found: list[AssertionError]) -> NoReturn:
    texts = dict.fromkeys(f"{type(each).__name__}: {each}" for each in found)
    raise pytest.fail.Exception(
        "\n\n".join(texts) + "\n\nThe code under test caught this, and the test went on; correct the one or the other.",
        pytrace=False,
    ) from None


def _add_notes(error: BaseException) -> None:
    if _LEDGER in sys.modules:
        for each in sys.modules[_LEDGER].take_findings():
            if each is not error:
                error.add_note(f"a double found before: {type(each).__name__}: {each}")
