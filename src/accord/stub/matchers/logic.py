"""Matchers made of matchers: ``and``, ``or``, ``not``; and over several values ``hasExactly`` and ``includes``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from accord.stub.matchers.matcher import Matcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.stub.requests import StubRequest


class And(Matcher):
    """``and``."""

    operator: ClassVar[str] = "and"
    __slots__ = ("_inner",)

    def __init__(self, inner: Sequence[Matcher], document: dict[str, Any]) -> None:
        super().__init__(f" {self.operator} ".join(each.describe() for each in inner), document)
        self._inner = tuple(inner)

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        return all(each.matches(value) for each in self._inner)

    def matches_body(self, request: StubRequest) -> bool:
        """See Matcher."""
        return all(each.matches_body(request) for each in self._inner)

    def distance(self, value: str | None) -> float:
        """See Matcher."""
        return sum(each.distance(value) for each in self._inner) / len(self._inner)

    def describe(self) -> str:
        """See Matcher."""
        return self.expected


class Or(And):
    """``or``."""

    operator: ClassVar[str] = "or"
    __slots__ = ()

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        return any(each.matches(value) for each in self._inner)

    def matches_body(self, request: StubRequest) -> bool:
        """See Matcher."""
        return any(each.matches_body(request) for each in self._inner)

    def distance(self, value: str | None) -> float:
        """See Matcher."""
        return min(each.distance(value) for each in self._inner)


class Not(Matcher):
    """``not``."""

    operator: ClassVar[str] = "not"
    __slots__ = ("_inner",)

    def __init__(self, inner: Matcher, document: dict[str, Any]) -> None:
        super().__init__(inner.describe(), document)
        self._inner = inner

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        return not self._inner.matches(value)

    def matches_body(self, request: StubRequest) -> bool:
        """See Matcher."""
        return not self._inner.matches_body(request)


class ManyMatcher:
    """Compares all values of a name, such as a header that came twice; none where it did not come.

    Attributes:
        document: the JSON that it was read from.
    """

    __slots__ = ("document",)

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def matches(self, values: Sequence[str]) -> bool:
        """Whether the values fit."""
        raise NotImplementedError

    def distance(self, values: Sequence[str]) -> float:
        """How far the values are from fitting, between 0 and 1."""
        return 0.0 if self.matches(values) else 1.0

    def describe(self) -> str:
        """What is expected, as reports show it."""
        raise NotImplementedError


class AnyOf(ManyMatcher):
    """The usual: one value fits; where none came, a matcher is asked about nothing."""

    __slots__ = ("single",)

    def __init__(self, single: Matcher) -> None:
        super().__init__(single.document)
        self.single = single

    def matches(self, values: Sequence[str]) -> bool:
        """See ManyMatcher."""
        if not values:
            return self.single.matches(None)
        return any(map(self.single.matches, values))

    def distance(self, values: Sequence[str]) -> float:
        """See ManyMatcher."""
        return min(map(self.single.distance, values)) if values else self.single.distance(None)

    def describe(self) -> str:
        """See ManyMatcher."""
        return self.single.describe()


class Several(ManyMatcher):
    """``hasExactly`` and ``includes``: for each matcher a value, and with ``hasExactly`` no other value."""

    __slots__ = ("_exact", "_inner")

    def __init__(self, inner: Sequence[Matcher], document: dict[str, Any], *, exact: bool) -> None:
        super().__init__(document)
        self._inner = tuple(inner)
        self._exact = exact

    def matches(self, values: Sequence[str]) -> bool:
        """See ManyMatcher."""
        if self._exact and len(values) != len(self._inner):
            return False
        every = all(any(each.matches(value) for value in values) for each in self._inner)
        if not self._exact:
            return every
        return every and all(any(each.matches(value) for each in self._inner) for value in values)

    def describe(self) -> str:
        """See ManyMatcher."""
        said = ", ".join(each.describe() for each in self._inner)
        return f"{'exactly' if self._exact else 'including'} [{said}]"
