"""The clock that waiting goes by: the machine's, or a virtual one that a unit test need not wait for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

_real_sleep = time.sleep


class Clock(Protocol):
    """Something to wait by."""

    def monotonic(self) -> float:
        """Seconds since some moment."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    async def sleep_async(self, seconds: float) -> None:
        """Wait while other tasks run."""


class RealClock:
    """The machine's."""

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        _real_sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Wait while other tasks run."""
        import asyncio  # noqa: PLC0415 - costs start-up time that synchronous code need not pay

        await asyncio.sleep(seconds)


class VirtualClock:
    """Waiting moves it on and takes no time."""

    def __init__(self, on_wait: Callable[[float], None]) -> None:
        """Make one that starts at zero.

        Args:
            on_wait: gets the seconds of every wait, to move other clocks along.
        """
        self._now = 0.0
        self._on_wait = on_wait

    def monotonic(self) -> float:
        """Seconds waited so far."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self._now += seconds
        self._on_wait(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Move on, and let other tasks run once."""
        import asyncio  # noqa: PLC0415 - as above

        self.sleep(seconds)
        await asyncio.sleep(0)


_current: list[Clock] = [RealClock()]


def clock() -> Clock:
    """The clock to wait by just now."""
    return _current[-1]


def use_clock(other: Clock) -> None:
    """Wait by another clock from now on, in this process, whatever the thread."""
    _current.append(other)


def stop_using(other: Clock) -> None:
    """Wait by the clock of before."""
    _current.remove(other)
