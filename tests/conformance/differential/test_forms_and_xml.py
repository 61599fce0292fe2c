"""Both engines judge forms and XML alike, over every pair of these documents under every one of these rules."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.conformance.differential import reference
from tests.conformance.differential.cases import BodyCase, verdicts

FORM, XML = "application/x-www-form-urlencoded", "application/xml"
RULES: list[dict[str, Any]] = [
    {"match": "type"},
    {"match": "integer"},
    {"match": "regex", "regex": "[a-z]+"},
    {"match": "type", "min": 2},
    {"match": "equality"},
    {"match": "include", "value": "a"},
    {"match": "decimal"},
]
FORMS = (
    "a=1&b=2", "a=1", "a=2&b=2", "b=2&a=1", "a=x&b=2", "a=&b=2", "a=1&a=2&b=2", "a=2&a=1&b=2", "a=1.5&b=2", "b=2", "",
    "a=%C3%BC&b=2", "a=a+b&b=2", "a=abc&b=2",
)  # fmt: skip
FORM_PLACES = ("$.a", "$", "$.*", "$.a[0]", "$.a[*]", "$['a']")
DOCUMENTS = (
    "<r><a>1</a><b>x</b></r>",
    "<r><a>2</a><b>x</b></r>",
    "<r><b>x</b><a>1</a></r>",
    "<r><a>1</a></r>",
    "<r><a>1</a><b>x</b><c/></r>",
    "<r><a>1</a><a>2</a><b>x</b></r>",
    "<r><a>y</a><b>x</b></r>",
    "<r><a/><b>x</b></r>",
    "<s><a>1</a><b>x</b></s>",
    '<r id="1"><a>1</a><b>x</b></r>',
    '<r id="2"><a>1</a><b>x</b></r>',
    "<r> <a>1</a> <b> x </b> </r>",
    "<r><a><b>1</b></a><b>x</b></r>",
    "<r/>",
    "no xml",
    "",
    '<p:r xmlns:p="urn:p"><p:a>1</p:a></p:r>',
    '<q:r xmlns:q="urn:p"><q:a>1</q:a></q:r>',
    '<r xmlns="urn:p"><a>1</a></r>',
)
XML_PLACES = ("$.r.a['#text']", "$.r.a", "$.r.b", "$.r", "$.r['@id']", "$.r.*")
WANTED = DOCUMENTS[5], DOCUMENTS[9]


@pytest.fixture(autouse=True, scope="module")
def _engine() -> None:
    reference.engine()


def under(place: str, rule: dict[str, Any]) -> dict[str, Any]:
    return {"body": {place: {"combine": "AND", "matchers": [rule]}}}


def more_fields(case: BodyCase) -> bool:
    """An answer that is a form with a field nobody expects: we take it, as the specification takes further keys."""
    names = [{pair.partition("=")[0] for pair in text.split("&") if pair} for text in (case.example, case.actual)]
    return bool(names[1] - names[0])


def number_of_an_element(case: BodyCase) -> bool:
    """A rule for numbers on an element of XML: we take it for the element's text, the reference can do nothing with it.

    The specification is silent; whoever writes such a rule means the text, as there is nothing else in the element.
    """
    return any(
        path.endswith((".a", ".b", ".r", ".*")) and rule["matchers"][0]["match"] in ("integer", "decimal")
        for path, rule in case.rules.get("body", {}).items()
    )


@pytest.mark.parametrize("example", FORMS[:2] + FORMS[4:5] + FORMS[6:7])
def test_both_judge_forms_alike(example: str) -> None:
    rules = [{}, *(under(*pair) for pair in product(FORM_PLACES, RULES))]
    cases = [BodyCase(example, actual, rule, content_type=FORM) for actual, rule in product(FORMS, rules)]
    assert [said for case in cases if not more_fields(case) and (said := verdicts(case))] == []


@pytest.mark.parametrize("example", WANTED)
def test_both_judge_xml_alike(example: str) -> None:
    rules = [{}, *(under(*pair) for pair in product(XML_PLACES, RULES[:5]))]
    cases = [BodyCase(example, actual, rule, content_type=XML) for actual, rule in product(DOCUMENTS, rules)]
    assert [said for case in cases if not number_of_an_element(case) and (said := verdicts(case))] == []


@pytest.mark.parametrize(
    ("case", "shape"),
    [
        (BodyCase("a=1", "a=1&b=2", content_type=FORM), more_fields),
        (BodyCase(DOCUMENTS[3], DOCUMENTS[3], under("$.r.a", RULES[1]), content_type=XML), number_of_an_element),
    ],
    ids=["further fields", "a number as an element"],
)
def test_where_the_two_disagree_we_let_it_pass(case: BodyCase, shape: Any) -> None:
    assert shape(case)
    assert case.ours() == []
    assert case.theirs() != [], "the reference agrees now: take the shape away"
