"""Pieces of a request pattern: a difference, what is asked of a multipart body's parts, what a contract asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.stub.matchers.logic import ManyMatcher
    from accord.stub.matchers.matcher import Matcher
    from accord.stub.multipart import Part
    from accord.stub.requests import StubRequest


@dataclass(frozen=True, slots=True)
class Difference:
    """One reason why a request does not fit.

    Attributes:
        field: what differs, such as ``header X-Tenant`` or ``body $.total``.
        expected: what the pattern asks for.
        seen: what the request has.
    """

    field: str
    expected: str
    seen: str

    def __str__(self) -> str:
        return f"{self.field}: expected {self.expected}, seen {self.seen}"

    def to_json(self) -> dict[str, str]:
        """As the admin API gives it."""
        return {"field": self.field, "expected": self.expected, "seen": self.seen}


@dataclass(frozen=True, slots=True)
class PartPattern:
    """What is asked of the parts of a multipart body: of one of them, or of all."""

    name: str | None
    headers: Mapping[str, ManyMatcher]
    bodies: tuple[Matcher, ...]
    every: bool

    def matches(self, request: StubRequest) -> bool:
        """Whether the parts fit."""
        if not request.parts:
            return False
        return (all if self.every else any)(self._fits(part) for part in request.parts)

    def _fits(self, part: Part) -> bool:
        from accord.stub.requests import StubRequest as Plain  # noqa: PLC0415 - a part is looked at as a request

        if self.name is not None and part.name != self.name:
            return False
        if not all(each.matches(part.headers.get(name.lower(), [])) for name, each in self.headers.items()):
            return False
        headers = [(name, value) for name, values in part.headers.items() for value in values]
        return not self.bodies or all(each.matches_body(Plain("", "", headers, part.body)) for each in self.bodies)

    def describe(self) -> str:
        """What is expected, in a line."""
        said = [f"name {self.name}"] if self.name is not None else []
        said += [f"header {name} {each.describe()}" for name, each in self.headers.items()]
        said += [f"body {each.describe()}" for each in self.bodies]
        return f"{'every part' if self.every else 'a part'} with {', '.join(said) or 'anything'}"


class ContractRequest(Protocol):
    """What a contract or document asks of a request, in its own terms."""

    def differences(self, request: StubRequest) -> list[Difference]:
        """Why a request is not allowed; empty where it is."""
