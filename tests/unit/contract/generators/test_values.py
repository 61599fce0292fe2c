"""Every generator: its defaults, what it gives for texts and numbers, and that the value fits the rule it belongs to."""

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.contract.generators.patterns import text_matching
from accord.contract.generators.values import UNCHANGED, GeneratorContext, Mode, generate
from accord.contract.matching.values import check_json
from accord.contract.patterns import PatternError, matches_pattern
from accord.contract.rules import Rule
from accord.core.errors import ContractFormatError

NOW = datetime(2025, 1, 15, 10, 30, tzinfo=UTC)


def context(seed: int = 1, **state_values: Any) -> GeneratorContext:
    return GeneratorContext(NOW, Random(seed), state_values, mock_url="http://127.0.0.1:8080")


def value(generator: dict[str, Any], example: Any = "", mode: Mode = "consumer", **state_values: Any) -> Any:
    return generate(generator, example, mode, context(**state_values))


INTEGER, DECIMAL, UUID = (
    Rule("integer"),
    Rule("decimal"),
    Rule("regex", {"regex": "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"}),
)


@pytest.mark.parametrize(
    ("generator", "example", "rule"),
    [
        ({"type": "RandomInt"}, 1, INTEGER),
        ({"type": "RandomInt", "min": -5, "max": -5}, 1, Rule("equality")),
        ({"type": "RandomDecimal"}, 1.5, DECIMAL),
        ({"type": "RandomDecimal", "digits": 1}, 1.5, DECIMAL),
        ({"type": "RandomDecimal", "digits": 30}, "1.5", Rule("regex", {"regex": r"\d+\.\d+"})),
        ({"type": "RandomHexadecimal", "digits": 20}, "", Rule("regex", {"regex": "[0-9A-F]{20}"})),
        ({"type": "RandomString", "size": 7}, "", Rule("regex", {"regex": "[0-9a-zA-Z]{7}"})),
        ({"type": "Regex", "regex": r"\d{3}-[a-c]+"}, "", Rule("regex", {"regex": r"\d{3}-[a-c]+"})),
        ({"type": "Uuid"}, "", UUID),
        ({"type": "Uuid", "format": "simple"}, "", Rule("regex", {"regex": "[0-9a-f]{32}"})),
        ({"type": "Uuid", "format": "upper-case-hyphenated"}, "", Rule("regex", {"regex": "[0-9A-F-]{36}"})),
        ({"type": "Uuid", "format": "URN"}, "", Rule("regex", {"regex": "urn:uuid:[0-9a-f-]{36}"})),
        ({"type": "Date"}, "", Rule("date", {"format": "yyyy-MM-dd"})),
        ({"type": "Time"}, "", Rule("time", {"format": "HH:mm:ss"})),
        ({"type": "DateTime"}, "", Rule("datetime", {"format": "yyyy-MM-dd'T'HH:mm:ss.SSSZ"})),
        (
            {"type": "DateTime", "format": "d MMM yyyy HH:mm", "expression": "+ 1 day @ noon"},
            "",
            Rule("datetime", {"format": "d MMM yyyy HH:mm"}),
        ),
        ({"type": "RandomBoolean"}, True, Rule("boolean")),
        ({"type": "RandomBoolean"}, "true", Rule("boolean")),
    ],
)
@given(seed=st.integers(0, 10_000))
def test_a_generated_value_fits_its_rule(generator: dict[str, Any], example: Any, rule: Rule, seed: int) -> None:
    made = generate(generator, example, "consumer", context(seed))
    expected = -5 if rule.match == "equality" else example
    assert check_json(rule, expected, made, cascaded=False) is None
    assert made == generate(generator, example, "consumer", context(seed)), "the same seed gives the same value"


def test_a_number_stays_a_text_where_the_example_is_one() -> None:
    assert value({"type": "RandomInt", "min": 5, "max": 5}, "1") == "5"
    assert value({"type": "RandomInt", "min": "5", "max": 5.0}, 1) == 5


def test_a_date_is_relative_to_the_clock_that_is_given() -> None:
    assert value({"type": "Date", "expression": "+ 1 week"}) == "2025-01-22"


@pytest.mark.parametrize(
    ("generator", "expected"),
    [
        ({"expression": "${id}"}, 7),
        ({"expression": "id"}, 7),
        ({"expression": "/orders/${id}/${name}"}, "/orders/7/Bob"),
        ({"expression": "${id}", "dataType": "STRING"}, "7"),
        ({"expression": "${text}", "dataType": "INTEGER"}, 12),
        ({"expression": "${id}", "dataType": "DECIMAL"}, 7.0),
        ({"expression": "${text}", "dataType": "RAW"}, "12"),
        ({"expression": "${yes}", "dataType": "BOOLEAN"}, True),
        ({"expression": "${missing}"}, UNCHANGED),
    ],
)
def test_a_state_value_is_filled_in_on_the_providers_side(generator: dict[str, Any], expected: Any) -> None:
    made = value({"type": "ProviderState", **generator}, "1", "provider", id=7, name="Bob", text="12", yes="true")
    assert made == expected
    assert type(made) is type(expected)


def test_a_state_value_is_none_of_the_consumers() -> None:
    assert value({"type": "ProviderState", "expression": "${id}"}, "1", "consumer", id=7) is UNCHANGED


def test_a_url_points_to_the_mock_and_only_there() -> None:
    generator = {"type": "MockServerURL", "example": "http://localhost:1/orders/5", "regex": ".*(/orders/\\d+)$"}
    assert value(generator) == "http://127.0.0.1:8080/orders/5"
    assert value(generator, mode="provider") is UNCHANGED
    assert generate(generator, "", "consumer", GeneratorContext(NOW, Random(1))) is UNCHANGED


@pytest.mark.parametrize(
    ("generator", "reason"),
    [
        ({"type": "Nonsense"}, "unknown generator type 'Nonsense'; known: RandomInt"),
        ({}, "unknown generator type None"),
        ("text", "unknown generator type None"),
        ({"type": "RandomInt", "min": 5, "max": 1}, "'max' to be a whole number from 5"),
        ({"type": "RandomInt", "min": True}, "seen True"),
        ({"type": "RandomString", "size": -1}, "from 0 to 100000, seen -1"),
        ({"type": "Uuid", "format": "odd"}, "known: simple, lower-case-hyphenated"),
        ({"type": "Date", "format": "b"}, "the letter 'b' has no meaning"),
        ({"type": "Time", "expression": "soon"}, "'soon': expected now, midnight"),
        ({"type": "Regex"}, "a text 'regex', seen None"),
        ({"type": "Regex", "regex": "("}, "no text can be made for '\\('"),
        ({"type": "ProviderState", "expression": "${id}", "dataType": "INTEGER"}, "returned 'x'"),
        ({"type": "MockServerURL", "example": "http://a/b", "regex": "b"}, "hold the path in its first group"),
    ],
)
def test_a_wrong_generator_says_what_is_wrong_with_it(generator: Any, reason: str) -> None:
    mode: Mode = "provider" if "dataType" in generator else "consumer"
    with pytest.raises(ContractFormatError, match=reason):
        value(generator, mode=mode, id="x")


@pytest.mark.parametrize(
    "pattern",
    [
        "a|bc?|d*", r"^\d{4}-\d{2}$", "[^a-z]+", "(ab){2,3}", r"(\w+)=\1", "(?:x|y)+?", r"[\w.]+@[\w]+\.com", ".{3}",
        r"\s\S", "(?i:abc)", "[0-9A-F]{32}", r"\bword\b", "", "(?=a)[ab]",
    ],
)  # fmt: skip
@given(seed=st.integers(0, 1000))
def test_a_text_is_made_that_the_pattern_matches(pattern: str, seed: int) -> None:
    assert matches_pattern(pattern, text_matching(pattern, Random(seed)))


def test_a_pattern_no_text_was_found_for_says_so() -> None:
    with pytest.raises(PatternError, match="no text could be made that"):
        text_matching("(?!a)a", Random(1))
    with pytest.raises(PatternError, match="more than 20000 characters"):
        text_matching("(a{200}){200}", Random(1))
