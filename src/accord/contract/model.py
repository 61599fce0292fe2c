"""What a pact says, independent of the version of the file it stands in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.contract.bodies import MISSING, Body
from accord.contract.rules import NO_RULES, MatchingRules
from accord.contract.spec import SpecVersion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True, slots=True)
class ProviderState:
    """A precondition on the provider's data, with its parameters (specification V3, "Provider States")."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


def _take_plain_values(part: Any, names: tuple[str, ...]) -> None:
    """Let people write ``Request("GET", "/a", headers={"Accept": "text/csv"}, body={"id": 1})``."""
    if not isinstance(part.body, Body):
        object.__setattr__(part, "body", Body.of(part.body))
    for name in names:
        values = getattr(part, name)
        if any(isinstance(value, str) for value in values.values()):
            plain = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in values.items()}
            object.__setattr__(part, name, plain)


@dataclass(frozen=True, slots=True)
class Request:
    """A request, expected or received.

    Attributes:
        method: HTTP method.
        path: the path, percent-encoded where it was sent so.
        query: parameter to its values in order.
        headers: name to its values; names keep their case, and are compared without it.
        body: the body.
        rules: matching rules of an expected request.
        generators: generators, as they stand in the file.
        query_text: the query as one text where it stood so; V1 compares it letter by letter.
        extra: unknown keys, kept for a round trip.
    """

    method: str = "GET"
    path: str = "/"
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    body: Body = MISSING
    rules: MatchingRules = NO_RULES
    generators: Mapping[str, Any] = field(default_factory=dict)
    query_text: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _take_plain_values(self, ("query", "headers"))


@dataclass(frozen=True, slots=True)
class Response:
    """A response, expected or received: attributes as in Request; no status where a contract leaves it open."""

    status: int | None = 200
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    body: Body = MISSING
    rules: MatchingRules = NO_RULES
    generators: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _take_plain_values(self, ("headers",))


@dataclass(frozen=True, slots=True)
class MessageContents:
    """What a message carries: its content and its metadata, whatever the transport."""

    body: Body = MISSING
    metadata: Mapping[str, Any] = field(default_factory=dict)
    rules: MatchingRules = NO_RULES
    generators: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _take_plain_values(self, ())


def has_generators(part: Request | Response | MessageContents) -> bool:
    """Whether anything in a part is to be generated; a variant of an ``arrayContains`` brings its own."""
    return bool(part.generators) or any(
        variant.get("generators")
        for _, rule_list in part.rules.category("body")
        for rule in rule_list.rules
        if rule.match == "arrayContains"
        for variant in rule.get("variants") or ()
    )


@dataclass(frozen=True, slots=True)
class Interaction:
    """What all kinds of interaction have in common.

    Attributes:
        description: unique among the interactions with the same provider states.
        states: provider states, in order.
        key: an identity that survives a changed description (V4), or None.
        pending: reported but not failing (V4).
        comments: free text and test names (V4).
        extra: unknown keys, kept for a round trip.
    """

    description: str
    states: tuple[ProviderState, ...] = ()
    key: str | None = None
    pending: bool = False
    comments: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The description with its provider states, as reports show it."""
        if not self.states:
            return self.description
        return f"{self.description} (given {', '.join(state.name for state in self.states)})"


@dataclass(frozen=True, slots=True)
class HttpInteraction(Interaction):
    """A request and the response to it."""

    request: Request = field(default_factory=Request)
    response: Response = field(default_factory=Response)

    def responses(self) -> SearchStrategy[Response]:
        """A Hypothesis strategy of every response that the contract permits (extra ``hypothesis``)."""
        from accord.contract.generative import responses  # noqa: PLC0415 - an extra

        return responses(self.response)


@dataclass(frozen=True, slots=True)
class AsyncMessage(Interaction):
    """A message that is sent without an answer, such as an event."""

    contents: MessageContents = field(default_factory=MessageContents)

    def messages(self) -> SearchStrategy[MessageContents]:
        """A Hypothesis strategy of every content that the contract permits (extra ``hypothesis``)."""
        from accord.contract.generative import messages  # noqa: PLC0415 - an extra

        return messages(self.contents)


@dataclass(frozen=True, slots=True)
class SyncMessage(Interaction):
    """A message and the answers to it (V4)."""

    request: MessageContents = field(default_factory=MessageContents)
    responses: tuple[MessageContents, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """A pact between two participants.

    Attributes:
        consumer: the participant that calls or listens.
        provider: the participant that answers or sends.
        interactions: in the order of the file.
        version: the specification version of the file it was read from or is to be written as.
        metadata: all metadata of the file but the specification version.
        source: where it was read from, or None.
        pending: what its source says of it: failures are reported but do not count. Not part of the file.
        wip: its source calls it work in progress: as pending, and named so. Not part of the file.
        extra: unknown keys, kept for a round trip.
    """

    consumer: str
    provider: str
    interactions: tuple[Interaction, ...] = ()
    version: SpecVersion = SpecVersion.V4
    metadata: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None
    pending: bool = False
    wip: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: str | Path) -> Contract:
        """Read a pact file of any version from V1 to V4.

        Raises:
            DocumentError: the file cannot be opened or is not JSON.
            ContractFormatError: it is JSON, but not a pact; names the interaction and the path in the file.
        """
        from accord.contract.reading import read_contract  # noqa: PLC0415 - reading builds on this module

        return read_contract(path)

    def write(self, path: str | Path) -> None:
        """Write a pact file in ``version``'s form, all or nothing.

        What only V4 knows and other tools would pass over (key, pending, comments) is kept with a warning.

        Raises:
            UsageError: the contract holds what that version cannot express, or what would mean something else in it.
        """
        from accord.contract.writing import write_contract  # noqa: PLC0415 - writing builds on this module

        write_contract(self, path)
