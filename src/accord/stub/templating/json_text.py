"""JSON as the libraries of WireMock write it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accord.stub.templating.values import Several, double_text, to_text

_MAX_EXPONENT = 1000


class JsonObject(dict[str, Any]):
    """An object that jsonPath found: its text is indented JSON without nulls."""

    __slots__ = ()

    def __str__(self) -> str:
        return indented(self, keep_nulls=False)


class JsonArray(list[Any]):
    """An array that jsonPath found: its text is compact JSON."""

    __slots__ = ()

    def __str__(self) -> str:
        return compact(self)


def compact(value: Any) -> str:
    """Without space."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_text(str(key))}:{compact(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(compact(each) for each in value) + "]"
    return scalar(value)


def indented(value: Any, *, keep_nulls: bool, _margin: str = "") -> str:
    """Two spaces a level, items of an array on one line."""
    if isinstance(value, Several):
        value = value[0] if len(value) == 1 else list(value)
    if isinstance(value, Mapping):
        inner = f"{_margin}  "
        members = [
            f"{inner}{_text(str(key))} : {indented(each, keep_nulls=keep_nulls, _margin=inner)}"
            for key, each in value.items()
            if keep_nulls or each is not None
        ]
        return "{\n" + ",\n".join(members) + f"\n{_margin}}}" if members else "{ }"
    if isinstance(value, list | tuple):
        if not value:
            return "[ ]"
        return "[ " + ", ".join(indented(each, keep_nulls=keep_nulls, _margin=_margin) for each in value) + " ]"
    return scalar(value)


def scalar(value: Any) -> str:
    """A text, number, boolean or null."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return double_text(value)
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) < _MAX_EXPONENT else str(value)
    if isinstance(value, int):
        return str(value)
    return _text(to_text(value))


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
