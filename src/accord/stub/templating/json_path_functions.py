"""The functions that may end a JSONPath."""

from __future__ import annotations

from statistics import pstdev
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def _length(value: Any, _argument: str) -> Any:
    return len(value) if isinstance(value, list | dict) else None


def _keys(value: Any, _argument: str) -> Any:
    return tuple(value) if isinstance(value, dict) else None


def _of_numbers(function: Callable[[list[float]], float]) -> Callable[[Any, str], Any]:
    def apply(value: Any, _argument: str) -> Any:
        items = value if isinstance(value, list) else []
        numbers = [float(each) for each in items if isinstance(each, int | float) and not isinstance(each, bool)]
        return function(numbers) if numbers else None

    return apply


def _item(index: int) -> Callable[[Any, str], Any]:
    return lambda value, _argument: value[index] if isinstance(value, list) and value else None


def _index(value: Any, argument: str) -> Any:
    index = int(argument) if argument.strip().lstrip("-").isdecimal() else None
    return value[index] if isinstance(value, list) and index is not None and -len(value) <= index < len(value) else None


FUNCTIONS: dict[str, Callable[[Any, str], Any]] = {
    "length": _length,
    "size": _length,
    "keys": _keys,
    "min": _of_numbers(min),
    "max": _of_numbers(max),
    "sum": _of_numbers(sum),
    "avg": _of_numbers(lambda numbers: sum(numbers) / len(numbers)),
    "stddev": _of_numbers(pstdev),
    "first": _item(0),
    "last": _item(-1),
    "index": _index,
}
"""By name: from what the path found and the argument in the parentheses to a value, None where it has none."""
