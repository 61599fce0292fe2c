"""Values under a name, as in headers, queries and metadata, and the rules given for that name or one of its indexes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accord.contract.matching.values import check_all, check_length, check_text
from accord.contract.mismatches import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.contract.rules import Rule, RuleCategory, RuleList


@dataclass(frozen=True, slots=True)
class NameRules:
    """The rules for one name: for all its values, and for the value at an index."""

    whole: RuleList | None = None
    by_index: Mapping[int, RuleList] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.whole is not None or bool(self.by_index)


NO_NAME_RULES = NameRules()


def rules_for_name(name: str, rules: RuleCategory, *, fold_case: bool = False) -> NameRules:
    """Find the rules whose expression starts with a name; header names are compared without case."""
    if not rules:
        return NO_NAME_RULES
    whole, by_index = None, {}
    for expression, rule_list in rules:
        first = str(expression.tokens[0]) if expression.tokens else ""
        if first != name and not (fold_case and first.lower() == name.lower()):
            continue
        if len(expression.tokens) == 1:
            whole = rule_list
        elif isinstance(expression.tokens[1], int):
            by_index[expression.tokens[1]] = rule_list
        else:  # a wildcard: every index
            whole = rule_list
    return NameRules(whole, by_index)


def compare_values(expected: tuple[str, ...], actual: tuple[str, ...], rules: NameRules) -> list[str]:
    """Compare all values of one name, in order.

    Returns:
        What is wrong, a sentence each.
    """
    if not rules:
        if expected == actual:
            return []
        return [f"expected {shown(one_or_all(expected))}, seen {shown(one_or_all(actual))}"]
    messages = []
    if rules.whole is not None:
        messages += check_all(rules.whole, lambda rule: _check_count(rule, expected, actual))
    elif len(expected) != len(actual):
        messages.append(_wrong_count(expected, actual))
    for index, value in enumerate(actual):
        example = expected[index] if index < len(expected) else next(iter(expected), "")
        messages += _compare_one(example, value, rules.by_index.get(index, rules.whole))
    return messages


def _check_count(rule: Rule, expected: tuple[str, ...], actual: tuple[str, ...]) -> str | None:
    """A rule stands for any number of values, but for its own bounds, and equality for as many as expected."""
    if rule.match == "type":
        return check_length(rule, len(actual))
    return _wrong_count(expected, actual) if rule.match == "equality" and len(expected) != len(actual) else None


def _wrong_count(expected: tuple[str, ...], actual: tuple[str, ...]) -> str:
    return f"expected {len(expected)} values, seen {shown(list(actual))}"


def _compare_one(expected: str, actual: str, rules: RuleList | None) -> list[str]:
    if rules is None:
        return [] if expected == actual else [f"expected {shown(expected)}, seen {shown(actual)}"]
    return check_all(rules, lambda rule: check_text(rule, expected, actual))


def one_or_all(values: tuple[str, ...]) -> str | list[str]:
    """A single value as itself, several as a list."""
    return values[0] if len(values) == 1 else list(values)
