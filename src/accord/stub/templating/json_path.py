"""JSONPath in the dialect of Jayway, which WireMock has: indefinite paths give lists, a missing last member null."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from accord.stub.templating.json_filters import read_filter
from accord.stub.templating.json_path_functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Spend = Callable[[int], None]
    Place = tuple[Any, Any]
    """A container and the key in it."""

MAX_LENGTH = 2000
_NAME = re.compile(r"[^\s.\[\]()'\"*?@,:$]+")
_QUOTED = re.compile(r"\s*(?:'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\")\s*")
_INDEXES = re.compile(r"\s*(-?\d{1,9})\s*(?:,\s*-?\d{1,9}\s*)*$")
_SLICE = re.compile(r"\s*(-?\d{1,9})?\s*:\s*(-?\d{1,9})?\s*$")
_FUNCTION = re.compile(r"\.([a-z]+)\(([^()]*)\)$")


class JsonPathError(ValueError):
    """An expression that is no JSONPath."""


class MissingError(LookupError):
    """A path leads nowhere."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path.

    Attributes:
        kind: names, indexes, slice, any, filter.
        what: names, indexes, bounds or the filter's test.
        is_deep: preceded by ``..``: taken from every value below, too.
    """

    kind: str
    what: Any
    is_deep: bool = False

    @property
    def is_definite(self) -> bool:
        """Whether it leads to one value at most."""
        return not self.is_deep and self.kind in {"names", "indexes"} and len(self.what) == 1


class JsonPath:
    """A compiled path.

    Attributes:
        is_root: it is ``$`` alone.
        function: the function at its end, or None.
    """

    __slots__ = ("_function_argument", "_is_definite", "_steps", "function", "is_root")

    def __init__(self, expression: str) -> None:
        text = expression.strip()
        if not text or len(text) > MAX_LENGTH:
            raise JsonPathError("an empty or very long expression")
        if text[0] not in "$@":
            text = f"$.{text}" if text[0] != "[" else f"${text}"
        match = _FUNCTION.search(text)
        self.function = match.group(1) if match else None
        self._function_argument = match.group(2) if match else ""
        if self.function is not None and self.function not in FUNCTIONS:
            raise JsonPathError(f"there is no function {self.function!r}")
        self._steps = tuple(_steps(text[1 : match.start()] if match else text[1:]))
        self._is_definite = all(step.is_definite for step in self._steps)
        self.is_root = not self._steps and self.function is None

    def find(self, document: Any, spend: Spend = lambda _count: None) -> Any:
        """What the path finds: a value, a list where it may lead to several, None where it leads nowhere."""
        try:
            found = self._read(document, spend)
            return FUNCTIONS[self.function](found, self._function_argument) if self.function else found
        except MissingError:
            return None

    @property
    def is_definite(self) -> bool:
        """Whether it leads to one value at most."""
        return self._is_definite

    def values(self, document: Any, spend: Spend = lambda _count: None) -> list[Any]:
        """The values that are there, nulls too."""
        places = self._places(document, document, spend)
        return [_value(place, document) for place in places if _is_there(place) or place[1] is None]

    def leads_to_null(self, document: Any) -> bool:
        """Whether it leads to a null that is there."""
        return self._is_definite and any(
            _is_there(place) for place in self._places(document, document, lambda _count: None)
        )

    def _read(self, document: Any, spend: Spend) -> Any:
        if self._is_definite:
            return self._one(document)
        if all(step.is_definite for step in self._steps[:-1]) and self._is_object_of_names():
            holder = self._one(document, self._steps[:-1])
            return {name: holder.get(name) for name in self._steps[-1].what} if isinstance(holder, dict) else None
        return [_value(place, document) for place in self._places(document, document, spend)]

    def _is_object_of_names(self) -> bool:
        return self._steps[-1].kind == "names" and not self._steps[-1].is_deep

    def _one(self, document: Any, steps: tuple[Step, ...] | None = None) -> Any:
        value = document
        steps = self._steps if steps is None else steps
        for number, step in enumerate(steps):
            key = step.what[0]
            if isinstance(value, dict) and step.kind == "names":
                if key not in value and number + 1 < len(steps):
                    raise MissingError
                value = value.get(key)
            elif isinstance(value, list) and step.kind == "indexes" and -len(value) <= key < len(value):
                value = value[key]
            else:
                raise MissingError
        return value

    def _places(self, value: Any, root: Any, spend: Spend, number: int = 0) -> Iterator[Place]:
        step = self._steps[number]
        is_last = number + 1 == len(self._steps)
        for holder in _below(value, spend) if step.is_deep else (value,):
            spend(1)
            for key in _keys(step, holder, root, is_last=is_last):
                if is_last:
                    yield holder, key
                else:
                    inner = _value((holder, key), root)
                    if isinstance(inner, dict | list):
                        yield from self._places(inner, root, spend, number + 1)

    def remove(self, document: Any, spend: Spend) -> bool:
        """Remove what it finds; whether the path leads anywhere."""
        places = [place for place in self._places(document, document, spend) if _is_there(place)]
        for holder, key in sorted(
            places, key=lambda place: place[1] if isinstance(place[0], list) else 0, reverse=True
        ):
            del holder[key]
        return bool(places) or not self._is_definite


@lru_cache(maxsize=2048)
def compile_json_path(expression: str) -> JsonPath:
    """Compile an expression.

    Raises:
        JsonPathError: it is none.
    """
    try:
        return JsonPath(expression)
    except RecursionError:
        raise JsonPathError("filters nest too deep") from None


def _below(value: Any, spend: Spend) -> Iterator[Any]:
    """A value and all in it, the outer ones first."""
    stack = [value]
    while stack:
        each = stack.pop()
        spend(1)
        yield each
        children: Iterable[Any] = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        stack.extend([child for child in children if isinstance(child, dict | list)][::-1])


def _keys(step: Step, holder: Any, root: Any, *, is_last: bool) -> Iterator[Any]:
    if isinstance(holder, dict):
        if step.kind == "names":
            yield from (name for name in step.what if is_last or name in holder)
        elif step.kind == "any":
            yield from list(holder)
        elif step.kind == "filter" and step.what(holder, root):
            yield None
    elif isinstance(holder, list):
        size = len(holder)
        if step.kind == "indexes":
            yield from (index for index in step.what if -size <= index < size)
        elif step.kind == "slice":
            yield from range(*slice(*step.what).indices(size))
        elif step.kind == "any":
            yield from range(size)
        elif step.kind == "filter":
            yield from (index for index, item in enumerate(holder) if step.what(item, root))


def _value(place: Place, root: Any) -> Any:  # noqa: ARG001 - the same for every place
    holder, key = place
    if key is None:
        return holder
    return holder.get(key) if isinstance(holder, dict) else holder[key]


def _is_there(place: Place) -> bool:
    holder, key = place
    return key is not None and (isinstance(holder, list) or key in holder)


def _steps(text: str) -> Iterator[Step]:
    position = 0
    while position < len(text):
        is_deep = text.startswith("..", position)
        if is_deep or text[position] == ".":
            position += 2 if is_deep else 1
            if text.startswith("[", position):
                step, position = _bracket(text, position, is_deep=is_deep)
            elif text.startswith("*", position):
                step, position = Step("any", None, is_deep), position + 1
            else:
                match = _NAME.match(text, position)
                if not match:
                    raise JsonPathError(f"a name is missing at {position}")
                step, position = Step("names", (match.group(),), is_deep), match.end()
        elif text[position] == "[":
            step, position = _bracket(text, position, is_deep=False)
        else:
            raise JsonPathError(f"{text[position]!r} is not expected at {position}")
        yield step


def _bracket(text: str, position: int, *, is_deep: bool) -> tuple[Step, int]:
    inside_from = position + 1
    if text[inside_from:].lstrip().startswith("?"):
        test, end = read_filter(text, text.index("?", inside_from) + 1, _own_path)
        return Step("filter", test, is_deep), _closed(text, end)
    names: list[str] = []
    while match := _QUOTED.match(text, inside_from):
        quoted = match.group(1) if match.group(1) is not None else match.group(2)
        names.append(re.sub(r"\\(.)", r"\1", quoted))
        inside_from = match.end()
        if not text.startswith(",", inside_from):
            return Step("names", tuple(names), is_deep), _closed(text, inside_from)
        inside_from += 1
    closing = text.find("]", inside_from)
    inside = text[inside_from:closing] if closing >= 0 and not names else ""
    if inside.strip() == "*":
        return Step("any", None, is_deep), closing + 1
    if _INDEXES.match(inside):
        return Step("indexes", tuple(int(each) for each in inside.split(",")), is_deep), closing + 1
    if match := _SLICE.match(inside):
        bounds = tuple(int(each) if each else None for each in match.groups())
        return Step("slice", bounds, is_deep), closing + 1
    raise JsonPathError(f"{text[position : position + 20]!r} is no index, name, slice or filter")


def _closed(text: str, position: int) -> int:
    rest = text[position:].lstrip()
    if not rest.startswith("]"):
        raise JsonPathError(f"']' is missing at {position}")
    return len(text) - len(rest) + 1


def _own_path(expression: str) -> JsonPath:
    """A path inside a filter."""
    return compile_json_path(expression)
