"""Reading the levels of a project from its configuration; a module of its own, for most runs have nothing to read."""

from __future__ import annotations

import difflib
import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError
from accord.suite.levels import DEFAULT_LEVELS, GUARDS, OCCASIONS, ON_OVER_BUDGET, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h)\s*")


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
    readers: dict[str, Callable[[Any, str], Any]] = {
        "test_budget": seconds,
        "budget": seconds,
        "hard_stop": lambda value, place: None if value is False else seconds(value, place),
        "when": lambda value, place: _words(value, OCCASIONS, place),
        "guards": lambda value, place: frozenset(_words(value, GUARDS, place)),
        "on_over_budget": lambda value, place: _words([value], ON_OVER_BUDGET, place)[0],
        "coverage": _per_cent,
        "most_tests": lambda value, place: _count(value, place, "tests"),
        "workers": lambda value, place: _count(value, place, "processes"),
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
    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"


def _per_cent(value: object, where: str) -> float:
    most = 100
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise UsageError(f"{where}: expected per cent from 0 to 100, seen {value!r}")
    return float(value)


def _count(value: object, where: str, things: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(f"{where}: expected a count of {things}, seen {value!r}")
    return value
