"""Two pacts of one consumer version made one: each of several builds publishes its part."""

from __future__ import annotations

from typing import Any


def merged(original: dict[str, Any], additional: dict[str, Any]) -> dict[str, Any]:
    """The original with the additional interactions; one with the same description and states replaces its own."""
    result = {**original, **{key: value for key, value in additional.items() if key not in original}}
    for section in ("interactions", "messages"):
        ours, theirs = original.get(section), additional.get(section)
        if isinstance(ours, list) and isinstance(theirs, list):
            result[section] = _joined(ours, theirs)
    return result


def _joined(ours: list[Any], theirs: list[Any]) -> list[Any]:
    joined = [_without_id(each) for each in ours]
    positions = {_identity(each): index for index, each in enumerate(joined)}
    for each in theirs:
        identity = _identity(each)
        if identity in positions:
            joined[positions[identity]] = each
        else:
            positions[identity] = len(joined)
            joined.append(each)
    return joined


def _without_id(interaction: Any) -> Any:
    if not isinstance(interaction, dict):
        return interaction
    return {key: value for key, value in interaction.items() if key != "_id"}


def _identity(interaction: Any) -> str:
    if not isinstance(interaction, dict):
        return repr(interaction)
    keys = ("type", "description", "provider_state", "providerState", "providerStates")
    return repr([interaction.get(key) for key in keys])
