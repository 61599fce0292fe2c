"""Event schemas in two versions: JSON Schema, AsyncAPI, Avro."""

from typing import Any

import pytest

from accord.contract.event_schemas import compare_schemas
from accord.contract.reading import contract_from_json
from accord.core.errors import DocumentError


def schema(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


TEXT, NUMBER = {"type": "string"}, {"type": "number"}
V1 = schema(["id", "total"], id=TEXT, total=NUMBER)


@pytest.mark.parametrize(
    ("new", "verdict"),
    [
        (V1, "compatible"),
        (schema(["id", "total"], id=TEXT, total=NUMBER, note=TEXT), "compatible"),
        (schema(["id", "total", "note"], id=TEXT, total=NUMBER, note=TEXT), "forward"),
        (schema(["id"], id=TEXT, total=NUMBER), "backward"),
        (schema(["id"], id=TEXT), "backward"),
        (schema(["id", "sum"], id=TEXT, sum=NUMBER), "breaking"),
        (schema(["id", "total"], id=TEXT, total=TEXT), "breaking"),
        (schema(["id", "total"], id=TEXT, total={"type": "integer"}), "forward"),
        (schema(["id", "total"], id={"type": ["string", "null"]}, total=NUMBER), "backward"),
        (schema(["id", "total"], id={**TEXT, "enum": ["a"]}, total=NUMBER), "forward"),
    ],
)
def test_the_verdict_says_who_reads_whose_data(new: dict[str, Any], verdict: str) -> None:
    assert compare_schemas(V1, new).verdict == verdict


def test_the_field_that_breaks_and_who_reads_it_are_named() -> None:
    message = {
        "type": "Asynchronous/Messages",
        "description": "an order.placed event",
        "contents": {"content": {"id": "1", "total": 4.5}, "contentType": "application/json"},
    }
    contract = contract_from_json(
        {
            "consumer": {"name": "Mail"},
            "provider": {"name": "Orders"},
            "interactions": [message],
            "metadata": {"pactSpecification": {"version": "4.0"}},
        }
    )
    evolution = compare_schemas(V1, schema(["id"], id=TEXT), [contract])
    assert [str(each) for each in evolution.obstacles] == [
        "forward: $.total: required by the reader, not written; read by Mail"
    ]


def test_fields_below_and_items_are_compared() -> None:
    old = schema([], lines={"type": "array", "items": schema(["sku"], sku=TEXT)})
    new = schema([], lines={"type": "array", "items": schema(["sku"], sku=NUMBER)})
    assert {each.path for each in compare_schemas(old, new).obstacles} == {"$.lines[*].sku"}


def test_a_strict_reader_refuses_new_fields() -> None:
    old = {**V1, "additionalProperties": False}
    new = {**schema(["id", "total"], id=TEXT, total=NUMBER, note=TEXT), "additionalProperties": False}
    assert compare_schemas(old, new).verdict == "backward"


def asyncapi(total: dict[str, str]) -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "components": {
            "messages": {"order.placed": {"payload": {"$ref": "#/components/schemas/Placed"}}},
            "schemas": {"Placed": schema(["total"], total=total)},
        },
    }


def test_asyncapi_events_are_compared_by_name() -> None:
    (first, second) = compare_schemas(asyncapi(NUMBER), asyncapi(TEXT)).obstacles
    assert {(first.event, first.path), (second.event, second.path)} == {("order.placed", "$.total")}
    gone = compare_schemas(asyncapi(NUMBER), {"asyncapi": "3.0.0"})
    assert [each.message for each in gone.obstacles] == ["the event is gone"]


def avro(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "record", "name": "Placed", "fields": list(fields)}


def test_an_avro_field_without_a_default_is_required() -> None:
    old = avro({"name": "id", "type": "string"})
    assert (
        compare_schemas(old, avro({"name": "id", "type": "string"}, {"name": "n", "type": "long"})).verdict == "forward"
    )
    optional = {"name": "n", "type": ["null", "long"], "default": None}
    assert compare_schemas(old, avro({"name": "id", "type": "string"}, optional)).verdict == "compatible"


@pytest.mark.parametrize("document", [[], "text", {"$ref": "#/nowhere"}, {"$ref": "other.json"}])
def test_what_is_no_schema_is_refused(document: Any) -> None:
    with pytest.raises(DocumentError):
        compare_schemas(document, V1)


def test_a_schema_that_holds_itself_comes_to_an_end() -> None:
    again = {"$ref": "#/$defs/node"}
    node: dict[str, Any] = {**again, "$defs": {"node": schema([], next=again, last=again, other=again)}}
    assert compare_schemas(node, node).verdict == "compatible"
