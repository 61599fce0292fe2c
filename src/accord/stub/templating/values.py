"""Values as a template sees them, and how Java, in which the original is written, turns them into text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLAIN_FROM, _PLAIN_TO = 1e-3, 1e7
"""Java writes a double between these without an exponent."""


class Several(list[str]):
    """Values of a header, a query parameter or a form field: its text is the first one."""

    __slots__ = ()

    def __str__(self) -> str:
        return to_text(self[0]) if self else ""


class PathSegments(list[str]):
    """A path, split; its text is the whole."""

    __slots__ = ("path",)

    def __init__(self, segments: list[str], path: str) -> None:
        super().__init__(segments)
        self.path = path

    def __str__(self) -> str:
        return self.path


class MethodName:
    """A method; equal to no text, as in WireMock, so ``eq request.method 'POST'`` is false in both."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MethodName) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


class Insensitive(dict[str, Several]):
    """Headers: found in any case, in alphabetical order, under the case that came first."""

    __slots__ = ("_by_lower",)

    def __init__(self, by_lower: dict[str, tuple[str, Several]]) -> None:
        super().__init__(by_lower[key] for key in sorted(by_lower))
        self._by_lower = by_lower

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Insensitive:
        """From names and values."""
        found: dict[str, tuple[str, Several]] = {}
        for name, value in pairs:
            found.setdefault(name.lower(), (name, Several()))[1].append(value)
        return cls(found)

    def get(self, key: str, default: Any = None) -> Any:
        """The values of a header in any case."""
        found = self._by_lower.get(key.lower())
        return found[1] if found else default


def to_text(value: Any) -> str:
    """A value as the template's output has it."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return] # asked for the line before
    if value is None:
        return ""
    if kind is int:
        return str(value)
    return _java_text(value)


def _java_text(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return double_text(value)
    kind = type(value)
    if isinstance(value, int) or has_own_text(kind):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_java_text(key)}={_java_text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_java_text, value)) + "]"
    return f"<{kind.__name__}>"


def has_own_text(kind: type) -> bool:
    """Whether a class says how its values are written; list and dict do not."""
    return any("__str__" in each.__dict__ for each in kind.__mro__[:-1])


def double_text(number: float) -> str:
    """A double as Java writes it: ``1.0``, ``1.0E-7``."""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else ("Infinity" if number > 0 else "-Infinity")
    if number == 0 or _PLAIN_FROM <= abs(number) < _PLAIN_TO:
        return format(Decimal(repr(number)), "f") if "e" in repr(number) else repr(number)
    sign, digits, exponent = Decimal(repr(number)).as_tuple()
    text = "".join(map(str, digits)).rstrip("0") or "0"
    power = len(digits) - 1 + int(exponent)
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"


def is_falsy(value: Any) -> bool:
    """Nothing, an empty text or list, false, zero: Handlebars' own list."""
    if value is None or value is False:
        return True
    if isinstance(value, str | list | tuple):
        return len(value) == 0
    return isinstance(value, int | float | Decimal) and value == 0


def is_number(value: Any) -> bool:
    """Whether a value is a number and not a boolean."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def member(value: Any, key: str) -> Any:
    """What a value has under a key of a path, or None."""
    reader = getattr(value, "template_member", None)
    if reader is not None:
        return reader(key)
    if isinstance(value, dict | Mapping):
        found = value.get(key)
        return len(value) if found is None and key == "size" else found
    if isinstance(value, list):
        if key.isdecimal():
            return value[int(key)] if len(key) < 10 and int(key) < len(value) else None  # noqa: PLR2004 - no list has more
        return _of_list(value, key)
    return len(value) if isinstance(value, str) and key == "length" else None


def _of_list(value: list[Any], key: str) -> Any:
    if key in {"size", "length"}:
        return len(value)
    if isinstance(value, Several) and value:
        return {"first": value[0], "last": value[-1]}.get(key)
    return None
