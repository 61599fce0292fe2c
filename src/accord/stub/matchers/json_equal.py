"""``equalToJson``: JSON values compared field by field, with WireMock's two relaxations and its placeholders."""

from __future__ import annotations

import json
import re
from collections import deque
from typing import TYPE_CHECKING, Any, ClassVar

from accord.core.documents import json_bytes, parse_json
from accord.core.errors import DocumentError
from accord.stub.matchers.matcher import Matcher
from accord.stub.patterns import matches_pattern
from accord.stub.requests import NO_JSON, json_or_none

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accord.stub.requests import StubRequest

Difference = tuple[str, str, str]

_PLACEHOLDER = re.compile(  # any other name is a text like all others, as WireMock has it
    r"[$#]\{json-unit\.(ignore|any-value|ignore-element|any-string|any-number|any-boolean|regex)\}(.*)", re.DOTALL
)
_MISSING = "nothing"
_MOST_PAIRS = 250_000  # comparisons of items regardless of order; beyond that, arrays are compared in their order


class EqualToJson(Matcher):
    """See the module."""

    operator: ClassVar[str] = "equalToJson"
    __slots__ = ("_any_order", "_doubtful", "_extra", "_plain", "_size", "_value")

    def __init__(self, given: Any, document: dict[str, Any], *, any_order: bool, extra: bool) -> None:
        text = given if isinstance(given, str) else json_bytes(given).decode()
        super().__init__(text, document)
        try:
            self._value = parse_json(text) if isinstance(given, str) else given
        except DocumentError as error:
            raise ValueError(f"the expected JSON {error}") from None
        self._any_order = any_order
        self._extra = extra
        # Without relaxations and placeholders Python's own == decides, but where true and 1 may stand for each other.
        self._plain = not any_order and not extra and "json-unit." not in text
        self._doubtful = tuple(_doubtful(self._value, ()))
        self._size = _count(self._value)

    @property
    def value(self) -> Any:
        """The expected JSON value."""
        return self._value

    @property
    def is_plain(self) -> bool:
        """Whether it means equality and nothing else."""
        return self._plain

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        return value is not None and self._fits(json_or_none(value))

    def matches_body(self, request: StubRequest) -> bool:
        """See Matcher."""
        return self._fits(request.json)

    def _fits(self, actual: Any) -> bool:
        if actual is NO_JSON:
            return False
        if self._plain:
            return bool(self._value == actual) and all(
                _is_bool_there(actual, each) == is_bool for each, is_bool in self._doubtful
            )
        return next(self._compare(self._value, actual, "$"), None) is None

    def distance(self, value: str | None) -> float:
        """See Matcher."""
        if value is None:
            return 1.0
        actual = json_or_none(value)
        if actual is NO_JSON:
            return 1.0
        found = len(list(self._compare(self._value, actual, "$")))
        return min(1.0, found / max(1, self._size, _count(actual)))

    def differences(self, value: str | None) -> Iterator[Difference]:
        """See Matcher."""
        actual = NO_JSON if value is None else json_or_none(value)
        if actual is NO_JSON:
            yield "", self.describe(), "nothing" if value is None else f"no JSON: {value}"
        else:
            yield from self._compare(self._value, actual, "$")

    def _compare(self, expected: Any, actual: Any, path: str) -> Iterator[Difference]:
        if isinstance(expected, str):
            placeholder = _PLACEHOLDER.fullmatch(expected)
            if placeholder:
                if not _fits_placeholder(placeholder.group(1), placeholder.group(2), actual):
                    yield path, expected, _json(actual)
                return
        if isinstance(expected, dict) and isinstance(actual, dict):
            yield from self._compare_objects(expected, actual, path)
        elif isinstance(expected, list) and isinstance(actual, list):
            yield from self._compare_arrays(expected, actual, path)
        elif not same(expected, actual):
            yield path, _json(expected), _json(actual)

    def _compare_objects(self, expected: dict[str, Any], actual: dict[str, Any], path: str) -> Iterator[Difference]:
        for key, value in expected.items():
            place = f"{path}.{key}"
            if key in actual:
                yield from self._compare(value, actual[key], place)
            elif not _may_be_missing(value):
                yield place, _json(value), _MISSING
        if not self._extra:
            for key, value in actual.items():
                if key not in expected:
                    yield f"{path}.{key}", _MISSING, _json(value)

    def _compare_arrays(self, expected: list[Any], actual: list[Any], path: str) -> Iterator[Difference]:
        if len(actual) > len(expected) and not self._extra:
            for index in range(len(expected), len(actual)):
                yield f"{path}[{index}]", _MISSING, _json(actual[index])
        if self._any_order and len(expected) * len(actual) <= _MOST_PAIRS:
            yield from self._compare_any_order(expected, actual, path)
            return
        for index, value in enumerate(expected):
            if index < len(actual):
                yield from self._compare(value, actual[index], f"{path}[{index}]")
            else:
                yield f"{path}[{index}]", _json(value), _MISSING

    def _compare_any_order(self, expected: list[Any], actual: list[Any], path: str) -> Iterator[Difference]:
        paired = _paired(
            [
                [place for place, item in enumerate(actual) if next(self._compare(value, item, path), None) is None]
                for value in expected
            ]
        )
        for index, value in enumerate(expected):
            if index not in paired:
                yield f"{path}[{index}]", _json(value), "no item like it"


def _paired(choices: Sequence[Sequence[int]]) -> set[int]:
    """As many as possible, each with a choice of its own: what fits several items must leave another what it needs.

    Args:
        choices: for each, what it may be paired with.

    Returns:
        The positions of those that have a partner.
    """
    taken: dict[int, int] = {}  # who has a choice
    for one in range(len(choices)):
        came_from: dict[int, tuple[int, int | None]] = {}  # a choice: who wants it, and the one it would give up
        waiting: deque[tuple[int, int | None]] = deque([(one, None)])
        end: int | None = None
        while waiting and end is None:
            who, given_up = waiting.popleft()
            for choice in choices[who]:
                if choice in came_from:
                    continue
                came_from[choice] = who, given_up
                if choice not in taken:
                    end = choice
                    break
                waiting.append((taken[choice], choice))
        while end is not None:
            who, given_up = came_from[end]
            taken[end], end = who, given_up
    return set(taken.values())


def same(expected: Any, actual: Any) -> bool:
    """Whether two JSON values are equal; 1 and 1.0 are, true and 1 are not."""
    if expected != actual:
        return False
    kind = type(expected)
    if kind is dict:
        return all(same(value, actual[key]) for key, value in expected.items())
    if kind is list:
        return all(map(same, expected, actual))
    return (kind is bool) == (type(actual) is bool)


def _doubtful(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], bool]]:
    """Where true and false stand, and numbers that Python takes for the same; each with which of both it is."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _doubtful(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _doubtful(each, (*path, index))
    elif isinstance(value, (bool, int, float)) and value in (0, 1):
        yield path, isinstance(value, bool)


def _is_bool_there(value: Any, path: tuple[Any, ...]) -> bool:
    for step in path:
        value = value[step]
    return isinstance(value, bool)


def _fits_placeholder(kind: str, rest: str, actual: Any) -> bool:
    if kind in ("ignore", "any-value", "ignore-element"):
        return True
    if kind == "any-string":
        return isinstance(actual, str)
    if kind == "any-number":
        return isinstance(actual, (int, float)) and not isinstance(actual, bool)
    if kind == "any-boolean":
        return isinstance(actual, bool)
    if kind == "regex":
        return isinstance(actual, str) and matches_pattern(rest, actual)
    return False


def _may_be_missing(value: Any) -> bool:
    return isinstance(value, str) and value in ("${json-unit.ignore-element}", "#{json-unit.ignore-element}")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_count, value.values()))
    if isinstance(value, list):
        return 1 + sum(map(_count, value))
    return 1
