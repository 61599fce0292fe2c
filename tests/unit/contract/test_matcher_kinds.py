"""Matchers of V3 and V4: what each takes and refuses, what stands in the file, and which versions can say it."""

import doctest
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.contract import Pact, match
from accord.contract.matching.json_body import match_json
from accord.contract.rule_format import rules_from_json, rules_to_json
from accord.contract.rules import MatchingRules
from accord.contract.templates import TemplateParts, take_values
from accord.contract.writing import interaction_to_json
from accord.core.errors import UsageError


def problems(template: Any, actual: Any, *, allow_unexpected: bool = True) -> list[str]:
    """What the template says of a value, after its rules went through a file."""
    parts = TemplateParts(template)
    written = rules_to_json(MatchingRules({"body": parts.rules}), v2=False)
    rules = rules_from_json(written, "$", v2=False).category("body")
    return [str(each) for each in match_json(parts.example, actual, rules, allow_unexpected=allow_unexpected)]


def interaction(version: str = "4.0", **said: Any) -> dict[str, Any]:
    """An interaction as it stands in the file; ``request`` and ``response`` are what the steps take."""
    pact = Pact("C", "P", version=version)
    builder = pact.upon_receiving("d")
    request = {"method": "GET", "path": "/"} | said.get("request", {})
    builder.with_request(**request).will_respond_with(**({"status": 200} | said.get("response", {})))
    ((expected, _),) = pact._expected
    return interaction_to_json(expected, pact.version)


@pytest.mark.parametrize("name", ["scalars", "collections", "generated"])
def test_every_example_in_a_docstring_runs(name: str) -> None:
    module = import_module(f"accord.contract.matchers.{name}")
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize(
    ("template", "good", "bad"),
    [
        (match.semver(), "1.2.3-rc.1+build", "1.2"),
        (match.not_empty("x"), "y", ""),
        (match.not_empty([1]), [2], []),
        (match.not_empty("x"), "y", None),
        (match.hexadecimal(), "FFee", "xyz"),
        (match.ipv4(), "192.168.0.255", "256.1.1.1"),
        (match.ipv4(), "1.2.3.4", "1.2.3"),
        (match.ipv6(), "fe80::1:2", "fe80:::1"),
        (match.ipv6(), "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7"),
        (match.all_of(match.regex("[a-z ]+", "big dog"), match.includes("dog")), "a dog", "a cat"),
        (match.any_of(match.string("Bob"), match.null()), None, 5),
        (match.any_of(match.integer(1), match.boolean()), 7, "x"),
        (match.from_provider_state("${id}", 1), 99, "99"),
        (match.from_provider_state("${id}", match.regex(r"\d+", "1")), "99", "x"),
        (match.url("/orders/5", r"/orders/\d+"), "https://shop.example/api/orders/77", "https://shop.example/orders/x"),
        (match.url("/a.b"), "http://x/a.b", "http://x/aXb"),
        (match.each_key(match.regex("[A-Z]{3}", "EUR"), {"EUR": 1}), {"GBP": "any", "USD": None}, {"pound": 1}),
        (match.each_key(match.regex("[A-Z]{3}", "EUR"), {"EUR": match.integer(1)}), {"EUR": 2}, {"EUR": "2"}),
        (match.each_value(match.integer(1)), {"a": 1, "b": 2}, {"a": 1, "b": "2"}),
        (match.each_value({"n": match.integer(1)}), {"x": {"n": 7}}, {"x": {"n": 7}, "y": {"n": "7"}}),
        (match.each_value({"n": match.integer(1)}, keys=["a", "b"]), {"z": {"n": 7}}, {"z": {}}),
        (match.map_of(match.regex("[A-Z]{3}", "EUR"), match.decimal(1.5)), {"GBP": 0.9}, {"GBP": "0.9"}),
        (match.map_of(match.regex("[A-Z]{3}", "EUR"), {"rate": match.decimal(1.5)}), {"GBP": {"rate": 0.9}}, {"pound": {"rate": 0.9}}),
        (match.array_containing({"rel": "self", "href": match.string("/")}, {"rel": "next"}), [{"rel": "x"}, {"rel": "next"}, {"rel": "self", "href": "/1"}], [{"rel": "self", "href": "/1"}]),
        (match.array_containing(match.integer(1), match.string("a")), ["b", 2, None], ["b", "c"]),
        (match.each_like(match.each_value(match.integer(1))), [{"a": 1}, {"b": 2}], [{"a": 1}, {"b": "2"}]),
    ],
)  # fmt: skip
def test_a_matcher_takes_what_fits_and_nothing_else(template: Any, good: Any, bad: Any) -> None:
    assert problems({"v": template}, {"v": good}) == []
    assert problems({"v": template}, {"v": bad}) != []
    parts = TemplateParts({"v": template})
    assert problems({"v": template}, parts.example) == [], "the example must fit its own rules"


OPTIONAL = {
    "id": match.integer(1),
    "name": match.optional(match.string("Bob")),
    "address": match.optional({"city": match.string("Graz")}),
}


@pytest.mark.parametrize("allow_unexpected", [True, False])
@pytest.mark.parametrize(
    "actual", [{}, {"name": None}, {"name": "Ann"}, {"address": {"city": "Wien"}}, {"address": None, "name": "A"}]
)
def test_an_optional_value_may_be_there_null_or_absent(actual: dict[str, Any], *, allow_unexpected: bool) -> None:
    assert problems(OPTIONAL, {"id": 2, **actual}, allow_unexpected=allow_unexpected) == []


@pytest.mark.parametrize(
    ("actual", "place"),
    [
        ({"name": 5}, "$.name"),
        ({"address": {"city": 5}}, "$.address.city"),
        ({"address": {}}, "$.address.city"),
        ({"address": "x"}, "$.address"),
    ],
)
def test_an_optional_value_that_is_there_must_fit(actual: dict[str, Any], place: str) -> None:
    [problem] = problems(OPTIONAL, {"id": 2, **actual})
    assert f"body {place}: expected" in problem


def test_an_optional_value_is_not_asked_for_by_other_tools() -> None:
    parts = TemplateParts(OPTIONAL)
    assert parts.example == {"id": 1}
    written = rules_to_json(MatchingRules({"body": parts.rules}), v2=False)["body"]
    assert written["$.name"] == {"combine": "AND", "matchers": [{"match": "type", "accord:optional": "Bob"}]}


def test_optional_values_work_in_arrays_in_templates_without_matchers_and_alone() -> None:
    template = {"items": match.each_like({"id": 1, "note": match.optional("n")})}
    assert problems(template, {"items": [{"id": 1}, {"id": 1, "note": "n"}, {"id": 1, "note": None}]}) == []
    assert problems(template, {"items": [{"id": 1, "note": "other"}]}) == []
    assert problems({"a": match.optional("x")}, {"a": 5}) == [
        'body $.a: expected a string such as "x", seen an integer: 5'
    ]
    assert problems({"a": match.optional(match.equal_to("x"))}, {"a": "y"}) == ['body $.a: expected "x", seen "y"']
    assert problems({"a": match.optional(1)}, {"a": 1}, allow_unexpected=False) == []
    with pytest.raises(UsageError, match="is for the value of a key"):
        TemplateParts([match.optional(1)])


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.none() | st.integers(0, 9) | st.sampled_from(["", "1"])))
def test_of_optional_integers_only_other_types_are_wrong(actual: dict[str, Any]) -> None:
    template = {key: match.optional(match.integer(1)) for key in "abc"}
    wrong = [key for key, value in actual.items() if isinstance(value, str)]
    assert len(problems(template, actual, allow_unexpected=False)) == len(wrong)


def test_a_status_class_stands_in_the_file_and_answers_with_its_first() -> None:
    response = interaction(response={"status": match.status_code("success")})["response"]
    assert response["status"] == 200
    assert response["matchingRules"]["status"] == {
        "combine": "AND",
        "matchers": [{"match": "statusCode", "status": "success"}],
    }
    assert interaction(response={"status": match.status_code([202, 200])})["response"]["status"] == 202


def test_state_values_stand_in_the_file_wherever_they_are_said() -> None:
    value = match.from_provider_state("${id}", "7")
    request = interaction(request={
        "path": match.from_provider_state("/orders/${id}", "/orders/7"), "query": {"id": value, "ids": [value, "8"]},
        "headers": {"X-Id": value}, "body": {"id": value},
    })["request"]  # fmt: skip
    assert request["path"] == "/orders/7"
    state = {"type": "ProviderState", "expression": "${id}", "dataType": "STRING"}
    assert request["generators"] == {
        "path": {"type": "ProviderState", "expression": "/orders/${id}", "dataType": "STRING"},
        "query": {"id": state, "ids[0]": state},
        "header": {"X-Id": state},
        "body": {"$.id": state},
    }
    assert request["matchingRules"] == {"body": {"$.id": {"combine": "AND", "matchers": [{"match": "type"}]}}}


def test_a_handler_is_given_values_of_its_own_day() -> None:
    seen: list[Any] = []
    day = match.generated(match.date("2020-01-01"), "Date", format="yyyy-MM-dd")
    message = Pact("C", "P").expects_to_receive("an event").with_content({"at": day}).with_metadata({"at": day})
    contents, arguments = message._finished()
    seen += [arguments[0]["at"], arguments[1]["at"]]
    assert all(each > "2020-01-01" for each in seen)
    assert contents.contents.body.json() == {"at": "2020-01-01"}
    assert list(contents.contents.generators) == ["body", "metadata"]


def test_bytes_and_forms_are_bodies_too() -> None:
    png = b"\x89PNG\r\n\x1a\nrest"
    request = interaction(request={"method": "POST", "body": match.binary("image/png", png)})["request"]
    assert request["body"]["contentType"] == "image/png"
    assert request["body"]["encoded"] == "base64"
    assert request["matchingRules"]["body"]["$"]["matchers"] == [{"match": "contentType", "value": "image/png"}]
    form = interaction(request={
        "method": "POST", "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        "body": {"name": match.regex("[a-z]+", "bob"), "tags": ["a", "b c"]},
    })["request"]  # fmt: skip
    assert form["body"]["content"] == "name=bob&tags=a&tags=b+c"
    assert list(form["matchingRules"]["body"]) == ["$.name"]


def test_a_text_may_be_a_matcher_as_a_whole() -> None:
    response = interaction(
        response={"headers": {"Content-Type": "text/plain"}, "body": match.regex(r"\d+ items", "5 items")}
    )["response"]
    assert response["body"]["content"] == "5 items"
    assert response["matchingRules"]["body"]["$"]["matchers"][0]["match"] == "regex"


def test_an_array_of_texts_keeps_its_length_and_its_pattern() -> None:
    taken = take_values({"ids": match.each_like(match.regex(r"\d+", "1"), min=2)})
    assert taken.values == {"ids": ("1", "1")}
    [(_, rules)] = list(taken.rules)
    assert [rule.match for rule in rules.rules] == ["type", "regex"]


@pytest.mark.parametrize(
    ("version", "said", "reason"),
    [
        ("3.0", {"response": {"body": {"v": match.semver()}}}, "'semver' needs version 4.0"),
        ("3.0", {"response": {"body": {"v": match.each_value(match.integer(1))}}}, "'eachValue' needs version 4.0"),
        ("3.0", {"response": {"body": {"v": match.array_containing(1)}}}, "'arrayContains' needs version 4.0"),
        ("3.0", {"response": {"status": match.status_code("error")}}, "'statusCode' needs version 4.0"),
        ("2.0", {"response": {"body": {"v": match.integer(1)}}}, "'integer' needs version 3.0"),
        ("2.0", {"response": {"body": {"v": match.all_of(match.regex("a", "a"), match.regex(".", "a"))}}}, "several rules for one place need version 3.0"),
        ("2.0", {"request": {"path": match.from_provider_state("/${id}", "/1")}}, "generated values need version 3.0"),
    ],
)  # fmt: skip
def test_what_a_version_cannot_say_is_refused_where_it_is_said(version: str, said: dict[str, Any], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        interaction(version, **said)


@pytest.mark.parametrize(
    ("version", "template"),
    [
        ("3.0", match.each_value({"n": match.integer(1)})),
        ("3.0", match.any_of(match.integer(1), match.null())),
        ("3.0", match.from_provider_state("${id}", 1)),
        ("2.0", match.optional(match.string("x"))),
        ("2.0", match.url("/a")),
    ],
)
def test_what_an_older_version_can_say_is_taken(version: str, template: Any) -> None:
    if template.generator is not None and version == "2.0":
        with pytest.raises(UsageError, match="generated values"):
            interaction(version, response={"body": {"v": template}})
    else:
        assert interaction(version, response={"body": {"v": template}})


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: match.semver("1.2"), "expected a semantic version"),
        (lambda: match.not_empty(""), "an example that is not empty"),
        (lambda: match.status_code("fine"), "one of info, success"),
        (lambda: match.status_code([]), "a list of status codes"),
        (lambda: match.status_code("success", example=404), "is not among them"),
        (lambda: match.binary("image/png", b"GIF89a"), "seems to be image/gif"),
        (lambda: match.ipv4("1.2.3"), r"match.ipv4\('1.2.3'\): expected an address"),
        (lambda: match.each_key(match.like({}), {"a": 1}), "a matcher of single values"),
        (lambda: match.each_key(match.string("a"), {}), "at least one key"),
        (lambda: match.each_value(1, keys=[]), "at least one key"),
        (match.array_containing, "at least one item"),
        (match.any_of, "matchers of single values"),
        (lambda: match.any_of(match.like({"a": 1}), match.null()), "matchers of single values"),
        (lambda: match.all_of(match.any_of(match.string("a"), match.null()), match.string("a")), "one list of rules"),
        (lambda: match.from_provider_state("id", 1), r"in \$\{…\}"),
        (lambda: match.from_provider_state("${id}", {}), "expected a single value"),
        (lambda: match.generated(match.integer(1), "RandomFloat"), "unknown generator type 'RandomFloat'"),
        (lambda: take_values({"X": match.optional("a")}), "a matcher for JSON bodies"),
        (lambda: interaction(response={"status": match.integer(200)}), "match.status_code"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(make: Any, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        make()
