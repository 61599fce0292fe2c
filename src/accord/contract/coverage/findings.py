"""What an audit found: who calls what without a contract, how often, in which tests; and what nothing exercised."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from accord.contract.coverage.observations import ObservedCall
from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.contract.bodies import Body
    from accord.contract.coverage.losses import LostNotes
    from accord.contract.coverage.observations import Observed
    from accord.contract.coverage.path_templates import PathTemplates
    from accord.contract.mismatches import Mismatch, MismatchKind
    from accord.contract.model import Interaction

Key = tuple[str, str, str]
ANSWERED = " -> "
"""Between what was asked and what was answered."""

_NAMES_OF_EVENTS = ("eventType", "event_type", "type", "event", "name")


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Why no contract covers something.

    Attributes:
        nearest: the interaction of the same operation that differs least, or None where there is none.
        mismatches: how it differs from that.
    """

    nearest: Interaction | None
    mismatches: tuple[Mismatch, ...]

    def has(self, kind: MismatchKind) -> bool:
        """Whether this is among what differs."""
        return any(each.kind == kind for each in self.mismatches)


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation that no contract covers."""

    observed: Observed
    uncovered: Uncovered


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Observations that are not covered and alike: one line of a report, one interaction to write.

    Attributes:
        consumer: who calls or reads.
        provider: who is called or publishes.
        what: such as ``GET /orders/{id} -> 404`` or ``message order.cancelled``.
        findings: all of them.
    """

    consumer: str
    provider: str
    what: str
    findings: tuple[Finding, ...]

    @property
    def tests(self) -> list[str]:
        """The tests that ran meanwhile, in the order seen."""
        return list(dict.fromkeys(each.observed.test for each in self.findings if each.observed.test))

    @property
    def uncovered(self) -> Uncovered:
        """Why, of the first of them."""
        return self.findings[0].uncovered

    @property
    def is_draftable(self) -> bool:
        """Whether there is something to expect: a message, or an answer."""
        return any(not isinstance(each.observed, ObservedCall) or each.observed.response for each in self.findings)

    @property
    def is_message(self) -> bool:
        """Whether they are messages, and not calls."""
        return not isinstance(self.findings[0].observed, ObservedCall)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What became of an audit.

    Attributes:
        calls: how many calls were compared.
        messages: how many messages, each for each of its readers.
        pairs: consumer and provider of all that was compared.
        findings: what is not covered.
        unexercised: interactions that nothing observed fits, each with its consumer and provider.
        paths: how paths were told apart.
        lost: what could not be noted, of which nothing is known.
    """

    calls: int
    messages: int
    pairs: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]
    unexercised: tuple[tuple[tuple[str, str], Interaction], ...]
    paths: PathTemplates
    lost: tuple[LostNotes, ...] = ()

    @property
    def success(self) -> bool:
        """Whether all that was to be observed was, and is covered."""
        return not self.findings and not self.lost

    def groups(self) -> list[FindingGroup]:
        """The findings, those that are alike together."""
        groups: dict[Key, list[Finding]] = {}
        for each in sorted(self.findings, key=_is_unanswered):
            observed = each.observed
            key = (observed.consumer, observed.provider, operation_of(observed, self.paths))
            if _is_unanswered(each):  # asked as one that was answered, which says more
                asked = key[2].partition(ANSWERED)[0] + ANSWERED
                key = next((known for known in groups if known[:2] == key[:2] and known[2].startswith(asked)), key)
            groups.setdefault(key, []).append(each)
        return [FindingGroup(*key, tuple(found)) for key, found in sorted(groups.items())]

    def unexercised_pairs(self) -> Iterator[tuple[str, str, Interaction]]:
        """Interactions that nothing exercised, of the pairs that were seen at all."""
        for (consumer, provider), interaction in self.unexercised:
            if (consumer, provider) in self.pairs:
                yield consumer, provider, interaction


def _is_unanswered(finding: Finding) -> bool:
    return isinstance(finding.observed, ObservedCall) and finding.observed.response is None


def operation_of(observed: Observed, paths: PathTemplates) -> str:
    """What was asked or said, without what makes it one of its own."""
    if not isinstance(observed, ObservedCall):
        return f"message {name_of_message(observed.body) or 'without a name'}"
    answer = observed.response.status if observed.response else f"no answer ({observed.failure})"
    return f"{observed.request.method} {paths.template_of(observed.request.path)}{ANSWERED}{answer}"


def name_of_message(body: Body) -> str | None:
    """The name that a message gives itself, such as its ``eventType``."""
    try:
        content = body.json()
    except DocumentError:
        return None
    names = [content.get(name) for name in _NAMES_OF_EVENTS] if isinstance(content, dict) else []
    return next((name for name in names if isinstance(name, str) and name), None)


def as_json(coverage: Coverage) -> dict[str, object]:
    """The result for programs."""
    return {
        "covered": coverage.success,
        "calls": coverage.calls,
        "messages": coverage.messages,
        "pairs": [list(pair) for pair in coverage.pairs],
        "uncovered": [_group_as_json(group) for group in coverage.groups()],
        "lost": [asdict(each) for each in coverage.lost],
        "unexercised": [
            {"consumer": consumer, "provider": provider, "interaction": interaction.title}
            for consumer, provider, interaction in coverage.unexercised_pairs()
        ],
    }


def _group_as_json(group: FindingGroup) -> dict[str, object]:
    nearest = group.uncovered.nearest
    return {
        "consumer": group.consumer,
        "provider": group.provider,
        "what": group.what,
        "times": len(group.findings),
        "tests": group.tests,
        "nearest": nearest.title if nearest else None,
        "mismatches": [each.to_json() for each in group.uncovered.mismatches],
    }


__all__ = ["Coverage", "Finding", "FindingGroup", "Uncovered", "as_json", "name_of_message", "operation_of"]
