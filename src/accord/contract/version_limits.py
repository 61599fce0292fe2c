"""What each version of the specification can express: the first that knows a rule, a generator, a kind of message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accord.contract.rules import MatchingRules
    from accord.contract.spec import SpecVersion

V2, V3, V4 = 2, 3, 4

_RULES_SINCE = {
    **dict.fromkeys(("type", "regex"), V2),
    **dict.fromkeys(
        (
            "equality", "include", "integer", "decimal", "number", "boolean", "null", "date", "time", "datetime",
            "values", "contentType",
        ),
        V3,
    ),
    **dict.fromkeys(("eachKey", "eachValue", "arrayContains", "statusCode", "notEmpty", "semver"), V4),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Excess:
    """Something that a version cannot express.

    Attributes:
        part: ``body``, ``header`` …
        path: where in that part.
        what: a phrase that ends in "needs" or "need".
        needed: the first version that can.
        instead: what says nearly the same in the version, or nothing.
    """

    part: str
    path: str
    what: str
    needed: int
    instead: str = ""


def excesses(rules: MatchingRules, generators: Mapping[str, Any], version: SpecVersion) -> Iterator[Excess]:
    """What of rules and generators a version cannot express."""
    if version.major < V4:
        yield from _rules(rules, version)
        yield from _generators(generators, version)


def refuse_for_pact(rules: MatchingRules, generators: Mapping[str, Any], version: SpecVersion) -> None:
    """Refuse them where a pact is being said.

    Raises:
        UsageError: the first that the version of the pact cannot express.
    """
    for excess in excesses(rules, generators, version):
        raise too_new(f"at {excess.path}: {excess.what}", excess.needed, version, excess.instead)


def too_new(what: str, needed: int, version: SpecVersion, instead: str = "") -> UsageError:
    """The error about something that a pact of a version cannot say."""
    return UsageError(
        f"{what} version {needed}.0, this pact is version {version.value}; use Pact(…, version='{needed}.0'){instead}"
    )


def _rules(rules: MatchingRules, version: SpecVersion) -> Iterator[Excess]:
    for part, category in rules.categories.items():
        for expression, rule_list in category:
            if version.major < V3 and len(rule_list.rules) > 1:
                yield Excess(part, expression.text, "several rules for one place need", V3)
            for rule in rule_list.rules:
                needed = V4 if part == "status" else _RULES_SINCE.get(rule.match, V2)
                if version.major < needed:
                    # V2 has no more than these; V1 has none
                    instead = ", match.like(…) or match.regex(…)" if version.major == V2 else ""
                    yield Excess(part, expression.text, f"the rule {rule.match!r} needs", needed, instead)


def _generators(generators: Mapping[str, Any], version: SpecVersion) -> Iterator[Excess]:
    for part, placed in generators.items():
        if version.major < V3:
            yield Excess(part, part, "generated values need", V3)
        elif isinstance(placed, dict):
            entries = {"$": placed} if "type" in placed else placed
            for path, generator in entries.items():
                if isinstance(generator, dict) and generator.get("type") == "Uuid" and "format" in generator:
                    yield Excess(part, path, "a generated UUID in a format of its own needs", V4)
