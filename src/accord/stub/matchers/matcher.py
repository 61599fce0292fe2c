"""What every value matcher is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.stub.requests import StubRequest


class Matcher:
    """Compares one text with what is expected; None stands for a value that is not there.

    Attributes:
        operator: WireMock's name for it.
        expected: what is expected, for reports.
        document: the JSON that it was read from, in its normal form.
    """

    operator: ClassVar[str] = ""
    __slots__ = ("document", "expected")

    def __init__(self, expected: str, document: dict[str, Any]) -> None:
        self.expected = expected
        self.document = document

    def matches(self, value: str | None) -> bool:
        """Whether a text fits."""
        raise NotImplementedError

    def matches_body(self, request: StubRequest) -> bool:
        """Whether a request's body fits; what needs more than its text says so itself."""
        return self.matches(request.text if request.raw_body else None)  # an empty body is none, as WireMock has it

    def distance(self, value: str | None) -> float:
        """How far a text is from fitting, between 0 and 1."""
        return 0.0 if self.matches(value) else 1.0

    def body_distance(self, request: StubRequest) -> float:
        """How far a request's body is from fitting."""
        return 0.0 if self.matches_body(request) else self.distance(request.text)

    def differences(self, value: str | None) -> Iterator[tuple[str, str, str]]:
        """Place below the value, expected and seen, for each difference; a place starts with ``$``."""
        yield "", self.describe(), "nothing" if value is None else value

    def describe(self) -> str:
        """Operator and what is expected, as reports show it."""
        return f"{self.operator} {self.expected}"


def edit_distance(left: str, right: str) -> float:
    """How many letters must change to turn one text into the other, as a share of the longer one.

    Long texts are compared by their beginnings alone: the figure only orders near misses.
    """
    left, right = left[:200], right[:200]
    if left == right:
        return 0.0
    previous = list(range(len(right) + 1))
    for row, letter in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            current.append(min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (letter != other)))
        previous = current
    return previous[-1] / max(len(left), len(right))
