"""The shape of a suite: how its tests are spread over the levels, and what that shape is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FEWEST = 10  # tests; fewer have no shape
_LOW, _HIGH = "unit", "e2e"
_MIDDLE = ("integration", "contract", "component")

_MEANINGS = {
    "pyramid": "many fast tests below, few slow ones on top",
    "diamond": "most tests on a service's real infrastructure (also called honeycomb); right where logic is thin",
    "ice-cream cone": "most tests are end to end: slow and flaky; move them down, to contract and component tests",
    "hourglass": "unit and end-to-end tests with little between: what breaks between services is found last",
    "few": "too few tests to have a shape",
    "other": "all tests at levels of your own",
}


@dataclass(frozen=True)
class Shape:
    """A suite's shape.

    Attributes:
        name: pyramid, diamond, ice-cream cone, hourglass; few below ten tests; other.
        shares: part of all tests by level, from 0 to 1.
    """

    name: str
    shares: Mapping[str, float]

    @property
    def meaning(self) -> str:
        """What the name says."""
        return _MEANINGS[self.name]


def shape_of(counts: Mapping[str, int]) -> Shape:
    """Name the shape of a suite.

    Args:
        counts: how many tests each level has. Integration, contract and component count as one: which of them a team
            prefers is no question of shape.
    """
    total = sum(counts.values())
    shares = {level: count / total for level, count in counts.items()} if total else {}
    low, middle, high = counts.get(_LOW, 0), sum(counts.get(name, 0) for name in _MIDDLE), counts.get(_HIGH, 0)
    return Shape(_name(low, middle, high, total), shares)


def _name(low: int, middle: int, high: int, total: int) -> str:
    if total < FEWEST:
        return "few"
    if not low + middle + high:
        return "other"
    if middle < low and middle < high:
        return "hourglass"
    if high >= low and high >= middle:
        return "ice-cream cone"
    return "pyramid" if low >= middle else "diamond"
