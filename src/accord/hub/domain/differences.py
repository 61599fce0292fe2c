"""What changed between two pacts, as a unified diff of the parts that differ."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import Any

from accord.hub.domain.identity import canonical_json

MOST_LINES = 20_000
"""A diff of longer texts is not made: comparing takes the square of it."""

_MISSING = object()
_SAME = object()


@dataclass(frozen=True, slots=True)
class _Change:
    old: Any
    new: Any


def difference(old: dict[str, Any], new: dict[str, Any]) -> str:
    """The lines that differ, with three lines around them; empty where the pacts say the same."""
    changed = _changes(_comparable(old), _comparable(new))
    if changed is _SAME:
        return ""
    before, after = _lines(changed, "old"), _lines(changed, "new")
    if max(len(before), len(after)) > MOST_LINES:
        return "The pacts differ in too many lines to show."
    lines = list(difflib.unified_diff(before, after, n=3, lineterm=""))[2:]
    return "\n".join(line for line in lines if not line.startswith("@@"))


def _comparable(pact: dict[str, Any]) -> dict[str, Any]:
    """The pact with its interactions in one order and without ids, so that only what they say counts."""
    result = dict(pact)
    for key in ("createdAt", "_links"):
        result.pop(key, None)
    for section in ("interactions", "messages"):
        if isinstance(pact.get(section), list):
            bare = [
                {k: v for k, v in each.items() if k != "_id"} if isinstance(each, dict) else each
                for each in pact[section]
            ]
            result[section] = sorted(bare, key=_by_identity)
    return result


def _by_identity(interaction: Any) -> str:
    # By request first: an interaction whose description alone changed is then compared with itself.
    if not isinstance(interaction, dict):
        return repr(interaction)
    return canonical_json([interaction.get("request"), interaction.get("description"), interaction.get("contents")])


def _changes(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [*old, *(key for key in new if key not in old)]
        pairs = ((key, _changes(old.get(key, _MISSING), new.get(key, _MISSING))) for key in keys)
        found = {key: change for key, change in pairs if change is not _SAME}
        return found or _SAME
    if isinstance(old, list) and isinstance(new, list):
        length = max(len(old), len(new))
        items = [_changes(_at(old, index), _at(new, index)) for index in range(length)]
        found_items = [item for item in items if item is not _SAME]
        return found_items or _SAME
    if type(old) is type(new) and old == new:
        return _SAME
    return _Change(old, new)


def _at(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else _MISSING


def _lines(changed: Any, side: str, indent: str = "") -> list[str]:
    inner = indent + "  "
    if isinstance(changed, dict):
        shown = [(key, value) for key, value in changed.items() if not _is_missing(value, side)]
        lines = [indent + "{"]
        for position, (key, value) in enumerate(shown):
            first, *rest = _lines(value, side, inner)
            comma = "," if position < len(shown) - 1 else ""
            block = [f"{inner}{json.dumps(key, ensure_ascii=False)}: {first.lstrip()}", *rest]
            lines += [*block[:-1], block[-1] + comma]
        return [*lines, indent + "}"]
    if isinstance(changed, list):
        lines = [indent + "["]
        for value in (each for each in changed if not _is_missing(each, side)):
            # The comma stays after the last one too: elements that are the same are not shown.
            block = _lines(value, side, inner)
            lines += [*block[:-1], block[-1] + ","]
        return [*lines, indent + "]"]
    text = json.dumps(getattr(changed, side), ensure_ascii=False, indent=2)
    return [indent + line for line in text.splitlines()]


def _is_missing(value: Any, side: str) -> bool:
    return isinstance(value, _Change) and getattr(value, side) is _MISSING
