from __future__ import annotations

import pytest

from accord.contract.paths import parse_path
from accord.contract.rules import ActiveRules, MatchingRules, Rule, RuleCategory, RuleList


def active(*expressions: str) -> ActiveRules:
    """Rules that are called as the expressions they stand under."""
    return ActiveRules.at_root(RuleCategory({parse_path(text): RuleList((Rule(text),)) for text in expressions}))


def chosen(rules: ActiveRules, *steps: str | int) -> tuple[str, bool] | None:
    for step in steps:
        rules = rules.step(step)
    best = rules.best()
    return None if best is None else (best[0].rules[0].match, best[1])


@pytest.mark.parametrize(
    ("expressions", "steps", "expected"),
    [
        (("$.a",), ("b",), None),
        (("$.a",), ("a",), ("$.a", False)),
        (("$.a",), ("a", "b", 0), ("$.a", True)),
        (("$", "$.a"), ("a",), ("$.a", False)),
        (("$", "$.a"), ("b",), ("$", True)),
        (("$.*", "$.a"), ("a",), ("$.a", False)),
        (("$.a", "$.*"), ("a",), ("$.a", False)),
        (("$.a[*]", "$.a[1]"), ("a", 1), ("$.a[1]", False)),
        (("$.a[*]", "$.a[1]"), ("a", 0), ("$.a[*]", False)),
        (("$.a[*].b", "$.a[0]"), ("a", 0, "b"), ("$.a[*].b", False)),
        (("$.a", "$['a']"), ("a",), ("$.a", False)),
        (("$[*][1]", "$[0][*]"), (0, 1), ("$[*][1]", False)),
        (("$[0][*]", "$[*][1]"), (0, 1), ("$[0][*]", False)),
        (("$.*.*.*", "$.a"), ("a", "b", "c"), ("$.a", True)),
        (("$.a.b",), ("a",), None),
    ],
)
def test_the_rule_with_the_highest_weight_applies_and_cascades(
    expressions: tuple[str, ...], steps: tuple[str | int, ...], expected: tuple[str, bool] | None
) -> None:
    assert chosen(active(*expressions), *steps) == expected


def test_rules_that_cannot_apply_any_more_are_dropped_on_the_way() -> None:
    assert active("$.a.b")
    assert not active("$.a.b").step("c")


def test_rules_are_true_only_where_a_category_has_one() -> None:
    assert not MatchingRules({"body": RuleCategory()})
    assert MatchingRules({"body": RuleCategory({parse_path("$"): RuleList((Rule("type"),))})})
    assert not MatchingRules().category("body")
