"""A clock that stands and random numbers that repeat, for tests that promise to depend on nothing outside."""

from __future__ import annotations

import random
import sys
import time
from typing import TYPE_CHECKING, Any

from accord.core.clock import VirtualClock, stop_using, use_clock

if TYPE_CHECKING:
    from collections.abc import Callable

# 2026-06-15 12:00:00 UTC: a Monday at noon, the same day all over the world, far from every edge of a calendar.
DEFAULT_INSTANT = 1_781_524_800
SEED = 20_260_615
_SEEDED = random.Random(SEED).getstate()  # noqa: S311 - to be put back costs less than to be seeded again


class FrozenClock:
    """The clock stands still from ``freeze`` to ``thaw``, except that whoever waits with poll_until moves it on."""

    def __init__(self, instant: int = DEFAULT_INSTANT) -> None:
        """Make one.

        Args:
            instant: seconds since 1970, UTC.
        """
        self._instant = instant
        self._time_machine: Any = None
        self._travel: Any = None
        self._virtual: VirtualClock | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether it stands."""
        return self._virtual is not None

    def freeze(self) -> None:
        """Stop the clock at its instant, unless somebody else has it in hand; one that stands is set back to it."""
        if self._virtual is not None:
            if not self._virtual.monotonic():  # nobody has moved it
                return
            self.thaw()
        if self._time_machine is None:
            import time_machine  # noqa: PLC0415 - only runs with a level that freezes the clock pay

            self._time_machine = time_machine
            self._travel = time_machine.travel(self._instant, tick=False)
        if self._time_machine.traveller_stack:
            return
        try:
            traveller = self._travel.start()
        except RuntimeError:  # freezegun is at work
            return
        self._virtual = VirtualClock(traveller.shift)
        use_clock(self._virtual)
        _time_pytest_by(self._time_machine.escape_hatch.time.time, in_place_of=time.time)

    def thaw(self) -> None:
        """Let it go on."""
        if self._virtual is not None:
            stop_using(self._virtual)
            self._virtual = None
            _time_pytest_by(time.time, in_place_of=self._time_machine.escape_hatch.time.time)
            self._travel.stop()


def _time_pytest_by(clock: Callable[[], float], in_place_of: Callable[[], float]) -> None:
    """Let pytest's stopwatch read this clock: it means to keep to the real time, whatever time the tests see."""
    timing: Any = sys.modules.get("_pytest.timing")
    if getattr(timing, "time", None) == in_place_of:
        timing.time = clock


def seed_random() -> None:
    """Start ``random`` and, where it is loaded, NumPy's global generator from the same number."""
    random.setstate(_SEEDED)
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "random"):
        numpy.random.seed(SEED)
