"""The account a mock keeps, whatever it is called by: what is expected, how often it came, and what came besides."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accord.contract.mismatches import Mismatch
    from accord.contract.model import Interaction

I = TypeVar("I", bound="Interaction")  # noqa: E741 - the letter of the thing

_WEIGHTS = {"method": 5, "path": 10}
"""What counts when the nearest interaction is looked for: a wrong path is further away than a wrong field."""


class Account(Generic[I]):
    """One run of a mock.

    Args:
        interactions: what is expected.
        line: an interaction in one line, for problems.
        verb: what is done to it, such as ``requested``.

    Attributes:
        lock: to be held from finding to taking, as calls come from several threads.
    """

    def __init__(self, interactions: Sequence[I], line: Callable[[I], str], verb: str) -> None:
        self.interactions = tuple(interactions)
        self.lock = Lock()
        self._line = line
        self._verb = verb
        self._times = [0] * len(self.interactions)

    def find(self, compare: Callable[[I], list[Mismatch]]) -> tuple[I | None, list[Mismatch]]:
        """The first interaction that fits and did not come yet, else one that did, else the nearest with what differs.

        What fits is counted.
        """
        compared = [compare(each) for each in self.interactions]
        fitting = [index for index, mismatches in enumerate(compared) if not mismatches]
        if fitting:
            chosen = next((index for index in fitting if self._times[index] == 0), fitting[0])
            self._times[chosen] += 1
            return self.interactions[chosen], []
        if not compared:
            return None, []
        nearest = min(range(len(compared)), key=lambda index: _distance(compared[index]))
        return self.interactions[nearest], compared[nearest]

    def problems(self) -> list[str]:
        """What was expected and did not come, or came twice."""
        problems = []
        for interaction, times in zip(self.interactions, self._times, strict=True):
            if times == 0:
                problems.append(f"Expected, but not {self._verb}: {self._line(interaction)}")
            elif times > 1:
                problems.append(f"{self._verb.capitalize()} {times} times, expected once: {self._line(interaction)}")
        return problems


def _distance(mismatches: list[Mismatch]) -> int:
    return sum(_WEIGHTS.get(mismatch.kind, 1) for mismatch in mismatches)
