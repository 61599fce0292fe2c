"""Matching rules as values: a rule, rules for one place, rules for one category, all rules of a request or response."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accord.contract.paths import Wildcard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accord.contract.paths import PathExpression, Token

    _Candidate = tuple[int, int, int, "RuleList"]

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
    """The rules for one place, all of which (``AND``) or one of which (``OR``) must hold (specification V3).

    Attributes:
        rules: the rules.
        combine: ``AND`` or ``OR``.
        extra: unknown keys, kept for a round trip.
    """

    rules: tuple[Rule, ...]
    combine: str = "AND"
    extra: Mapping[str, Any] = field(default_factory=dict)


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


class _Node:
    """One place in the tree of all expressions of a category: what ends here, and where it goes on."""

    __slots__ = ("any_field", "any_index", "children", "ends")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.any_field: _Node | None = None
        self.any_index: _Node | None = None
        self.ends: list[tuple[int, RuleList]] = []

    def below(self, token: Token) -> _Node:
        """The node of a token, made if it is not there."""
        if token is Wildcard.FIELD:
            self.any_field = self.any_field or _Node()
            return self.any_field
        if token is Wildcard.INDEX:
            self.any_index = self.any_index or _Node()
            return self.any_index
        return self.children.setdefault(str(token), _Node())

    def step(self, fragment: str | int) -> Iterator[tuple[_Node, int]]:
        """The nodes that a step leads to, with the weight of it: 2 exact, 1 by wildcard (specification V2).

        An index fits a field whose name is that number, as the reference does: both are just steps to it.
        """
        key = str(fragment)
        exact = self.children.get(key)
        if exact is not None:
            yield exact, 2
        if self.any_field is not None:
            yield self.any_field, 1
        if self.any_index is not None and key.isascii() and key.isdigit():
            yield self.any_index, 1


class ActiveRules:
    """The rules that are still in play at a place while a document is walked from its root.

    Each step into a field or an index keeps the nodes of the rules' tree that fit so far, so that a rule costs only
    where its path goes. A rule whose expression has ended stays: it cascades to everything below (specification V2,
    "Matching Rules", path weighting).

    Attributes:
        is_tied: whether several expressions have the weight of the best one, so that their order decides.
    """

    __slots__ = ("_best", "_depth", "_nodes", "is_tied")

    def __init__(
        self, nodes: list[tuple[_Node, int]], depth: int, best: _Candidate | None = None, *, is_tied: bool = False
    ) -> None:
        self._nodes = nodes
        self._depth = depth
        for node, score in nodes:
            for order, rules in node.ends:
                candidate = (score * (depth + 1), -(depth + 1), -order, rules)
                if best is None or candidate[0] > best[0]:
                    is_tied = False
                elif candidate[0] == best[0]:
                    is_tied = True
                if best is None or candidate[:3] > best[:3]:
                    best = candidate
        self._best = best
        self.is_tied = is_tied

    @classmethod
    def at_root(cls, category: RuleCategory) -> ActiveRules:
        """All rules of a category, before the first step."""
        root = _Node()
        for order, (expression, rules) in enumerate(category):
            node = root
            for token in expression.tokens:
                node = node.below(token)
            node.ends.append((order, rules))
        return cls([(root, 2)], 0)

    def __bool__(self) -> bool:
        return bool(self._nodes) or self._best is not None

    def step(self, fragment: str | int) -> ActiveRules:
        """The rules in play one field or index further down."""
        nodes = [(below, score * gained) for node, score in self._nodes for below, gained in node.step(fragment)]
        return ActiveRules(nodes, self._depth + 1, self._best, is_tied=self.is_tied)

    def only(self, rule: Rule) -> ActiveRules:
        """The same with one rule alone in place of those that apply here, also where they cascade to below."""
        narrowed = ActiveRules([], self._depth, self._best, is_tied=self.is_tied)
        narrowed._nodes = self._nodes
        if self._best is not None:
            narrowed._best = (*self._best[:3], RuleList((rule,)))
        return narrowed

    def fields_with(self, attribute: str) -> list[tuple[str, Rule]]:
        """The fields right below that have a rule of their own with an attribute."""
        return [
            (name, rule)
            for node, _ in self._nodes
            for name, below in node.children.items()
            for _, rules in below.ends
            for rule in rules.rules
            if attribute in rule.attributes
        ]

    def best(self) -> tuple[RuleList, bool] | None:
        """The rules that apply here and whether they cascaded from further up; None where no rule applies.

        The highest product of weights and length wins, as with the reference. Of equals that with the highest product
        of weights, which is the shorter, then the first (specification V2, "Matcher selection algorithm").
        """
        return None if self._best is None else (self._best[3], -self._best[1] != self._depth + 1)


NO_ACTIVE_RULES = ActiveRules([], 0)
