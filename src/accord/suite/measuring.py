"""How long something takes, and how much of that it waits."""

from __future__ import annotations

import contextlib
import os
import time

_TOO_LITTLE = 0.0005  # seconds: nobody asks what so short a test waited for, and to know it costs a call of the system


class Stopwatch:
    """Runs from when it is made, for the main thread, whose test it measures.

    Waiting is what is left of the time on the clock when the main thread's computing is taken off, and all time in
    which it wanted to compute and others had the processor (Linux tells both; elsewhere the second counts as waiting).
    """

    __slots__ = ("_before", "_started")

    def __init__(self) -> None:
        self._before = _state()
        self._started = time.perf_counter()

    def read(self) -> tuple[float, float]:
        """The time since, and how much of it was waiting; in seconds."""
        took = time.perf_counter() - self._started
        if took < _TOO_LITTLE:
            return took, 0.0
        return took, max(0.0, took - (_busy(_state()) - _busy(self._before)))


def _state() -> bytes | float:
    """What the system says of the main thread, to be read later: most tests are too short for anybody to ask."""
    if _SCHEDULE is not None:
        with contextlib.suppress(OSError):
            return os.pread(_SCHEDULE, 100, 0)
    return time.thread_time()


def _busy(state: bytes | float) -> float:
    """For how long the thread has computed or wanted to, in seconds."""
    if isinstance(state, float):
        return state
    computed, delayed = state.split()[:2]
    return (int(computed) + int(delayed)) / 1e9


def _open() -> int | None:
    with contextlib.suppress(OSError):
        schedule = os.open("/proc/self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        if len(os.pread(schedule, 100, 0).split()) >= 2:  # noqa: PLR2004 - what is read of it
            return schedule
    return None


# Open from the start: opening it for each test would cost more than reading it.
_SCHEDULE = _open()
