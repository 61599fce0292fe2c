"""Generators applied to whole requests, responses and messages."""

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from accord.contract.bodies import Body
from accord.contract.generators import (
    GeneratorContext,
    apply_generators,
    missing_state_values,
    prepare_answer,
    prepare_message,
    prepare_request,
)
from accord.contract.model import MessageContents, Request, Response
from accord.contract.rule_format import rules_from_json
from accord.core.errors import ContractFormatError

STATE = {"type": "ProviderState", "expression": "${id}"}
FIVE = {"type": "RandomInt", "min": 5, "max": 5}


def body_with(generators: dict[str, Any], body: Body) -> Body:
    return prepare_answer(Response(200, body=body, generators={"body": generators})).body


def test_a_request_gets_what_the_state_handlers_returned_wherever_it_asks() -> None:
    request = Request(
        "GET",
        "/orders/1",
        {"id": ("1",), "other": ("x",)},
        {"X-Id": ("1",)},
        Body.of_json({"id": 1, "name": "n"}),
        generators={
            "path": {"type": "ProviderState", "expression": "/orders/${id}"},
            "query": {"id": STATE},
            "header": {"x-id": STATE},
            "body": {"$.id": STATE},
        },
        query_text="id=1&other=x",
    )
    prepared = prepare_request(request, {"id": 42})
    assert (prepared.path, prepared.query, prepared.headers) == (
        "/orders/42",
        {"id": ("42",), "other": ("x",)},
        {"X-Id": ("42",)},
    )
    assert prepared.body.json() == {"id": 42, "name": "n"}
    assert prepared.query_text is None, "the old text would be sent instead"
    assert request.body.json() == {"id": 1, "name": "n"}, "the contract's request is not changed"


def test_what_no_handler_returned_stays_an_example_and_is_named() -> None:
    request = Request(path="/orders/1", generators={"path": {"type": "ProviderState", "expression": "/orders/${id}"}})
    assert prepare_request(request, {}).path == "/orders/1"
    assert missing_state_values(request, {"other": 1}) == ["id"]
    assert missing_state_values(request, {"id": 1}) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.items[*].id", {"items": [{"id": 5}, {"id": 5}], "a": {"b": 1}}),
        ("$.items[1].id", {"items": [{"id": 1}, {"id": 5}], "a": {"b": 1}}),
        ("$.*.b", {"items": [{"id": 1}, {"id": 2}], "a": {"b": 5}}),
        ("$['a']['b']", {"items": [{"id": 1}, {"id": 2}], "a": {"b": 5}}),
        ("$.missing.b", {"items": [{"id": 1}, {"id": 2}], "a": {"b": 1}}),
        ("$", 5),
    ],
)
def test_a_json_body_is_changed_at_the_path(path: str, expected: Any) -> None:
    body = Body.of_json({"items": [{"id": 1}, {"id": 2}], "a": {"b": 1}})
    assert body_with({path: FIVE}, body).json() == expected


def test_an_xml_body_keeps_all_but_the_value() -> None:
    body = Body.of_text(
        '<?xml version="1.0" ?><o:order xmlns:o="urn:o" id="1"><o:n>1</o:n><o:n>2</o:n><!-- c --></o:order>',
        "application/xml",
    )
    changed = body_with({"$['o:order']['@id']": FIVE, "$['o:order']['o:n'][1].#text": FIVE}, body).text()
    assert (
        changed == '<?xml version="1.0" ?><o:order xmlns:o="urn:o" id="5"><o:n>1</o:n><o:n>5</o:n><!-- c --></o:order>'
    )
    every = body_with({"$['urn:o:order']['urn:o:n'][*]['#text']": FIVE}, body).text()
    assert every.count("<o:n>5</o:n>") == 2


def test_an_xml_body_with_entities_is_refused() -> None:
    body = Body.of_text('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/xml")
    with pytest.raises(ContractFormatError, match="brings a document type"):
        body_with({"$.a": FIVE}, body)


def test_a_form_is_changed_by_name_and_index() -> None:
    body = Body.of_text("a=1&b=2&a=3", "application/x-www-form-urlencoded")
    assert body_with({"$.a": FIVE}, body).text() == "a=5&b=2&a=5"
    assert body_with({"$.a[1]": FIVE}, body).text() == "a=1&b=2&a=5"


def test_a_text_is_changed_as_a_whole_or_not_at_all() -> None:
    assert body_with({"$": FIVE}, Body.of_text("x", "text/plain")).text() == "5"
    with pytest.raises(ContractFormatError, match="in a text, generators stand at '\\$'"):
        body_with({"$.a": FIVE}, Body.of_text("x", "text/plain"))


def test_a_status_a_header_and_metadata_are_generated() -> None:
    status = {"type": "RandomInt", "min": 204, "max": 204}
    response = Response(200, {"X": ("1", "2")}, generators={"status": status, "header": {"X[1]": FIVE}})
    prepared = prepare_answer(response)
    assert (prepared.status, prepared.headers) == (204, {"X": ("1", "5")})
    message = MessageContents(Body.of_json({}), {"key": "1", "n": 1}, generators={"metadata": {"key": FIVE, "n": FIVE}})
    assert prepare_message(message, {}).metadata == {"key": "5", "n": 5}


def test_a_variant_of_an_array_is_generated_where_it_stands() -> None:
    variants = [
        {
            "index": 0,
            "rules": {"$.kind": {"matchers": [{"match": "equality"}]}, "$.id": {"matchers": [{"match": "integer"}]}},
            "generators": {"$.id": FIVE},
        },
        {"index": 1, "rules": {}},
    ]
    rules = rules_from_json(
        {"body": {"$": {"matchers": [{"match": "arrayContains", "variants": variants}]}}}, "$", v2=False
    )
    body = Body.of_json([{"kind": "a", "id": 1}, {"kind": "b", "id": 2}])
    assert prepare_answer(Response(body=body, rules=rules)).body.json() == [
        {"kind": "a", "id": 5},
        {"kind": "b", "id": 2},
    ]


@pytest.mark.parametrize(
    ("generators", "where"),
    [
        ({"body": {"$.a": {"type": "Odd"}}}, r"generators.body\['\$.a'\]: unknown generator type 'Odd'"),
        ({"path": {"type": "Odd"}}, "generators.path: unknown"),
        ({"body": {"$a": FIVE}}, "generators.body: path expression"),
        ({"body": 1}, "expected an object of generators"),
    ],
)
def test_a_wrong_generator_is_named_with_its_place(generators: dict[str, Any], where: str) -> None:
    request = Request(body=Body.of_json({"a": 1}), generators=generators)
    with pytest.raises(ContractFormatError, match=where):
        prepare_request(request, {})


def test_a_part_without_generators_stays_itself() -> None:
    request = Request()
    context = GeneratorContext(datetime(2025, 1, 1, tzinfo=UTC), Random(1))
    assert apply_generators(request, "provider", context) is request


def test_generators_of_a_body_without_one_are_left_alone() -> None:
    assert not body_with({"$.a": FIVE}, Body("missing")).is_present


def test_a_multipart_body_cannot_be_generated() -> None:
    with pytest.raises(ContractFormatError, match="cannot be applied to a body of multipart/form-data"):
        body_with({"$.a": FIVE}, Body.of_text("--x", "multipart/form-data; boundary=x"))
