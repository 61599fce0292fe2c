"""What a case looks like: the rules that apply at each place of its example. Known disagreements are told by it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.contract.rule_format import rules_from_json
from accord.contract.rules import ActiveRules, RuleList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conformance.differential.cases import BodyCase


@dataclass(frozen=True)
class Place:
    """A place of the example with the rules that count there.

    Attributes:
        example: what stands there.
        rules: the rules that apply; none where nothing applies.
        cascaded: whether they were given for a place further up.
        tied: several expressions fit equally well.
    """

    example: Any
    rules: RuleList
    cascaded: bool
    tied: bool = False

    def has(self, *names: str) -> bool:
        """Whether one of the rules bears one of the names."""
        return any(rule.match in names for rule in self.rules.rules)


def places(case: BodyCase) -> Iterator[Place]:
    """Every place of the example, the root first."""
    yield from _places(case, case.example)


def places_seen(case: BodyCase) -> Iterator[Place]:
    """Every place of the body seen, with the rules that count there."""
    yield from _places(case, case.actual)


def _places(case: BodyCase, text: str) -> Iterator[Place]:
    rules = rules_from_json(case.rules, "$", v2=case.version.startswith("2")).category("body")
    yield from _below(json.loads(text), ActiveRules.at_root(rules))


def _below(value: Any, active: ActiveRules) -> Iterator[Place]:
    rules, cascaded = active.best() or (RuleList(()), False)
    yield Place(value, rules, cascaded, active.is_tied)
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield from _below(child, active.step(step))


def rule_names(rules: Any) -> set[str]:
    """The names of all rules in a ``matchingRules``, also of those that stand in other rules."""
    return {item["match"] for item in values_in(rules) if isinstance(item, dict) and isinstance(item.get("match"), str)}


def values_in(value: Any) -> Iterator[Any]:
    """A value and all that it holds."""
    yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from values_in(child)
