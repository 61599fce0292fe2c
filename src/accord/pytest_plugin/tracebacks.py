"""What Accord says in a sentence comes without a traceback through Accord's own code."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pytest

_ACCORD = Path(__file__).parents[1]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport | None:
    """Of a test that failed show the project's own lines; of a fixture say what is in the way; ``--full-trace`` all."""
    caught = call.excinfo
    if caught is None or item.config.getoption("fulltrace"):
        return None
    root = item.config.rootpath
    if call.when == "call":
        own = _own_frames(caught.value.__traceback__, root) if _is_said_by_accord(caught) else None
        if own is not None:
            caught.traceback = type(caught.traceback)(own)
        return None
    from accord.core.errors import AccordError  # noqa: PLC0415 - runs in which all is well do not pay for it

    error = caught.value
    if not isinstance(error, AccordError) or error.__cause__ is not None:  # a cause may be the project's: migrations
        return None
    report = pytest.TestReport.from_item_and_call(item, call)
    said = caught.getrepr(style="value", chain=False)
    if where := _in_the_project(caught, root):
        said.addsection("asked for", where)
    report.longrepr = said
    return report


def _is_said_by_accord(caught: pytest.ExceptionInfo[BaseException]) -> bool:
    """Whether this is a finding or a fault that Accord itself has raised, and no error within it."""
    from accord.core.errors import AccordError  # noqa: PLC0415 - as above

    error = caught.value
    said = isinstance(error, (AssertionError, AccordError)) and error.__cause__ is None
    return said and Path(caught.traceback[-1].path).is_relative_to(_ACCORD)


def _own_frames(trace: TracebackType | None, root: Path) -> TracebackType | None:
    """The traceback with the project's own frames alone."""
    frames = []
    while trace is not None:
        if _is_of_the_project(Path(trace.tb_frame.f_code.co_filename), root):
            frames.append(trace)
        trace = trace.tb_next
    own = None
    for each in reversed(frames):
        own = TracebackType(own, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return own


def _is_of_the_project(path: Path, root: Path) -> bool:
    return path.is_relative_to(root) and not path.is_relative_to(_ACCORD) and "site-packages" not in path.parts


def _in_the_project(caught: pytest.ExceptionInfo[BaseException], root: Path) -> str | None:
    """The last line of the project's own code on the way, if there is one: of a fixture of its own."""
    for entry in reversed(caught.traceback):
        path = Path(entry.path)
        if _is_of_the_project(path, root):
            return f"{path.relative_to(root)}:{entry.lineno + 1} in {entry.name}"
    return None
