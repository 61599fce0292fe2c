"""Every answer that is made from a document satisfies it; where none can be made, that is said."""

from __future__ import annotations

from typing import Any

import pytest

from accord.contract.openapi.conformance import Conformance
from accord.contract.openapi.document import OpenApi
from accord.contract.openapi.samples import Samples
from accord.core.errors import UsageError

NODE = {"$ref": "#/components/schemas/Node"}
COMPONENTS = {
    "Node": {"type": "object", "required": ["children"], "properties": {"children": {"type": "array", "items": NODE}, "next": NODE}},
    "Endless": {"type": "object", "required": ["self"], "properties": {"self": {"$ref": "#/components/schemas/Endless"}}},
}  # fmt: skip


def document(schema: Any, *, version: str = "3.1.0", **entry: Any) -> OpenApi:
    answers = {"200": {
        "description": "", "headers": {"X-Page": {"required": True, "schema": {"type": "integer", "minimum": 3}}},
        "content": {"application/json": {"schema": schema, **entry}},
    }}  # fmt: skip
    return OpenApi(
        {"openapi": version, "paths": {"/a": {"get": {"responses": answers}}}, "components": {"schemas": COMPONENTS}}
    )


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {},
        {"type": "integer", "minimum": 7, "multipleOf": 5},
        {"type": "integer", "exclusiveMinimum": 7, "maximum": 8},
        {"type": "integer", "maximum": -3},
        {"type": "number", "exclusiveMaximum": 0},
        {"type": "number", "minimum": 0.1, "maximum": 0.2},
        {"type": "string", "minLength": 9},
        {"type": "string", "maxLength": 2},
        {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
        *({"type": "string", "format": each} for each in ("date-time", "date", "uuid", "email", "ipv4", "ipv6", "uri", "time")),
        {"type": ["null", "boolean"]},
        {"type": "null"},
        {"const": {"a": 1}},
        {"enum": ["x", "y"]},
        {"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True},
        {"type": "array", "items": {"type": "string"}, "maxItems": 0},
        {"type": "array", "prefixItems": [{"type": "string"}, {"type": "boolean"}], "items": False},
        {"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}},
        {"type": "object", "required": ["a"], "additionalProperties": {"type": "integer"}},
        {"allOf": [{"properties": {"a": {"type": "string"}}}, {"required": ["b"], "properties": {"b": {"type": "integer"}}}]},
        {"oneOf": [{"$ref": "#/components/schemas/Endless"}, {"type": "string", "minLength": 2}]},
        NODE,
    ],
)  # fmt: skip
def test_what_is_made_satisfies_its_schema(schema: Any) -> None:
    conformance = Conformance(document(schema))
    (operation,) = conformance.document.operations
    made = Samples(conformance).response(operation)
    assert conformance.check("GET", "/a", made) == []
    assert made == Samples(conformance).response(operation)  # the same every time


def test_version_3_0_has_bounds_and_null_of_its_own() -> None:
    schema = {"type": "integer", "minimum": 4, "exclusiveMinimum": True, "nullable": True}
    conformance = Conformance(document(schema, version="3.0.3"))
    assert Samples(conformance).response(conformance.document.operations[0]).body == b"5"


@pytest.mark.parametrize(
    ("entry", "body"),
    [
        ({"example": 7}, b"7"),
        ({"examples": {"one": {"value": 8}}}, b"8"),
        ({"example": "wrong", "examples": {"one": {"value": 8}}}, b"8"),
        ({"example": "wrong"}, b"5"),
    ],
)
def test_the_documents_own_examples_go_first_if_they_are_allowed(entry: dict[str, Any], body: bytes) -> None:
    conformance = Conformance(document({"type": "integer", "example": 5}, **entry))
    assert Samples(conformance).response(conformance.document.operations[0]).body == body


@pytest.mark.parametrize(
    "schema", [{"$ref": "#/components/schemas/Endless"}, {"type": "string", "pattern": "^a(?=b)$"}]
)
def test_where_nothing_can_be_made_it_is_said(schema: Any) -> None:
    conformance = Conformance(document(schema))
    with pytest.raises(UsageError, match=r"no answer 200 for GET /a could be made .*\.answers"):
        Samples(conformance).response(conformance.document.operations[0])
