"""Generators in JSON bodies: at a path, wildcards included, and in the variants of an ``arrayContains``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.contract.bodies import Body
from accord.contract.paths import Token, weight

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Entry = tuple[tuple[Token, ...], Callable[[Any], Any]]


def generate_json(body: Body, entries: Sequence[Entry]) -> Body:
    """A body with what the generators give at their paths; what is not there stays so.

    Raises:
        DocumentError: the body is not JSON.
    """
    value = body.json()
    for tokens, replace in entries:
        value = replaced(value, tokens, replace)
    return Body.of_json(value, body.content_type)


def replaced(value: Any, tokens: tuple[Token, ...], replace: Callable[[Any], Any]) -> Any:
    """A JSON value with the values at a path replaced; the given one is not changed."""
    if not tokens:
        return replace(value)
    first, rest = tokens[0], tokens[1:]
    if isinstance(value, dict):
        return {key: replaced(child, rest, replace) if weight(first, key) else child for key, child in value.items()}
    if isinstance(value, list):
        return [replaced(child, rest, replace) if weight(first, index) else child for index, child in enumerate(value)]
    return value
