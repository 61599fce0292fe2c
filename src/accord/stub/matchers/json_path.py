"""``matchesJsonPath``: whether an expression finds something, or what it finds fits another matcher."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from accord.stub.matchers.json_equal import EqualToJson
from accord.stub.matchers.matcher import Matcher
from accord.stub.matchers.texts import Absent
from accord.stub.requests import NO_JSON, json_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accord.stub.requests import StubRequest

_MOST_STEPS = 200_000


# The language of paths is loaded when a stub has one: its package brings all of the templates' helpers.


class TooManyStepsError(Exception):
    """An expression that goes through more values than a request may cost."""


class MatchesJsonPath(Matcher):
    """See the module.

    Raises:
        ValueError: the expression is none.
    """

    operator: ClassVar[str] = "matchesJsonPath"
    __slots__ = ("_inner", "_path")

    def __init__(self, expression: str, document: dict[str, Any], inner: Matcher | None = None) -> None:
        super().__init__(expression, document)
        from accord.stub.templating.json_path import JsonPathError, compile_json_path  # noqa: PLC0415 - as above

        try:
            self._path = compile_json_path(expression)
        except JsonPathError as error:
            raise ValueError(f"{expression!r} is not a JSONPath: {error}") from None
        self._inner = inner

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        return value is not None and self._fits(json_or_none(value))

    def matches_body(self, request: StubRequest) -> bool:
        """See Matcher."""
        return self._fits(request.json)

    def _fits(self, document: Any) -> bool:
        if document is NO_JSON:
            return False
        try:
            found = self._found(document)
        except TooManyStepsError:
            return False
        if self._inner is None:
            return bool(found) if self._is_several else found is not None and found not in ([], {})
        if isinstance(self._inner, EqualToJson) and found is not None:
            return self._inner.matches(_text(found))
        if found is None or found == []:
            return isinstance(self._inner, Absent)
        if isinstance(found, list):
            return any(self._inner.matches(_text(each)) for each in found)
        return self._inner.matches(_text(found))

    def _found(self, document: Any) -> Any:
        if self._is_several:
            return self._path.values(document, _budget())
        return self._path.find(document, _budget())

    @property
    def _is_several(self) -> bool:
        return not self._path.is_definite and self._path.function is None

    def differences(self, value: str | None) -> Iterator[tuple[str, str, str]]:
        """See Matcher."""
        document = NO_JSON if value is None else json_or_none(value)
        if document is NO_JSON:
            yield "", self.describe(), "nothing" if value is None else f"no JSON: {value}"
            return
        try:
            found = self._found(document)
        except TooManyStepsError:
            found = "too much to go through"
        seen = "nothing" if found is None else json.dumps(found, ensure_ascii=False)
        yield self.expected, self._inner.describe() if self._inner else "a value", seen

    def describe(self) -> str:
        """See Matcher."""
        inner = f" {self._inner.describe()}" if self._inner else ""
        return f"{self.operator} {self.expected}{inner}"


def _budget() -> Callable[[int], None]:
    """Counts the steps that an expression takes.

    Raises:
        TooManyStepsError: when called, once they are too many.
    """
    left = _MOST_STEPS

    def spend(count: int) -> None:
        nonlocal left
        left -= count
        if left < 0:
            raise TooManyStepsError

    return spend


def _text(value: Any) -> str | None:
    """A value as an inner matcher sees it: texts as they are, the rest as JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
