"""What a group still has to be given, without input or output: order per key, redelivery, competing takers."""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.infra.bus.message import Message, again

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(slots=True, eq=False)
class Delivery:
    """A message on its way to a group's handler."""

    message: Message
    attempts: int = 0


class Deliveries:
    """The messages of one group.

    A key is a lane: only the first message in it can be taken, and as long as it is being handled or waits to be
    delivered again those behind it wait too. Messages without a key wait for nobody.
    """

    def __init__(self) -> None:
        self._ready: deque[Delivery] = deque()
        self._lanes: dict[str, deque[Delivery]] = {}
        self._later: list[tuple[float, int, Delivery]] = []
        self._taken: set[Delivery] = set()
        self._behind = 0
        self._order = itertools.count()

    def __len__(self) -> int:
        """How many are not finished."""
        return len(self._ready) + len(self._later) + len(self._taken) + self._behind

    def add(self, messages: Iterable[Message]) -> None:
        """Messages were published."""
        for message in messages:
            delivery = Delivery(message)
            if message.key is None:
                self._ready.append(delivery)
            elif message.key in self._lanes:
                self._lanes[message.key].append(delivery)
                self._behind += 1
            else:
                self._lanes[message.key] = deque()
                self._ready.append(delivery)

    def take(self, now: float) -> Delivery | None:
        """The next one, counted as an attempt; None when none can be taken at this moment.

        Args:
            now: in seconds, of the clock that ``again`` is told too.
        """
        while self._later and self._later[0][0] <= now:
            self._ready.append(heapq.heappop(self._later)[2])
        if not self._ready:
            return None
        delivery = self._ready.popleft()
        delivery.attempts += 1
        if delivery.attempts > 1:
            delivery.message = again(delivery.message, delivery.attempts)
        self._taken.add(delivery)
        return delivery

    def next_due(self) -> float | None:
        """The moment at which one that waits can be taken; None when none waits."""
        return self._later[0][0] if self._later else None

    def done(self, delivery: Delivery) -> None:
        """It is finished: taken, or a dead letter. The next of its key comes up."""
        self._taken.discard(delivery)
        key = delivery.message.key
        if key is None:
            return
        lane = self._lanes[key]
        if lane:
            self._behind -= 1
            self._ready.append(lane.popleft())
        else:
            del self._lanes[key]

    def again(self, delivery: Delivery, due: float) -> None:
        """Its handler failed: it can be taken again from a moment on."""
        self._taken.discard(delivery)
        heapq.heappush(self._later, (due, next(self._order), delivery))

    def back(self, delivery: Delivery) -> None:
        """Whoever had taken it is gone: it is the next to be taken."""
        self._taken.discard(delivery)
        self._ready.appendleft(delivery)
