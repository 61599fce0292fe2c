"""Matchers of plain text: equal, containing, by regular expression; and of bytes."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, ClassVar

from accord.stub.matchers.matcher import Matcher, edit_distance
from accord.stub.patterns import matches_pattern, prepare

if TYPE_CHECKING:
    from accord.stub.requests import StubRequest


class EqualTo(Matcher):
    """``equalTo``, with ``caseInsensitive``."""

    operator: ClassVar[str] = "equalTo"
    __slots__ = ("fold",)

    def __init__(self, expected: str, document: dict[str, Any], *, fold: bool = False) -> None:
        super().__init__(expected, document)
        self.fold = fold

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        if value is None:
            return False
        return value == self.expected or (self.fold and value.casefold() == self.expected.casefold())

    def distance(self, value: str | None) -> float:
        """See Matcher."""
        return 1.0 if value is None else 0.0 if self.matches(value) else edit_distance(self.expected, value)


class Contains(Matcher):
    """``contains``."""

    operator: ClassVar[str] = "contains"
    __slots__ = ()

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        return value is not None and self.expected in value


class DoesNotContain(Matcher):
    """``doesNotContain``; a value that is not there does not contain it either."""

    operator: ClassVar[str] = "doesNotContain"
    __slots__ = ()

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        return value is None or self.expected not in value


class Matches(Matcher):
    """``matches``: the whole text against a regular expression."""

    operator: ClassVar[str] = "matches"
    __slots__ = ()

    def __init__(self, expected: str, document: dict[str, Any]) -> None:
        super().__init__(expected, document)
        prepare(expected)

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        return value is not None and matches_pattern(self.expected, value)


class DoesNotMatch(Matches):
    """``doesNotMatch``."""

    operator: ClassVar[str] = "doesNotMatch"
    __slots__ = ()

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        return value is None or not matches_pattern(self.expected, value)


class Absent(Matcher):
    """``absent``."""

    operator: ClassVar[str] = "absent"
    __slots__ = ()

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        return value is None

    def matches_body(self, request: StubRequest) -> bool:
        """See Matcher."""
        return not request.body

    def describe(self) -> str:
        """See Matcher."""
        return "absent"


class Anything(Matcher):
    """``anything``."""

    operator: ClassVar[str] = "anything"
    __slots__ = ()

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        del value
        return True


class BinaryEqualTo(Matcher):
    """``binaryEqualTo``: the body's bytes; for bodies only."""

    operator: ClassVar[str] = "binaryEqualTo"
    __slots__ = ("_bytes",)

    def __init__(self, expected: str, document: dict[str, Any]) -> None:
        super().__init__(expected, document)
        self._bytes = bytes_of_base64(expected)

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        return value is not None and value.encode("utf-8", "surrogateescape") == self._bytes

    def matches_body(self, request: StubRequest) -> bool:
        """See Matcher."""
        return request.body == self._bytes


def bytes_of_base64(text: str) -> bytes:
    """The bytes of a text in base 64.

    Raises:
        ValueError: it is none.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"{text[:40]!r} is not base 64: {error}") from None


__all__ = ["Absent", "Anything", "BinaryEqualTo", "Contains", "DoesNotContain", "DoesNotMatch", "EqualTo", "Matches"]
