"""Ending a test that does not end by itself."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from accord.suite.guards.breaches import place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


@contextmanager
def hard_stop(seconds: float, end: Callable[[str], None]) -> Iterator[None]:
    """End the block when its time is up.

    Works in the main thread of systems with interval timers; elsewhere, and where somebody else (pytest-timeout) has
    set the timer, nothing is stopped.

    Args:
        seconds: how long the block may take.
        end: called in the block when its time is up, with the line where it was; must raise.
    """
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not usable or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        del number, frame
        end(place().line)

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # and again, should the code under test catch what is raised
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def timer_stopped() -> Iterator[None]:
    """Let the block take its time; a hard stop around it goes on afterwards with what was left."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    left, every = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield
    finally:
        if left:
            signal.setitimer(signal.ITIMER_REAL, left, every)
