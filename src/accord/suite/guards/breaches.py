"""What a test did that its level forbids: which line did it, and what to use instead."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types import FrameType

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib would cost every start of pytest
_PACKAGE = os.path.dirname(os.path.dirname(_HERE))  # noqa: PTH120 - as above

INSTEAD = {
    "hosts": (
        "Tests talk to this machine and to the resources of their run only. Use a stub or a double, a resource fixture "
        "(postgres, nats …), or name the host in [tool.accord] allowed_hosts"
    ),
    "network": (
        "A unit test has nothing outside: pass it a double (accord.testing), call the app in process, or move the "
        "test to the integration level"
    ),
    "subprocess": (
        "A unit test starts no process: test the function that builds the command, or move the test to the "
        "integration level"
    ),
    "database": (
        "A unit test has no database: pass it a fake of the repository, or move the test to the integration level, "
        "where the fixture `postgres` gives a real one"
    ),
    "sleep": (
        "A unit test does not wait: hand in the clock or the sleep function, wait with poll_until (it runs in virtual "
        "time here), or move the test to the integration level"
    ),
}


class GuardBreach(AssertionError):  # noqa: N818 - a finding, not an error of the tool
    """A test did what its level forbids.

    Attributes:
        guard: which guard it ran into: hosts, network, subprocess, database or sleep.
        action: what it did.
        level: the test's level.
        line: ``file:line in function`` that did it.
        through: the library function by which it did it; empty when it did so itself.
    """

    def __init__(self, guard: str, action: str, *, level: str, line: str, through: str) -> None:
        by = f", through {through}" if through else ""
        super().__init__(
            f"a test of the level {level!r} {action}\n  at {line}{by}\n{INSTEAD[guard]}. "
            f'If this one test must: @pytest.mark.allow("{guard}").'
        )
        self.guard = guard
        self.action = action
        self.level = level
        self.line = line
        self.through = through


class Place(NamedTuple):
    """Where in the code something was done.

    Attributes:
        line: the line of the project's own code; empty when a library did it by itself.
        through: the outermost library function between it and the deed.
        library: the module nearest to the deed that is not Python's own; empty if the project's code did it.
    """

    line: str
    through: str
    library: str


def place(frame: FrameType | None = None) -> Place:
    """Where code was called from: the nearest frame that belongs to the project.

    Args:
        frame: the innermost one to look at; the caller's by default.
    """
    frame = frame or sys._getframe(1)  # noqa: SLF001 - inspect.stack() reads source files; this is the way
    through, library = "", ""
    while frame is not None:
        code = frame.f_code
        if not _is_library(code.co_filename):
            return Place(f"{_short(code.co_filename)}:{frame.f_lineno} in {code.co_name}", through, library)
        module = frame.f_globals.get("__name__", "?")
        if module.startswith("pluggy."):  # below is the test runner: a fixture or a plugin did it
            break
        if not code.co_filename.startswith(_HERE):
            through = f"{module}.{getattr(code, 'co_qualname', code.co_name)}"
            if not library and module.partition(".")[0] not in sys.stdlib_module_names:
                library = module
        frame = frame.f_back
    return Place("", through, library)


@cache
def _is_library(file: str) -> bool:
    if file.startswith(("<", _PACKAGE)):
        return True
    import sysconfig  # noqa: PLC0415 - only needed when something is breached, and slow to load

    paths = (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    real = os.path.realpath(file)
    return any(real.startswith(os.path.realpath(path) + os.sep) for path in paths if path) or (
        f"{os.sep}site-packages{os.sep}" in file
    )


def _short(file: str) -> str:
    try:
        relative = os.path.relpath(file)
    except ValueError:  # another drive, on Windows
        return file
    return file if relative.startswith(os.pardir) else relative
