"""A fixture that cannot give what it promises says so in a sentence, not in a traceback through Accord's own code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

_ACCORD = Path(__file__).parents[1]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say what is in the way of a test's set-up; ``--full-trace`` shows where in Accord."""
    report = yield
    if call.when == "call" or call.excinfo is None or item.config.getoption("fulltrace"):
        return report
    from accord.core.errors import AccordError  # noqa: PLC0415 - runs in which all is well do not pay for it

    error = call.excinfo.value
    if isinstance(error, AccordError) and error.__cause__ is None:  # a cause may be the project's own: its migrations
        said = call.excinfo.getrepr(style="value", chain=False)
        if where := _in_the_project(call.excinfo, item.config.rootpath):
            said.addsection("asked for", where)
        report.longrepr = said
    return report


def _in_the_project(caught: pytest.ExceptionInfo[BaseException], root: Path) -> str | None:
    """The last line of the project's own code on the way, if there is one: of a fixture of its own."""
    for entry in reversed(caught.traceback):
        path = Path(entry.path)
        if path.is_relative_to(root) and not path.is_relative_to(_ACCORD) and "site-packages" not in path.parts:
            return f"{path.relative_to(root)}:{entry.lineno + 1} in {entry.name}"
    return None
