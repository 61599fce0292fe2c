"""Where the reference and we disagree, and why we stay: each with a case, the reason, and the shape of such cases.

The differential tests pass over cases of a shape named here; test_disagreements.py holds each case to what is said of
it, so that a reference that changes is noticed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.conformance.differential.cases import BodyCase
from tests.conformance.differential.shapes import places, places_seen, rule_names, values_in

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Disagreement:
    """One kind of case the two engines judge differently.

    Attributes:
        name: what it is about.
        case: the smallest example.
        we_match: whether ours finds no mismatch; the reference says the opposite.
        because: the specification's place that says so, or what else decides.
        shape: tells the cases of this kind.
        reference_wavers: the reference answers now so, now so.
    """

    name: str
    case: BodyCase
    we_match: bool
    because: str
    shape: Callable[[BodyCase], bool]
    reference_wavers: bool = False


def known(case: BodyCase) -> Disagreement | None:
    """The kind a case is of, or None."""
    return next((item for item in DISAGREEMENTS if item.shape(case)), None)


def _rules(*matchers: dict[str, Any], path: str = "$", combine: str = "AND") -> dict[str, Any]:
    return {"body": {path: {"combine": combine, "matchers": list(matchers)}}}


def _empty_array_under_a_rule(case: BodyCase) -> bool:
    """An empty array as the example, with a rule of its own, or one from further up that no array may be empty."""
    return any(
        place.example == [] and place.rules.rules and (not place.cascaded or place.has("notEmpty"))
        for place in places(case)
    )


def _or_on_a_collection(case: BodyCase) -> bool:
    return any(
        isinstance(place.example, dict | list) and place.rules.combine == "OR" and len(place.rules.rules) > 1
        for place in places(case)
    )


def _collection_rule_on_a_single_value(case: BodyCase) -> bool:
    return any(
        not isinstance(place.example, dict | list)
        and not place.cascaded
        and place.has("eachKey", "eachValue", "arrayContains")
        for place in places(case)
    )


def _equal_weights(case: BodyCase) -> bool:
    return any(place.tied for place in (*places(case), *places_seen(case)))


def _null_under_a_text_rule(case: BodyCase) -> bool:
    return None in list(values_in(json.loads(case.actual))) and bool({"regex", "include"} & rule_names(case.rules))


_UNPADDED = re.compile(r"(^|[-/:])\d([-/:]|$)")


def _fewer_digits_than_letters(case: BodyCase) -> bool:
    texts = [value for value in values_in(json.loads(case.actual)) if isinstance(value, str)]
    return bool({"date", "time", "datetime"} & rule_names(case.rules)) and any(map(_UNPADDED.search, texts))


def _dated(kind: str, date_format: str, text: str) -> BodyCase:
    rules = _rules({"match": kind, "format": date_format}, path="$.a")
    return BodyCase('{"a": "x"}', json.dumps({"a": text}), rules)


DISAGREEMENTS = (
    Disagreement(
        "an array rule whose example is empty still counts the items",
        BodyCase("[]", "[1]", _rules({"match": "type", "min": 2})),
        we_match=False,
        because="V2, 'Supported matchers', MinType: 'if the values represent a collection, the length of the actual value "
        "is compared against the minimum'; nothing there looks at the example's length",
        shape=_empty_array_under_a_rule,
    ),
    Disagreement(
        "of rules combined with OR one is enough for an object too",
        BodyCase("{}", "{}", _rules({"match": "type"}, {"match": "decimal"}, combine="OR")),
        we_match=True,
        because="V3 lets the matchers of a place be combined by AND or OR, and excepts neither arrays nor objects; the "
        "reference combines by AND there",
        shape=_or_on_a_collection,
    ),
    Disagreement(
        "null is no text that a pattern matches",
        BodyCase('{"a": "x"}', '{"a": null}', _rules({"match": "regex", "regex": ".*"}, path="$.a")),
        we_match=False,
        because="the specification is silent: V2, 'Supported matchers', Regex and V3, Include speak of 'the string "
        "representation' of a value, and do not say what that of null is. The reference takes the text 'null', so that "
        "every pattern for words lets a missing value pass; we refuse it, as the introduction asks: 'err on the side of "
        "being more strict now, because it will break fewer things to be looser later'",
        shape=_null_under_a_text_rule,
    ),
    Disagreement(
        "a rule for collections says no to a single value",
        BodyCase('{"a": 1}', '{"a": "x"}', _rules({"match": "eachValue", "rules": [{"match": "type"}]}, path="$.a")),
        we_match=False,
        because="V4, 'Supported matchers': EachKey is for 'the keys in a map', EachValue for 'the values in a collection', "
        "ArrayContains looks for variants 'in an array'; of single values it is silent. With the reference such a rule "
        "lets any of them pass, which is a rule that asks nothing",
        shape=_collection_rule_on_a_single_value,
    ),
    Disagreement(
        "of two expressions of equal weight the first counts",
        BodyCase(
            "[[0, true]]",
            "[[0, true]]",
            {"body": {"$[*][1]": {"matchers": [{"match": "integer"}]}, "$[0][*]": {"matchers": [{"match": "type"}]}}},
        ),
        we_match=False,
        because="V2, 'Matcher selection algorithm': 'The first, most specific expression is selected'. The reference takes "
        "one by chance, another in the next call",
        shape=_equal_weights,
        reference_wavers=True,
    ),
    Disagreement(
        "two letters of a date are two digits",
        _dated("date", "yyyy-MM-dd", "2024-1-1"),
        we_match=False,
        because="V3, Date: 'Matches the string representation of a value against the date format'; the letters are those "
        "of Java's DateTimeFormatter, where MM is a month of exactly two digits and M of one or two; the same for HH, mm, "
        "ss and for the letters below a second",
        shape=_fewer_digits_than_letters,
    ),
)

TEXTS_APART = {
    "a whole number in plain text may be negative": (
        BodyCase("1", "-3", _rules({"match": "integer"}), content_type="text/plain"),
        True,
    ),
    "two letters of a date in plain text are two digits": (
        BodyCase("x", "2024-1-1", _rules({"match": "date", "format": "yyyy-MM-dd"}), content_type="text/plain"),
        False,
    ),
}
"""Texts judged differently: a whole number may be negative (V3, 'integer'); for dates see above."""

ORS_APART = {
    "an object or null: null is one of the two": (
        BodyCase(
            '{"a": {"b": 1}}', '{"a": null}', _rules({"match": "type"}, {"match": "null"}, path="$.a", combine="OR")
        ),
        True,
    ),
    "an object or null: an object is the other": (
        BodyCase(
            '{"a": {"b": 1}}', '{"a": {"b": 2}}', _rules({"match": "type"}, {"match": "null"}, path="$.a", combine="OR")
        ),
        True,
    ),
    "of two rules on an array one has to hold for all of it": (
        BodyCase("[1]", '[1, "x"]', _rules({"match": "integer"}, {"match": "regex", "regex": "[a-z]+"}, combine="OR")),
        False,
    ),
}
"""Further cases of rules combined with OR on an object or an array. The first two: the reference combines by AND there.
The last: it asks the rules anew of each item, so that a mixture passes of which no rule says that it may be one; the
specification does not say how far down an alternative goes, and we take the strict reading, as its philosophy asks."""

DATES_APART = {
    "yyyy takes no year of two digits": (_dated("date", "yyyy-MM-dd", "24-02-29"), False),
    "SSS are three digits": (_dated("time", "HH:mm:ss.SSS", "10:30:59.12"), False),
    "a leap year has a 366th day": (_dated("date", "yyyy-DDD", "2024-366"), True),
    "UTC is a time zone": (_dated("datetime", "yyyy-MM-dd HH:mm:ss z", "2024-02-29 10:30:59 UTC"), True),
}
"""Further dates judged differently, all by the meaning of Java's letters: case, and whether ours matches. No strategy
makes them, so that they need no shape."""
