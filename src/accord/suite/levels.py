"""The levels of a test suite: what each promises, what it may cost, and when it runs.

A test belongs to the level whose marker it carries, else to the level that is the name of a folder above it:
``tests/unit/orders/test_money.py`` and ``tests/orders/unit/test_money.py`` are unit tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Guard = Literal["hosts", "network", "subprocess", "database", "sleep", "clock", "random"]
GUARDS: tuple[Guard, ...] = ("hosts", "network", "subprocess", "database", "sleep", "clock", "random")
OCCASIONS = ("commit", "pr", "deploy", "schedule", "release")
ON_OVER_BUDGET = ("warn", "fail")

_TESTS = ("tests", "test")  # the folder below which levels begin
_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h)\s*")


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


_ALWAYS = ("commit", "pr", "schedule", "release")
DEFAULT_LEVELS = (
    Level("unit", 0.001, 30.0, when=_ALWAYS, guards=frozenset(GUARDS), on_over_budget="warn"),
    Level("integration", 1.0, 120.0, when=_ALWAYS),
    Level("contract", 5.0, 60.0, when=_ALWAYS),
    Level("component", 30.0, 300.0, when=("pr", "schedule", "release")),
    Level("e2e", 300.0, 900.0, hard_stop=60.0, when=("deploy", "schedule", "release"), most_tests=10),
)


def read_levels(table: Mapping[str, Any], *, source: str = "[tool.accord.levels]") -> tuple[Level, ...]:
    """The levels of a project, in the order in which they run.

    Args:
        table: by a level's name, what differs from its defaults. A new name is a level of one's own; it runs after
            the five, or where ``after`` says.
        source: names the table in errors.

    Raises:
        UsageError: an unknown key or word, or a value of the wrong kind.
    """
    levels = {level.name: level for level in DEFAULT_LEVELS}
    order = list(levels)
    for name, wanted in table.items():
        where = f"{source} {name}"
        if not isinstance(wanted, dict):
            raise UsageError(f"{where}: expected a table such as {name} = {{ budget = '2 min' }}, seen {wanted!r}")
        if not name.isidentifier():
            raise UsageError(f"{where}: a level's name is also a marker's, so it must be a word like 'smoke'")
        settings = dict(wanted)
        after = settings.pop("after", None)
        base = levels.get(name) or Level(name, test_budget=60.0, budget=600.0)
        levels[name] = replace(base, **_read(settings, where))
        _place(order, name, after, where)
    return tuple(levels[name] for name in order)


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


def seconds(value: object, where: str) -> float:
    """A duration: a number of seconds, or a text such as ``1 ms``, ``30 s``, ``2 min``.

    Raises:
        UsageError: it is neither, or not above zero.
    """
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found:
        value = float(found[1]) * _UNITS[found[2]]
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise UsageError(f"{where}: expected a duration above zero such as '30 s', '1 ms' or '2 min', seen {value!r}")
    return float(value)


def _read(settings: Mapping[str, Any], where: str) -> dict[str, Any]:
    readers = {
        "test_budget": seconds,
        "budget": seconds,
        "hard_stop": lambda value, place: None if value is False else seconds(value, place),
        "when": lambda value, place: _words(value, OCCASIONS, place),
        "guards": lambda value, place: frozenset(_words(value, GUARDS, place)),
        "on_over_budget": lambda value, place: _words([value], ON_OVER_BUDGET, place)[0],
        "coverage": _per_cent,
        "most_tests": _count,
    }
    assert set(readers) == {each.name for each in fields(Level)} - {"name"}  # noqa: S101 - for who adds a field
    for key in settings:
        if key not in readers:
            raise UsageError(f"{where}: unknown key {key!r}; {_nearest(key, [*readers, 'after'])}")
    return {key: readers[key](value, f"{where} {key}") for key, value in settings.items()}


def _place(order: list[str], name: str, after: object, where: str) -> None:
    if after is None:
        if name not in order:
            order.append(name)
        return
    if after not in order or after == name:
        raise UsageError(f"{where} after: expected the name of another level ({', '.join(order)}), seen {after!r}")
    if name in order:
        order.remove(name)
    order.insert(order.index(str(after)) + 1, name)


def _words(value: object, known: Sequence[str], where: str) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list):
        raise UsageError(f"{where}: expected a list of {', '.join(known)}; seen {value!r}")
    for word in words:
        if word not in known:
            raise UsageError(f"{where}: unknown word {word!r}; {_nearest(str(word), known)}")
    return tuple(words)


def _nearest(word: str, known: Sequence[str]) -> str:
    import difflib  # noqa: PLC0415 - pytest's start-up must not pay for it where all is well

    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"


def _per_cent(value: object, where: str) -> float:
    most = 100
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise UsageError(f"{where}: expected per cent from 0 to 100, seen {value!r}")
    return float(value)


def _count(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(f"{where}: expected a count of tests, seen {value!r}")
    return value
