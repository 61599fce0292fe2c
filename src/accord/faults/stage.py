"""What all toxics share: items come in, and leave when their time has come. No input, no output.

A stage takes items and says for each when it leaves: bytes, END (the sender has finished), CLOSE and RESET (the toxic
ends the connection). The link (link.py) moves them on. What each kind does with them is in stages.py.
"""

from __future__ import annotations

import math
from collections import deque
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping

    from accord.faults.toxics import Toxic


class Signal(Enum):
    """What flows beside bytes."""

    END = "the sender has finished"
    CLOSE = "the connection is closed"
    RESET = "the connection is reset"


END, CLOSE, RESET = Signal.END, Signal.CLOSE, Signal.RESET

Item = bytes | Signal


class Stage:
    """A toxic at work; by itself it lets everything pass.

    Attributes:
        toxic: what it works by.
        held: what has come and not left yet, with the moment at which it leaves.
        size: bytes in held.
    """

    def __init__(self, toxic: Toxic, source: random.Random, now: float, added: float) -> None:
        self.toxic = toxic
        self.held: deque[tuple[float, Item]] = deque()
        self.size = 0
        self._random = source
        self._added = added
        self._last = now
        self._is_over = False
        self.begin(toxic.attributes, now)

    def begin(self, attributes: Mapping[str, int], now: float) -> None:
        """Read the attributes."""

    def take(self, item: Item, now: float) -> None:
        """Take what came at a moment."""
        if self._is_over:
            return
        schedule = self.toxic.schedule
        if (isinstance(item, Signal) and item is not END) or (
            schedule is not None and not schedule.is_active(now - self._added)
        ):
            self._leave(item, now)
        elif isinstance(item, Signal):
            self.ended(now)
        else:
            self.received(item, now)

    def received(self, data: bytes, now: float) -> None:
        """Bytes came."""
        self._leave(data, now)

    def ended(self, now: float) -> None:
        """The sender has finished."""
        self._leave(END, now)

    @property
    def wakes_at(self) -> float | None:
        """When something happens though nothing came."""
        return None

    def wake(self, now: float) -> None:
        """That moment has come."""

    def pop_due(self, now: float) -> tuple[float, Item] | None:
        """What leaves next, if its moment has come."""
        if not self.held or self.held[0][0] > now:
            return None
        due, item = self.held.popleft()
        self.size -= 0 if isinstance(item, Signal) else len(item)
        return due, item

    def inherit(self, old: Stage) -> None:
        """Go on from where the stage before a change of the toxic was."""

    def given_up(self, *, is_removed: bool) -> Iterator[Item]:
        """What leaves when the toxic is removed or changed: all that it held, at once."""
        del is_removed
        while held := self.pop_due(math.inf):
            yield held[1]

    def _leave(self, item: Item, at: float) -> None:
        """Nothing overtakes what came before it."""
        self._last = max(self._last, at)
        self.size += 0 if isinstance(item, Signal) else len(item)
        self.held.append((self._last, item))

    def _finish(self, item: Item, at: float) -> None:
        self._leave(item, at)
        self._is_over = True
