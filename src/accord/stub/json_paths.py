"""JSONPath as WireMock's users write it: the library's language, with Jayway's functions at the end of a path."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from accord.core.errors import ResourceMissingError
from accord.stub.patterns import find_pattern, matches_pattern

_FUNCTION = re.compile(r"\.(length|size|min|max|avg|sum|first|last|keys)\(\)$")
_MOST_FOUND = 10_000


class JsonPath:
    """A path, compiled.

    Args:
        expression: such as ``$.items[?(@.price > 10)].name`` or ``$.items.length()``.

    Raises:
        ValueError: it is none, or uses what does not work here; says where.
        ResourceMissingError: the package python-jsonpath is not installed.
    """

    __slots__ = ("_compiled", "_function", "expression")

    def __init__(self, expression: str) -> None:
        self.expression = expression
        found = _FUNCTION.search(expression)
        self._function = found.group(1) if found else None
        self._compiled = _compile(expression[: found.start()] if found else expression)

    def find(self, document: Any) -> list[Any]:
        """What the path leads to; empty where it leads nowhere."""
        values: list[Any] = []
        for match in self._compiled.finditer(document):
            values.append(match.obj)
            if len(values) >= _MOST_FOUND:
                break
        if self._function is None:
            return values
        subject = values[0] if self._compiled.singular_query() else values
        return [] if self._compiled.singular_query() and not values else _applied(self._function, subject)


@lru_cache(maxsize=20_000)
def _compile(expression: str) -> Any:
    try:
        environment = _environment()
    except ImportError:
        raise ResourceMissingError("matching by JSONPath needs a package: pip install 'accord[stub]'") from None
    import jsonpath  # noqa: PLC0415 - an extra, there as _environment has shown

    if not expression.strip():
        raise ValueError("a JSONPath is expected, seen an empty text")
    try:
        return environment.compile(expression if expression.lstrip()[0] in "$@" else f"$.{expression}")
    except (jsonpath.JSONPathError, RecursionError) as error:
        said = str(error).partition("\n")[0]
        raise ValueError(f"{expression!r} is not a JSONPath that works here: {said}") from None


@lru_cache(maxsize=1)
def _environment() -> Any:
    import jsonpath  # noqa: PLC0415 - an extra, and 60 ms that stubs without JSONPath need not pay

    class Environment(jsonpath.JSONPathEnvironment):
        """The library's own, but patterns run under a time limit."""

        def compare(self, left: object, operator: str, right: object) -> bool:
            if operator == "=~" and hasattr(right, "pattern") and isinstance(left, str):
                flags = "(?i)" if getattr(right, "flags", 0) & re.IGNORECASE else ""
                return matches_pattern(flags + right.pattern, left)
            return bool(super().compare(left, operator, right))

    environment = Environment()
    environment.function_extensions["match"] = lambda text, pattern: _safely(matches_pattern, pattern, text)
    environment.function_extensions["search"] = lambda text, pattern: _safely(find_pattern, pattern, text)
    return environment


def _safely(how: Any, pattern: object, text: object) -> bool:
    if not isinstance(pattern, str) or not isinstance(text, str):
        return False
    try:
        return bool(how(pattern, text))
    except ValueError:
        return False


def _applied(function: str, value: Any) -> list[Any]:
    if function in ("length", "size"):
        return [len(value)] if isinstance(value, (list, dict, str)) else []
    if function == "keys":
        return [list(value)] if isinstance(value, dict) else []
    if not isinstance(value, list) or not value:
        return []
    if function in ("first", "last"):
        return [value[0 if function == "first" else -1]]
    numbers = [each for each in value if isinstance(each, (int, float)) and not isinstance(each, bool)]
    if not numbers:
        return []
    results = {"min": min(numbers), "max": max(numbers), "sum": sum(numbers), "avg": sum(numbers) / len(numbers)}
    return [float(results[function])]
