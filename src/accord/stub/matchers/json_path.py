"""``matchesJsonPath``: whether an expression finds something, or what it finds fits another matcher."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from accord.stub.json_paths import JsonPath
from accord.stub.matchers.matcher import Matcher
from accord.stub.requests import NO_JSON, json_or_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.stub.requests import StubRequest


class MatchesJsonPath(Matcher):
    """See the module."""

    operator: ClassVar[str] = "matchesJsonPath"
    __slots__ = ("_inner", "_path")

    def __init__(self, expression: str, document: dict[str, Any], inner: Matcher | None = None) -> None:
        super().__init__(expression, document)
        self._path = JsonPath(expression)
        self._inner = inner

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        return value is not None and self._fits(json_or_none(value))

    def matches_body(self, request: StubRequest) -> bool:
        """See Matcher."""
        return self._fits(request.json)

    def _fits(self, document: Any) -> bool:
        # A text or a number alone is no document in which a path could lead anywhere.
        if not isinstance(document, (dict, list)):
            return False
        found = self._path.find(document)
        if self._inner is None:
            return bool(found) and found not in ([None], [[]])
        if not found:
            return self._inner.matches(None)
        return any(self._fits_inner(each) for each in found)

    def _fits_inner(self, value: Any) -> bool:
        inner = self._inner
        assert inner is not None  # noqa: S101 - asked for in _fits alone
        if value is None:
            return inner.matches(None)
        return inner.matches(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))

    def differences(self, value: str | None) -> Iterator[tuple[str, str, str]]:
        """See Matcher."""
        document = NO_JSON if value is None else json_or_none(value)
        if not isinstance(document, (dict, list)):
            yield "", self.describe(), "nothing" if value is None else f"no JSON object or array: {value}"
            return
        found = self._path.find(document)
        seen = ", ".join(json.dumps(each, ensure_ascii=False) for each in found) if found else "nothing"
        yield self.expected, self._inner.describe() if self._inner else "a value", seen

    def describe(self) -> str:
        """See Matcher."""
        inner = f" {self._inner.describe()}" if self._inner else ""
        return f"{self.operator} {self.expected}{inner}"
