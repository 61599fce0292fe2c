"""What pytest reported of every test of a run; with workers, their reports come here too."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


class Reports:
    """Finds the reports at the end, where pytest's terminal keeps them: to listen to each would cost every test."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._heard: _Heard | None = None

    def pytest_collection_finish(self) -> None:
        """Listen after all where there is no terminal."""
        if not self._config.pluginmanager.hasplugin("terminalreporter"):
            self._heard = _Heard()
            self._config.pluginmanager.register(self._heard, "accord-reports-heard")

    def __iter__(self) -> Iterator[pytest.TestReport]:
        """Those so far, in no order."""
        if self._heard is not None:
            return iter(self._heard.reports)
        terminal = self._config.pluginmanager.getplugin("terminalreporter")
        kept = chain.from_iterable(terminal.stats.values()) if terminal is not None else ()
        return (each for each in kept if isinstance(each, pytest.TestReport))


class _Heard:
    def __init__(self) -> None:
        self.reports: list[pytest.TestReport] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep one phase of one test."""
        self.reports.append(report)
