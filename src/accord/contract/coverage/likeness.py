"""What several JSON values have in common, as a template with matchers: types in place of values."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from accord.contract import matchers as match
from accord.contract.matchers.scalars import ISO8601_PATTERN, UUID_PATTERN

if TYPE_CHECKING:
    from collections.abc import Sequence

_UUID = re.compile(UUID_PATTERN)
_MOMENT = re.compile(ISO8601_PATTERN)
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_NAMES_OF_KINDS = frozenset({"error", "code", "type", "event", "eventtype", "eventversion", "schemaversion", "kind"})
"""Fields by which readers tell one kind of answer or message from another: these keep their value."""

LEFT_OUT: Any = object()
"""The values have nothing in common that an answer could be expected to have."""


def likeness(values: Sequence[Any], *, asks: bool, name: str = "") -> Any:
    """A template that every one of these values fits.

    Args:
        values: at least one.
        asks: what a request sends, where every key counts; else what is read of an answer: keys that all have.
        name: of the field that they stand in.
    """
    if all(isinstance(value, dict) for value in values):
        return _of_objects(values, asks=asks)
    if all(isinstance(value, list) for value in values):
        return _of_arrays(values, asks=asks)
    first = values[0]
    if re.sub("[^a-z]", "", name.lower()) in _NAMES_OF_KINDS and all(_is_kind(value, first) for value in values):
        return first
    return _of_single(values, asks=asks)


def signature(value: Any) -> str:
    """The shape of a value as a text: two requests of one signature can be one interaction."""
    return json.dumps(_shape(value), sort_keys=True)


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [json.loads(each) for each in sorted({signature(item) for item in value})]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "number"
    return type(value).__name__


def _of_objects(values: Sequence[dict[str, Any]], *, asks: bool) -> dict[str, Any]:
    common = [key for key in values[0] if all(key in value for value in values)]
    found = {key: likeness([value[key] for value in values], asks=asks, name=key) for key in common}
    return {key: template for key, template in found.items() if template is not LEFT_OUT}


def _of_arrays(values: Sequence[list[Any]], *, asks: bool) -> Any:
    items = [item for value in values for item in value]
    template = likeness(items, asks=asks) if items else LEFT_OUT
    if template is LEFT_OUT:
        return match.like([])
    return match.each_like(template, min=0 if any(not value for value in values) else 1)


def _of_single(values: Sequence[Any], *, asks: bool) -> Any:
    first = values[0]
    if all(isinstance(value, bool) for value in values):
        return match.boolean(first)
    if any(isinstance(value, bool) for value in values):
        return LEFT_OUT
    if all(isinstance(value, int) for value in values):
        return match.integer(first)
    if all(isinstance(value, (int, float)) for value in values):
        return match.number(first)
    if all(isinstance(value, str) for value in values):
        return _of_texts(values)
    return None if asks and first is None else LEFT_OUT


def _of_texts(values: Sequence[str]) -> Any:
    for pattern, matcher in ((_UUID, match.uuid), (_MOMENT, match.iso8601), (_DATE, match.date)):
        if all(pattern.fullmatch(value) for value in values):
            return matcher(values[0])
    return match.string(values[0])


def _is_kind(value: Any, first: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return False
    return bool(value == first and not re.search(r"\s", str(value)))
