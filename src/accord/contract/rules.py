"""Matching rules as values: a rule, rules for one place, rules for one category, all rules of a request or response."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.contract.paths import weight

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accord.contract.paths import PathExpression

STATUS_CLASSES = {
    "info": range(100, 200),
    "success": range(200, 300),
    "redirect": range(300, 400),
    "clientError": range(400, 500),
    "serverError": range(500, 600),
    "nonError": range(100, 400),
    "error": range(400, 600),
}
"""What the rule ``statusCode`` calls a group of status codes (specification V4)."""

OPTIONAL = "accord:optional"
"""The attribute of a rule for a key that may be absent or null, with the example: an extension, see match.optional."""

CATEGORIES = ("method", "path", "query", "header", "body", "status", "metadata")


@dataclass(frozen=True, slots=True)
class Rule:
    """One matching rule.

    Attributes:
        match: its name in the specification: ``type``, ``regex``, ``integer`` …
        attributes: what else it carries: ``min``, ``max``, ``regex``, ``format``, ``value``, ``variants`` …
    """

    match: str
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """An attribute, or None."""
        return self.attributes.get(name)


@dataclass(frozen=True, slots=True)
class RuleList:
    """The rules for one place, all of which (``AND``) or one of which (``OR``) must hold (specification V3)."""

    rules: tuple[Rule, ...]
    combine: str = "AND"


@dataclass(frozen=True, slots=True)
class RuleCategory:
    """The rules of one category: path expression to rules. A header's or query parameter's name is the first token."""

    entries: Mapping[PathExpression, RuleList] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.entries)

    def __iter__(self) -> Iterator[tuple[PathExpression, RuleList]]:
        return iter(self.entries.items())


EMPTY_CATEGORY = RuleCategory()


@dataclass(frozen=True, slots=True)
class MatchingRules:
    """All rules of one request, response or message, by category (see CATEGORIES)."""

    categories: Mapping[str, RuleCategory] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self.categories.values())

    def category(self, name: str) -> RuleCategory:
        """The rules of a category; an empty one where there are none."""
        return self.categories.get(name, EMPTY_CATEGORY)


NO_RULES = MatchingRules()


class ActiveRules:
    """The rules that are still in play at a place while a document is walked from its root.

    Each step into a field or an index keeps the rules whose expression fits so far. A rule whose expression has
    ended stays: it cascades to everything below (specification V2, "Matching Rules", path weighting).
    """

    __slots__ = ("_alive", "_depth")

    def __init__(self, alive: list[tuple[RuleList, tuple[Any, ...], int, int]], depth: int) -> None:
        self._alive = alive
        self._depth = depth

    @classmethod
    def at_root(cls, category: RuleCategory) -> ActiveRules:
        """All rules of a category, before the first step."""
        return cls([(rules, expression.tokens, 0, 2) for expression, rules in category], 0)

    def __bool__(self) -> bool:
        return bool(self._alive)

    def step(self, fragment: str | int) -> ActiveRules:
        """The rules in play one field or index further down."""
        kept = []
        for rules, tokens, position, score in self._alive:
            if position == len(tokens):
                kept.append((rules, tokens, position, score))
            else:
                gained = weight(tokens[position], fragment)
                if gained:
                    kept.append((rules, tokens, position + 1, score * gained))
        return ActiveRules(kept, self._depth + 1)

    def best(self) -> tuple[RuleList, bool] | None:
        """The rules that apply here and whether they cascaded from further up; None where no rule applies.

        The highest product of weights and length wins; of equals the longer, then the later expression.
        """
        chosen: tuple[RuleList, bool] | None = None
        best_score = (0, 0)
        for rules, tokens, position, score in self._alive:
            if position != len(tokens):
                continue
            length = len(tokens) + 1
            rank = (score * length, length)
            if rank >= best_score:
                best_score = rank
                chosen = (rules, len(tokens) != self._depth)
        return chosen
