"""The levels of a test suite: what each promises, what it may cost, and when it runs.

A test belongs to the level whose marker it carries, else to the level that is the name of a folder above it:
``tests/unit/orders/test_money.py`` and ``tests/orders/unit/test_money.py`` are unit tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Guard = Literal["hosts", "network", "subprocess", "database", "sleep", "clock", "random"]
GUARDS: tuple[Guard, ...] = ("hosts", "network", "subprocess", "database", "sleep", "clock", "random")
OCCASIONS = ("commit", "pr", "deploy", "schedule", "release")
ON_OVER_BUDGET = ("warn", "fail")

_TESTS = ("tests", "test")  # the folder below which levels begin


@dataclass(frozen=True)
class Level:
    """What one level promises.

    Attributes:
        name: also the name of its folders and of its marker.
        test_budget: seconds that the call of one test may take; set-up does not count.
        budget: seconds that all its tests may take together, as the clock on the wall shows.
        hard_stop: seconds after which a test is ended; None for never.
        when: the occasions it runs on: commit, pr, deploy, schedule, release.
        guards: what its tests must not do. ``hosts`` refuses what is neither this machine nor a resource of the run;
            ``network``, ``subprocess``, ``database`` (files) and ``sleep`` refuse these altogether; ``clock`` freezes
            the clock and ``random`` seeds random numbers.
        on_over_budget: whether a test over its budget fails when budgets are enforced, or is only named.
        coverage: lines and branches that its tests alone must cover, in per cent; None for no threshold.
        most_tests: more than so many are named; None for no limit.
        workers: at most so many processes share its tests, however many are asked for; 0 for the one alone.
    """

    name: str
    test_budget: float
    budget: float
    hard_stop: float | None = None
    when: tuple[str, ...] = OCCASIONS
    guards: frozenset[str] = frozenset({"hosts"})
    on_over_budget: str = "fail"
    coverage: float | None = None
    most_tests: int | None = None
    workers: int | None = None


_ALWAYS = ("commit", "pr", "schedule", "release")
DEFAULT_LEVELS = (
    Level("unit", 0.001, 30.0, when=_ALWAYS, guards=frozenset(GUARDS), on_over_budget="warn"),
    Level("integration", 1.0, 120.0, when=_ALWAYS),
    Level("contract", 5.0, 60.0, when=_ALWAYS),
    Level("component", 30.0, 300.0, when=("pr", "schedule", "release")),
    Level("e2e", 300.0, 900.0, hard_stop=60.0, when=("deploy", "schedule", "release"), most_tests=10),
)


def level_of(parts: Sequence[str], markers: Iterable[str], names: frozenset[str]) -> str | None:
    """The level of a test.

    Args:
        parts: the folders above its file, from the project's root on.
        markers: the names of its markers, the nearest first.
        names: the names of the levels.
    """
    for marker in markers:
        if marker in names:
            return marker
    below = max((number for number, part in enumerate(parts) if part in _TESTS), default=-1) + 1
    # Below the tests' own folder the first counts: tests/unit/contract/ holds the unit tests of a package 'contract'.
    order = parts[below:] if below else tuple(reversed(parts))
    return next((part for part in order if part in names), None)
