from __future__ import annotations

from typing import Any

import pytest

from accord.contract.paths import parse_path
from accord.contract.rule_format import rule_from_json, rule_to_json, rules_from_json, rules_to_json
from accord.contract.rules import Rule
from accord.core.errors import ContractFormatError

V2 = {
    "$.path": {"match": "regex", "regex": r"/orders/\d+"},
    "$.headers.Accept": {"match": "regex", "regex": "a.*"},
    "$.query.page[0]": {"match": "type"},
    "$.body": {"match": "type", "min": 1},
    "$.body.items[*].id": {"match": "type"},
}
V3 = {
    "path": {"combine": "AND", "matchers": [{"match": "regex", "regex": r"/orders/\d+"}]},
    "header": {"Accept": {"combine": "AND", "matchers": [{"match": "regex", "regex": "a.*"}]}},
    "query": {"$.page[0]": {"combine": "AND", "matchers": [{"match": "type"}]}},
    "body": {
        "$": {"combine": "AND", "matchers": [{"match": "type", "min": 1}]},
        "$.items[*].id": {"combine": "AND", "matchers": [{"match": "type"}]},
    },
}


def test_flat_and_grouped_forms_say_the_same() -> None:
    flat, grouped = rules_from_json(V2, "$", v2=True), rules_from_json(V3, "$", v2=False)
    assert rules_to_json(flat, v2=False) == V3
    assert rules_to_json(grouped, v2=True) == V2


@pytest.mark.parametrize(("document", "flat"), [(V2, True), (V3, False)])
def test_a_form_survives_a_round_trip(document: dict[str, Any], *, flat: bool) -> None:
    assert rules_to_json(rules_from_json(document, "$", v2=flat), v2=flat) == document


def test_categories_have_other_names_in_some_files() -> None:
    rules = rules_from_json({"headers": {"A": {"matchers": [{"match": "type"}]}}, "content": {}}, "$", v2=False)
    assert set(rules.categories) == {"header", "body"}


def test_a_rule_list_may_be_alternatives() -> None:
    document = {"body": {"$.a": {"combine": "or", "matchers": [{"match": "null"}, {"match": "type"}]}}}
    (rule_list,) = rules_from_json(document, "$", v2=False).category("body").entries.values()
    assert (rule_list.combine, [rule.match for rule in rule_list.rules]) == ("OR", ["null", "type"])


@pytest.mark.parametrize("nothing", [None, {}])
def test_no_rules_are_no_rules(nothing: object) -> None:
    assert not rules_from_json(nothing, "$", v2=False)


@pytest.mark.parametrize(
    ("document", "match", "attributes"),
    [
        ({"regex": "a"}, "regex", {"regex": "a"}),
        ({"min": 2}, "type", {"min": 2}),
        ({"max": "3"}, "type", {"max": 3}),
        ({"match": "min", "min": 1}, "type", {"min": 1}),
        ({"match": "real"}, "decimal", {}),
        ({"match": "timestamp", "timestamp": "yyyy"}, "datetime", {"format": "yyyy"}),
        ({"date": "yyyy"}, "date", {"format": "yyyy"}),
        ({"match": "time"}, "time", {"format": ""}),
        ({"match": "each-value", "rules": []}, "eachValue", {"rules": []}),
        ({"match": "not-empty"}, "notEmpty", {}),
        ({"match": "type", "min": 1.0}, "type", {"min": 1}),
    ],
)
def test_old_names_and_forms_are_understood(document: dict[str, Any], match: str, attributes: dict[str, Any]) -> None:
    assert rule_from_json(document, "$") == Rule(match, attributes)


def test_a_rule_is_written_as_it_was_read() -> None:
    assert rule_to_json(rule_from_json({"match": "type", "min": 1}, "$")) == {"match": "type", "min": 1}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("type", "expected a matching rule (an object), seen 'type'"),
        ({}, "has no 'match'"),
        ({"match": 3}, "expected 'match' to be a text"),
        ({"match": "tipe"}, "unknown matching rule 'tipe'; did you mean 'type'?"),
        ({"match": "qqqqq"}, "unknown matching rule 'qqqqq'; known: equality,"),
        ({"match": "regex"}, "needs 'regex'"),
        ({"match": "regex", "regex": 3}, "expected 'regex' to be a text"),
        ({"match": "regex", "regex": "(a"}, "is not a valid regular expression"),
        ({"match": "regex", "regex": "(" * 5000}, "groups nest too deep"),
        ({"match": "regex", "regex": "((a{1000}){1000}){1000}"}, "repeats more than"),
        ({"match": "include"}, "needs 'value'"),
        ({"match": "type", "min": -1}, "expected 'min' to be a length"),
        ({"match": "type", "max": "many"}, "expected 'max' to be a length"),
        ({"match": "type", "min": True}, "expected 'min' to be a length"),
        ({"match": "type", "min": 1e999}, "expected 'min' to be a length"),
        ({"match": "date", "format": 5}, "expected 'format' to be a text"),
        ({"match": "eachKey", "rules": {}}, "expected 'rules' to be an array"),
        ({"match": "eachValue", "rules": [{"match": "x"}]}, "unknown matching rule 'x'"),
        ({"match": "arrayContains"}, "needs 'variants'"),
        ({"match": "arrayContains", "variants": {}}, "expected an array of variants"),
        ({"match": "arrayContains", "variants": [1]}, "expected a variant (an object)"),
        ({"match": "arrayContains", "variants": [{"index": "x"}]}, "expected 'index' to be 0 or more"),
        ({"match": "statusCode", "status": {}}, "expected 'status' to be a class"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_path(rule: object, message: str) -> None:
    with pytest.raises(ContractFormatError) as caught:
        rules_from_json({"body": {"$.a": {"matchers": [rule]}}}, "$.request.matchingRules", v2=False)
    assert message in str(caught.value)
    assert (caught.value.path or "").startswith("$.request.matchingRules.body['$.a'].matchers[0]")


@pytest.mark.parametrize(
    ("document", "flat", "path", "message"),
    [
        ([], False, "$", "expected an object of matching rules"),
        ("x", False, "$", "expected an object of matching rules"),
        ({"body": 1}, False, "$.body", "expected an object of rules"),
        ({"body": {"$.a[": {"matchers": []}}}, False, "$.body['$.a[']", "is never closed"),
        ({"body": {"$.a": {}}}, False, "$.body['$.a']", "an array 'matchers'"),
        ({"body": {"$.a": {"matchers": [], "combine": "XOR"}}}, False, "$.body['$.a']", "AND or OR"),
        ({"$.body[": {"match": "type"}}, True, "$['$.body[']", "is never closed"),
        ({"$[0]": {"match": "type"}}, True, "$['$[0]']", "expected a path such as $.body.name"),
    ],
)
def test_a_wrong_shape_is_refused_with_its_path(document: object, path: str, message: str, *, flat: bool) -> None:
    with pytest.raises(ContractFormatError) as caught:
        rules_from_json(document, "$", v2=flat)
    assert message in str(caught.value)
    assert caught.value.path == path


def test_a_name_that_only_looks_like_a_path_is_a_name() -> None:
    rules = rules_from_json({"header": {"$odd[": {"matchers": [{"match": "type"}]}}}, "$", v2=False)
    assert [expression.tokens for expression, _ in rules.category("header")] == [("$odd[",)]


def test_several_rules_for_the_path_do_not_break_writing() -> None:
    rules = rules_from_json({"$.path": {"match": "type"}, "$.path.x": {"match": "type"}}, "$", v2=True)
    assert rules_to_json(rules, v2=False)["path"]["matchers"] == [{"match": "type"}]
    assert parse_path("$") in rules.category("path").entries
