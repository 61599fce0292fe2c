"""Nested queries as Pact clients write them: ``q[][pacticipant]=A&q[][version]=1`` is ``{"q": [{…}]}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_PARAMETERS = 2000
"""A query with more is refused; the longest of real clients has a few dozen."""

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_PART = re.compile(r"\[([^\[\]]*)\]")


class QueryError(ValueError):
    """A query that cannot be read."""


def parse_nested(query: str) -> dict[str, Any]:
    """A query as nested dicts and lists.

    Raises:
        QueryError: more parameters than MOST_PARAMETERS, or a name used as a value here and as a list there.
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="strict")
    except ValueError as error:
        raise QueryError(f"the query cannot be read: {error}") from None
    result: dict[str, Any] = {}
    for key, value in pairs:
        match = _KEY.match(key)
        if match is None:
            result[key] = value
            continue
        _store(result, [match[1], *_PART.findall(match[2])], value)
    return result


def _store(into: dict[str, Any], path: list[str], value: str) -> None:
    name, *rest = path
    if not rest:
        into[name] = value
        return
    if rest[0] == "":
        _append(_child(into, name, list), rest[1:], value)
    else:
        _store(_child(into, name, dict), rest, value)


def _append(items: list[Any], rest: list[str], value: str) -> None:
    if not rest:
        items.append(value)
        return
    # A name that the last item has already begins the next item.
    if not items or not isinstance(items[-1], dict) or rest[0] in items[-1]:
        items.append({})
    _store(items[-1], rest, value)


def _child(into: dict[str, Any], name: str, kind: type) -> Any:
    child = into.setdefault(name, kind())
    if not isinstance(child, kind):
        raise QueryError(f"the query uses {name!r} in two ways; write it as a value, a list or a map throughout")
    return child


def build_nested(values: Mapping[str, Any]) -> str:
    """The other way round: lists of maps and of values become ``name[][key]=…`` and ``name[]=…``."""
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        if not isinstance(value, (list, tuple)):
            pairs.append((name, _text(value)))
            continue
        for item in value:
            if isinstance(item, dict):
                pairs += [(f"{name}[][{key}]", _text(each)) for key, each in item.items()]
            else:
                pairs.append((f"{name}[]", _text(item)))
    return urlencode(pairs)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
