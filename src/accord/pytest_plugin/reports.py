"""What pytest reported of every test of a run; with workers, their reports come here too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


class Reports:
    """Keeps the reports until the end, for a look at each when it comes would cost every test."""

    def __init__(self) -> None:
        self.all: list[pytest.TestReport] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one phase of one test."""
        self.all.append(report)
