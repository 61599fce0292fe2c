"""One direction of one connection: a chain of toxics, through which items flow in their time. No input, no output."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

from accord.faults.stages import STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.faults.stage import Item, Stage
    from accord.faults.toxics import Toxic


class Placed:
    """A toxic as it stands in a proxy.

    Attributes:
        toxic: what it is now; a change puts another in its place.
        added: when it was added.
        first_connection: the number of the first connection after that.
        seed: what its decisions are made from.
    """

    __slots__ = ("added", "first_connection", "seed", "toxic")

    def __init__(self, toxic: Toxic, added: float, first_connection: int, seed: int) -> None:
        self.toxic = toxic
        self.added = added
        self.first_connection = first_connection
        self.seed = seed

    def stage(self, connection: int, now: float) -> Stage | None:
        """The toxic at work on a connection, or None where it does not touch it.

        What chance decides depends on the seed and on the number of the connection since the toxic was added, and on
        nothing else: a run with the same seed repeats.
        """
        number = connection - self.first_connection
        source = random.Random(f"{self.seed} {number}")  # noqa: S311 - repeatable chance, no secret
        is_hit = source.random() < self.toxic.toxicity
        chosen = self.toxic.connections
        if not is_hit or (chosen is not None and not chosen.includes(number)):
            return None
        return STAGES[self.toxic.kind](self.toxic, source, now, self.added)


class ToxicLink:
    """A chain of stages."""

    __slots__ = ("_connection", "_ready", "_stages")

    def __init__(self, placed: Sequence[Placed], connection: int, now: float) -> None:
        self._connection = connection
        self._ready: list[Item] = []
        self._stages: list[tuple[Placed, Stage]] = []
        self.change(placed, now)

    @property
    def is_clear(self) -> bool:
        """Whether all that comes may pass as it is."""
        return not self._stages and not self._ready

    @property
    def held_bytes(self) -> int:
        """How much it holds back."""
        return sum(stage.size for _, stage in self._stages)

    def feed(self, item: Item, now: float) -> list[Item]:
        """Take an item; give what leaves now."""
        if self._stages:
            self._stages[0][1].take(item, now)
        else:
            self._ready.append(item)
        return self.advance(now)

    def advance(self, now: float) -> list[Item]:
        """Let time pass; give what leaves now."""
        for index, (_, stage) in enumerate(self._stages):
            following = self._stages[index + 1][1] if index + 1 < len(self._stages) else None
            wakes_at = stage.wakes_at
            if wakes_at is not None and wakes_at <= now:
                stage.wake(wakes_at)
            while leaving := stage.pop_due(now):
                due, item = leaving
                if following is None:
                    self._ready.append(item)
                else:
                    following.take(item, due)
        left, self._ready = self._ready, []
        return left

    def due(self) -> float | None:
        """When something leaves next, if nothing comes before; None is never."""
        moments = [stage.held[0][0] for _, stage in self._stages if stage.held]
        moments += [at for _, stage in self._stages if (at := stage.wakes_at) is not None]
        return min((moment for moment in moments if moment < math.inf), default=None)

    def change(self, placed: Sequence[Placed], now: float) -> None:
        """Take over the toxics as they are now: a stage whose toxic did not change goes on as it was."""
        old = {id(place): stage for place, stage in self._stages}
        kept: list[tuple[Placed, Stage]] = []
        for place in placed:
            before = old.get(id(place))
            if before is not None and before.toxic is place.toxic:
                kept.append((place, before))
                continue
            stage = place.stage(self._connection, now)
            if stage is not None:
                if before is not None:
                    stage.inherit(before)
                kept.append((place, stage))
        self._move_held(kept, {id(place) for place in placed}, now)
        self._stages = kept

    def _move_held(self, kept: list[tuple[Placed, Stage]], present: set[int], now: float) -> None:
        """What stages that go have held moves to the next one that stays, the last ones first: nothing overtakes."""
        staying = {id(stage) for _, stage in kept}
        order = [id(place) for place, _ in self._stages]
        for index in range(len(self._stages) - 1, -1, -1):
            place, stage = self._stages[index]
            if id(stage) in staying:
                continue
            before = set(order[: index + 1])
            following = next((each for other, each in kept if id(other) not in before), None)
            for item in stage.given_up(is_removed=id(place) not in present):
                if following is None:
                    self._ready.append(item)
                else:
                    following.take(item, now)
