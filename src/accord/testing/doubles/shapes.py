"""Whether a value has the shape that an annotation promises, where that is cheap and certain to say.

Checked: plain classes (also dataclasses, pydantic models, enums: by their class), None, Optional and unions, Literal,
TypedDict, NewType, Annotated, ``type[X]``, callables, and the content of lists, tuples, sets and dicts. Not checked:
Any, type variables, protocols that are not runtime_checkable, and annotations whose names exist for the type
checker alone.
"""

from __future__ import annotations

import collections.abc
import types
import typing
from typing import Any, Literal, NewType, TypeVar, Union, get_args, get_origin

from accord.contract.mismatches import shown

_MANY = 1000
_ITEMS = (list, set, frozenset, collections.abc.Sequence, collections.abc.Collection, collections.abc.Set)
_PAIRS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


def misfit(value: Any, annotation: Any, where: str = "") -> str | None:
    """Why a value does not fit an annotation, with the place in it; None where it fits or nobody can say cheaply."""
    if annotation is None or annotation is types.NoneType:
        return None if value is None else _said(where, "None", value)
    if annotation in (Any, object) or isinstance(annotation, (TypeVar, str)):
        return None
    if isinstance(annotation, NewType):
        return misfit(value, annotation.__supertype__, where)
    if typing.is_typeddict(annotation):
        return _typed_dict(value, annotation, where)
    origin = get_origin(annotation)
    if origin is not None:
        return _generic(value, annotation, origin, where)
    return _plain(value, annotation, where) if isinstance(annotation, type) else None


def _generic(value: Any, annotation: Any, origin: Any, where: str) -> str | None:
    parts = get_args(annotation)
    if origin is typing.Annotated:
        return misfit(value, parts[0], where)
    if origin in (Union, types.UnionType):
        return None if any(misfit(value, part) is None for part in parts) else _said(where, _name(annotation), value)
    if origin is Literal:
        fits = any(type(value) is type(part) and value == part for part in parts)
        return None if fits else _said(where, f"one of {', '.join(map(repr, parts))}", value)
    if not isinstance(origin, type):
        return None
    wrong = _plain(value, origin, where)
    if wrong is not None or origin is type:
        return wrong
    return _content(value, origin, parts, where)


def _content(value: Any, origin: Any, parts: tuple[Any, ...], where: str) -> str | None:
    checks: list[tuple[Any, Any, str]] = []
    if origin is tuple and not (len(parts) == 2 and parts[1] is ...):  # noqa: PLR2004 - tuple[X, ...]
        if parts and len(value) != len(parts):
            return _said(where, f"{len(parts)} items", value)
        checks = [(item, part, f"{where}[{at}]") for at, (item, part) in enumerate(zip(value, parts, strict=False))]
    elif origin in _PAIRS and isinstance(value, dict):
        pairs = list(value.items())[:_MANY]
        checks = [(key, parts[0], f"{where} key {key!r}") for key, _ in pairs]
        checks += [(item, parts[1], f"{where}[{key!r}]") for key, item in pairs]
    elif (origin in _ITEMS or origin is tuple) and isinstance(value, (list, tuple, set, frozenset)):
        checks = [(item, parts[0], f"{where}[{at}]") for at, item in enumerate(list(value)[:_MANY])]
    return next((wrong for each in checks if (wrong := misfit(*each)) is not None), None)


def _typed_dict(value: Any, annotation: Any, where: str) -> str | None:
    if not isinstance(value, dict):
        return _said(where, f"the TypedDict {annotation.__name__}", value)
    missing = sorted(annotation.__required_keys__ - value.keys())
    if missing:
        return f"{where or 'the value'} lacks the key {missing[0]!r} of {annotation.__name__}"
    unknown = sorted(value.keys() - annotation.__annotations__.keys(), key=str)
    if unknown:
        return f"{where or 'the value'} has the key {unknown[0]!r}, which {annotation.__name__} has not"
    try:
        hints = typing.get_type_hints(annotation)
    except NameError:  # names that exist for the type checker alone
        return None
    wrong = (misfit(item, hints[key], f"{where}[{key!r}]") for key, item in value.items())
    return next((each for each in wrong if each is not None), None)


def _plain(value: Any, annotation: Any, where: str) -> str | None:
    if getattr(annotation, "_is_protocol", False) and not getattr(annotation, "_is_runtime_protocol", False):
        return None
    if annotation is collections.abc.Callable:
        return None if callable(value) else _said(where, "something to call", value)
    if annotation is float and isinstance(value, int) and not isinstance(value, bool):
        return None  # as type checkers see it
    if annotation is int and isinstance(value, bool):
        return _said(where, "int", value)
    try:
        return None if isinstance(value, annotation) else _said(where, annotation.__name__, value)
    except TypeError:  # a class that refuses the question
        return None


def _name(annotation: Any) -> str:
    return " or ".join(getattr(part, "__name__", str(part)) for part in get_args(annotation)).replace(
        "NoneType", "None"
    )


def _said(where: str, expected: str, value: Any) -> str:
    return f"expected {expected}{f' at {where}' if where else ''}, seen {type(value).__name__}: {shown(value)}"
