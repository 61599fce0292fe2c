from __future__ import annotations

from typing import Any

import pytest

from accord.contract import matchers as match
from accord.contract.rule_format import rules_to_json
from accord.contract.rules import MatchingRules
from accord.contract.templates import TemplateParts, take_values
from accord.core.errors import UsageError


def rules_of(template: object) -> dict[str, list[str]]:
    category = TemplateParts(template).rules
    return {expression.text: [rule.match for rule in rules.rules] for expression, rules in category}


def test_a_template_comes_apart_into_example_and_rules() -> None:
    template = {"id": match.integer(1), "lines": match.each_like({"sku": match.string("a")}, min=2), "t": (1, None)}
    assert TemplateParts(template).example == {"id": 1, "lines": [{"sku": "a"}, {"sku": "a"}], "t": [1, None]}
    assert rules_of(template) == {"$.id": ["integer"], "$.lines": ["type"], "$.lines[*].sku": ["type"]}


def test_the_inner_of_two_matchers_at_one_place_says_more() -> None:
    assert rules_of(match.like(match.integer(1))) == {"$": ["integer"]}


def test_odd_names_are_quoted_in_paths() -> None:
    assert rules_of({"a b": {"c.d": match.like(1)}}) == {"$['a b']['c.d']": ["type"]}


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ({"a": {1, 2}}, r"at \$\.a: expected what JSON can hold or a matcher, seen set"),
        ({"a": [object]}, r"at \$\.a\[0\]"),
        ({1: "a"}, r"at \$: expected texts as keys, seen 1"),
        (match.like({"a": b"x"}), r"at \$\.a.*seen bytes"),
    ],
)
def test_what_json_cannot_hold_is_refused_with_its_place(template: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        TemplateParts(template)


def test_headers_and_parameters_take_texts_numbers_matchers_and_lists() -> None:
    values, rules, _ = take_values({"a": 1, "b": True, "c": match.regex("x+", "xx"), "d": ["1", "2"]})
    assert values == {"a": ("1",), "b": ("true",), "c": ("xx",), "d": ("1", "2")}
    assert set(rules_to_json(MatchingRules({"query": rules}), v2=False)["query"]) == {"c"}


def test_a_rule_for_one_of_several_values_is_refused_as_other_tools_would_pass_over_it() -> None:
    with pytest.raises(UsageError, match=r"'d': its values have different matchers.*give each value the same matcher"):
        take_values({"d": ["1", match.regex("2+", "2")]})
    _, rules, _ = take_values({"d": [match.regex("2+", "2"), match.regex("2+", "22")]})
    assert set(rules_to_json(MatchingRules({"query": rules}), v2=False)["query"]) == {"d"}


def test_the_fields_of_a_form_may_have_rules_of_their_own() -> None:
    _, rules, _ = take_values({"d": ["1", match.regex("2+", "2")]}, indexed=True)
    assert set(rules_to_json(MatchingRules({"body": rules}), v2=False)["body"]) == {"$.d[1]"}


def test_a_matcher_of_a_list_gives_all_its_values() -> None:
    values, _, _ = take_values({"a": match.like(["1", "2"])})
    assert values == {"a": ("1", "2")}


def test_a_value_that_is_no_text_is_refused() -> None:
    with pytest.raises(UsageError, match="'a': expected a text, a number, a matcher"):
        take_values({"a": {"b": 1}})
