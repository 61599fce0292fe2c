"""How long something takes, and how much of that it waits."""

from __future__ import annotations

import contextlib
import os
import time

_TOO_LITTLE = 0.00005  # seconds


class Stopwatch:
    """Runs from when it is made.

    Waiting is what is left of the time on the clock when all computing of this process is taken off, and all time in
    which it wanted to compute and other processes had the processor (Linux tells; elsewhere that counts as waiting).
    """

    __slots__ = ("_computed", "_delayed", "_started")

    def __init__(self) -> None:
        self._delayed = _delayed()
        self._computed = time.process_time()
        self._started = time.perf_counter()

    def read(self) -> tuple[float, float]:
        """The time since, and how much of it was waiting; in seconds."""
        took = time.perf_counter() - self._started
        waiting = took - (time.process_time() - self._computed)
        if waiting < _TOO_LITTLE:  # to ask the system costs more than that
            return took, max(0.0, waiting)
        return took, max(0.0, waiting - (_delayed() - self._delayed))


def _delayed() -> float:
    """For how long the main thread has wanted a processor and had none, in seconds."""
    if _SCHEDULE is None:
        return 0.0
    try:
        return int(os.pread(_SCHEDULE, 100, 0).split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def _open() -> int | None:
    with contextlib.suppress(OSError):
        return os.open("/proc/self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
    return None


# Open from the start: opening it for each test would cost more than reading it.
_SCHEDULE = _open()
