from __future__ import annotations

from typing import Any

import pytest

from accord.contract import patterns
from accord.contract.matching.json_body import match_json
from accord.contract.mismatches import ABSENT
from accord.contract.rule_format import rules_from_json
from accord.contract.rules import RuleCategory


def body_rules(rules: dict[str, Any] | None) -> RuleCategory:
    """Rules by path, written short: one rule, or several that must all hold."""
    if not rules:
        return RuleCategory()
    lists = {
        path: {"matchers": rule if isinstance(rule, list) else [rule]} if "matchers" not in rule else rule
        for path, rule in rules.items()
    }
    return rules_from_json({"body": lists}, "$", v2=False).category("body")


def places(
    expected: object, actual: object, rules: dict[str, Any] | None = None, *, allow_unexpected: bool = True
) -> list[str]:
    """Where the two differ."""
    found = match_json(expected, actual, body_rules(rules), allow_unexpected=allow_unexpected)
    return [mismatch.path for mismatch in found]


@pytest.mark.parametrize(
    ("expected", "actual", "where"),
    [
        (1, 1, []),
        (1, 1.0, ["$"]),
        (1, True, ["$"]),
        (None, None, []),
        ("a", "A", ["$"]),
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": 1}, {}, ["$.a"]),
        ({"a": 1}, [1], ["$"]),
        ([1], {"a": 1}, ["$"]),
        ({"a": 1}, None, ["$"]),
        ([1, 2], [1, 3], ["$[1]"]),
        ([1, 2], [1], ["$"]),
        ([], [1], ["$"]),
        ([1], [], ["$"]),
        ({"a": {"b c": [0]}}, {"a": {"b c": [1]}}, ["$.a['b c'][0]"]),
        ({}, {"a": 1}, []),
    ],
)
def test_without_rules_the_example_is_the_value(expected: object, actual: object, where: list[str]) -> None:
    assert places(expected, actual) == where


@pytest.mark.parametrize(
    ("expected", "actual", "where"),
    [({"a": 1}, {"a": 1, "b": 2}, ["$.b"]), ({}, {"b": 2}, ["$"]), ({"x": {}}, {"x": {"b": 2}}, ["$.x"])],
)
def test_a_request_may_hold_nothing_unexpected(expected: object, actual: object, where: list[str]) -> None:
    assert places(expected, actual, allow_unexpected=False) == where


RULES: list[tuple[dict[str, Any], object, list[object], list[object]]] = [
    ({"match": "equality"}, "a", ["a"], ["b", None, 1]),
    ({"match": "type"}, "a", ["", "b"], [1, None, True, [], {}]),
    ({"match": "type"}, 1, [0, 2.5, -3], ["1", True, None]),
    ({"match": "type"}, True, [False], [0, "true", None]),
    ({"match": "type"}, None, [None], [0, "", False]),
    ({"match": "regex", "regex": "[a-z]+"}, "a", ["abc"], ["", "abc1", "1abc", None]),
    ({"match": "regex", "regex": r"\d+"}, 1, [12, "12"], [1.5, "x"]),
    ({"match": "integer"}, 1, [0, -5, 10**30], [1.0, "1", True, None]),
    ({"match": "decimal"}, 1.5, [0.0, -2.5], [1, "1.5", True, None]),
    ({"match": "number"}, 1, [1, 1.5], ["1", True, None]),
    ({"match": "boolean"}, True, [True, False, "true", "false"], [0, 1, "yes", None]),
    ({"match": "null"}, None, [None], [0, "", False]),
    ({"match": "include", "value": "b"}, "abc", ["b", "xbx"], ["", "a", None]),
    ({"match": "include", "value": 1}, "1", ["11", 213], ["2"]),
    ({"match": "date", "format": "yyyy-MM-dd"}, "2025-01-15", ["2024-02-29"], ["2025-02-29", "x", 20250115, None]),
    ({"match": "date"}, "2025-01-15", ["2024-02-29"], ["15.01.2025"]),
    ({"match": "time", "format": "HH:mm"}, "10:30", ["23:59"], ["24:00", "10:30:00"]),
    ({"match": "datetime"}, "2025-01-15T10:30:00Z", ["2025-01-15T10:30:00+01:00"], ["2025-01-15", None]),
    ({"match": "notEmpty"}, "a", ["b", 0, False], ["", None]),
    ({"match": "semver"}, "1.0.0", ["2.3.4-rc.1+5"], ["1.0", "01.0.0", 1]),
]


@pytest.mark.parametrize(
    ("rule", "example", "actual"),
    [(rule, example, value) for rule, example, good, _ in RULES for value in good],
    ids=repr,
)
def test_a_value_that_keeps_its_rule_fits(rule: dict[str, Any], example: object, actual: object) -> None:
    assert places({"a": example}, {"a": actual}, {"$.a": rule}) == []


@pytest.mark.parametrize(
    ("rule", "example", "actual"),
    [(rule, example, value) for rule, example, _, bad in RULES for value in bad],
    ids=repr,
)
def test_a_value_that_breaks_its_rule_is_one_mismatch_at_its_path(
    rule: dict[str, Any], example: object, actual: object
) -> None:
    (mismatch,) = match_json({"a": example}, {"a": actual}, body_rules({"$.a": rule}), allow_unexpected=True)
    assert (mismatch.kind, mismatch.path, mismatch.expected, mismatch.actual) == ("body", "$.a", example, actual)
    assert mismatch.message


@pytest.mark.parametrize(
    ("rule", "actual", "where"),
    [
        ({"match": "type"}, [1, 2, 3], []),
        ({"match": "type"}, [1, "x", 3], ["$.a[1]"]),
        ({"match": "type"}, [], []),
        ({"match": "type", "min": 1}, [], ["$.a"]),
        ({"match": "type", "min": 2, "max": 3}, [1, 2], []),
        ({"match": "type", "max": 1}, [1, 2], ["$.a"]),
        ({"match": "type"}, "x", ["$.a"]),
        ({"match": "type"}, None, ["$.a"]),
        ({"match": "equality"}, [1], []),
        ({"match": "equality"}, [2], ["$.a[0]"]),
        ({"match": "integer"}, [5, 6], []),
        ({"match": "integer"}, [5, 6.5], ["$.a[1]"]),
        ({"match": "notEmpty"}, [], ["$.a"]),
        ({"match": "semver"}, ["1.0.0"], []),
        ({"match": "null"}, [1], ["$.a", "$.a[0]"]),
    ],
)
def test_a_rule_on_an_array_is_about_it_and_its_items(rule: dict[str, Any], actual: object, where: list[str]) -> None:
    assert places({"a": [1]}, {"a": actual}, {"$.a": rule}) == where


def test_bounds_count_where_they_stand_and_do_not_cascade() -> None:
    rules = {"$.a": {"match": "type", "min": 2}}
    assert places({"a": [[1]]}, {"a": [[1], [2]]}, rules) == []
    assert places({"a": [[1]]}, {"a": [[1, 2]]}, rules) == ["$.a"]


def test_each_like_gives_every_item_the_rules_of_its_fields() -> None:
    rules = {"$.a": {"match": "type", "min": 1}, "$.a[*].id": {"match": "integer"}}
    assert places({"a": [{"id": 1, "n": "x"}]}, {"a": [{"id": 2, "n": "y"}, {"id": 3, "n": "z"}]}, rules) == []
    assert places({"a": [{"id": 1, "n": "x"}]}, {"a": [{"id": 2, "n": 5}, {"id": "3"}]}, rules) == [
        "$.a[0].n",
        "$.a[1].n",
        "$.a[1].id",
    ]


def test_rules_of_one_place_must_all_hold_or_one_of_them() -> None:
    both = [{"match": "type"}, {"match": "regex", "regex": "a+"}]
    assert places("a", "aa", {"$": both}) == []
    assert places("a", 1, {"$": both}) == ["$", "$"]
    either = {"combine": "OR", "matchers": [{"match": "null"}, {"match": "integer"}]}
    assert places(1, None, {"$": either}) == []
    assert places(1, 2, {"$": either}) == []
    assert places(1, "x", {"$": either}) == ["$", "$"]


def either(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"combine": "OR", "matchers": list(rules)}


TYPE, NULL, EXACT = {"match": "type"}, {"match": "null"}, {"match": "equality"}


@pytest.mark.parametrize(
    ("expected", "actual", "rules", "where"),
    [
        ({"a": 1}, {"a": 2}, {"$": either(TYPE, NULL)}, []),
        ({"a": 1}, None, {"$": either(TYPE, NULL)}, []),
        ({"a": 1}, {"a": None}, {"$": either(TYPE, NULL)}, ["$.a"]),
        ({"a": 1}, "x", {"$": either(TYPE, NULL)}, ["$"]),
        ([1], [2, 3], {"$": either(EXACT, {"match": "type", "min": 2})}, []),
        ([1], [2], {"$": either(EXACT, {"match": "type", "min": 2})}, ["$[0]"]),
        ([1], [1, "x"], {"$": either({"match": "integer"}, {"match": "regex", "regex": "x"})}, ["$[1]"]),
        ([[1]], [[2, 3], None], {"$[*]": either({"match": "type", "min": 2}, NULL)}, ["$"]),
        ([[1]], [[2, 3], None], {"$": TYPE, "$[*]": either({"match": "type", "min": 2}, NULL)}, []),
        ({"a": {"b": 1}}, {"a": {"b": "x"}}, {"$": either(TYPE, EXACT), "$.a.b": {"match": "integer"}}, ["$.a.b"]),
    ],
)
def test_one_of_several_rules_has_to_hold_for_the_whole_of_an_array_or_object(
    expected: object, actual: object, rules: dict[str, Any], where: list[str]
) -> None:
    assert places(expected, actual, rules) == where


def test_alternatives_in_one_another_are_not_tried_for_ever() -> None:
    depth = 40
    expected: Any = 1
    actual: Any = "x"
    for _ in range(depth):
        expected, actual = [expected], [actual]
    both = either({"match": "type", "min": 1}, {"match": "type", "max": 1})
    rules = {"$" + "[*]" * level: both for level in range(depth)}
    found = match_json(expected, actual, body_rules(rules), allow_unexpected=True)
    assert "rules combined with OR were tried" in str(found[0])


def test_equality_further_down_ends_what_a_type_rule_says() -> None:
    rules = {"$": {"match": "type"}, "$.a": {"match": "equality"}}
    assert places({"a": "x", "b": "x"}, {"a": "y", "b": "y"}, rules) == ["$.a"]


def test_with_values_the_keys_do_not_count() -> None:
    rules = {"$": {"match": "values"}, "$.*": {"match": "integer"}}
    assert places({"one": 1}, {"two": 2, "three": 3}, rules) == []
    assert places({"one": 1}, {"two": "x"}, rules) == ["$.two"]


def test_each_key_and_each_value_carry_rules_of_their_own() -> None:
    key = {"match": "eachKey", "value": "a", "rules": [{"match": "regex", "regex": "[a-z]"}]}
    value = {"match": "eachValue", "rules": [{"match": "integer"}]}
    assert places({"a": 1}, {"b": 2, "c": 3}, {"$": [key, value]}) == []
    assert places({"a": 1}, {"b": "x", "CC": 3}, {"$": [key, value]}) == ["$.b", "$.CC"]


def test_an_array_contains_its_variants_in_any_order() -> None:
    rule = {"match": "arrayContains", "variants": [{"index": 0, "rules": {"$.v": {"matchers": [{"match": "type"}]}}}]}
    expected = [{"k": "a", "v": 1}]
    assert places(expected, [{"k": "x"}, {"k": "a", "v": 99}], {"$": rule}) == []
    assert places(expected, [{"k": "b", "v": 1}], {"$": rule}) == ["$"]
    assert places(expected, [], {"$": {"match": "arrayContains", "variants": [{"index": 7}]}}) == ["$"]


@pytest.mark.parametrize(
    ("actual", "hint"),
    [({"total": 100}, "'total'"), ({"totalAmt": 1}, "'totalAmt'"), ({"x": 5}, None)],
)
def test_a_renamed_field_is_suggested(actual: dict[str, Any], hint: str | None) -> None:
    (mismatch,) = match_json({"totalAmount": 100}, actual, RuleCategory(), allow_unexpected=True)
    assert mismatch.actual is ABSENT
    if hint is None:
        assert "is it now called" not in mismatch.message
    else:
        assert mismatch.message.endswith(f"seen nothing; is it now called {hint}?")


def test_a_mismatch_is_a_sentence_and_a_json_value() -> None:
    (mismatch,) = match_json({"a": 1}, {"a": None}, body_rules({"$.a": {"match": "type"}}), allow_unexpected=True)
    assert str(mismatch) == "body $.a: expected a number such as 1, seen null"
    assert mismatch.to_json() == {
        "kind": "body",
        "path": "$.a",
        "expected": 1,
        "actual": None,
        "message": "expected a number such as 1, seen null",
    }
    (gone,) = match_json({"a": 1}, {}, RuleCategory(), allow_unexpected=True)
    assert "actual" not in gone.to_json()


def test_a_pattern_that_would_run_for_ever_is_stopped_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "TIME_LIMIT", 0.02)
    rules = body_rules({"$": {"match": "regex", "regex": "(a|aa)+"}})
    (mismatch,) = match_json("x", "a" * 60 + "c", rules, allow_unexpected=True)
    assert "was still running after" in mismatch.message
    assert "without nested repetition" in mismatch.message
