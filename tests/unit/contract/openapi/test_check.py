"""Contracts against OpenAPI documents: what cannot be satisfied is named by path, status, field and type."""

from typing import Any

import pytest

from accord.contract.openapi.check import check_openapi
from accord.contract.openapi.document import OpenApi
from accord.contract.reading import contract_from_json
from accord.core.errors import DocumentError

ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "totalAmount": {"type": "number"},
        "note": {"type": "string", "nullable": True},
        "status": {"type": "string", "enum": ["pending", "confirmed"]},
        "oldTotal": {"type": "number", "deprecated": True},
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
        "paidBy": {"oneOf": [{"$ref": "#/components/schemas/Card"}, {"$ref": "#/components/schemas/Cash"}]},
    },
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "servers": [{"url": "https://shop.example/api"}],
    "paths": {
        "/orders/{id}": {
            "get": {
                "parameters": [{"name": "expand", "in": "query", "schema": {"type": "string"}}],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                    "4XX": {"content": {"application/json": {"schema": {"type": "object"}}}},
                },
            }
        },
        "/orders/latest": {"get": {"deprecated": True, "responses": {"200": {"description": "the last"}}}},
        "/orders": {
            "post": {
                "parameters": [{"name": "X-Key", "in": "header", "required": True, "schema": {"type": "string"}}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["sku", "id"],
                                "properties": {"sku": {"type": "string"}, "id": {"type": "string", "readOnly": True}},
                                "additionalProperties": False,
                            }
                        }
                    },
                },
                "responses": {"201": {"description": "made"}},
            }
        },
    },
    "components": {
        "schemas": {
            "Order": ORDER,
            "Item": {"allOf": [{"type": "object", "properties": {"sku": {"type": "string"}}}]},
            "Card": {"type": "object", "properties": {"card": {"type": "string"}}, "additionalProperties": False},
            "Cash": {"type": "object", "properties": {"cash": {"type": "boolean"}}, "additionalProperties": False},
        }
    },
}


def conflicts(
    request: dict[str, Any] | None = None,
    response: dict[str, Any] | None = None,
    rules: dict[str, Any] | None = None,
    document: dict[str, Any] = DOCUMENT,
) -> list[str]:
    answer: dict[str, Any] = {"status": 200, "matchingRules": {"body": rules or {}}}
    interaction = {
        "description": "a question",
        "request": request or {"method": "GET", "path": "/orders/1"},
        "response": answer | (response or {}),
    }
    contract = contract_from_json(
        {
            "consumer": {"name": "Web"},
            "provider": {"name": "Orders"},
            "interactions": [interaction],
            "metadata": {"pactSpecification": {"version": "3.0.0"}},
        }
    )
    found = check_openapi(contract, OpenApi(document))
    assert all((each.consumer, each.interaction) == ("Web", "a question") for each in found)
    return [f"{each.severity} {each.place}: {each.message}" for each in found]


@pytest.mark.parametrize(
    "body",
    [
        {"id": "1", "totalAmount": 45.0},
        {"note": None},
        {"items": [{"sku": "a"}]},
        {"paidBy": {"cash": True}},
        {"paidBy": {"card": "x"}},
    ],
)
def test_what_the_document_describes_is_satisfied(body: Any) -> None:
    assert conflicts(response={"body": body}) == []


def test_the_servers_path_may_stand_before_the_path() -> None:
    assert conflicts(request={"method": "GET", "path": "/api/orders/1"}) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"total": 1.0}, "$.total: the document has no field 'total'; it has: id, totalAmount"),
        ({"totalAmount": "45"}, "$.totalAmount: the document says number, the contract asks for string"),
        ({"id": None}, "$.id: the document says string, the contract asks for null"),
        ({"items": [{"sku": 1}]}, "$.items[0].sku: the document says string, the contract asks for integer"),
        ({"items": [{"price": 1}]}, "$.items[0].price: the document has no field 'price'"),
        ({"status": "lost"}, '$.status: the document allows "pending", "confirmed", not "lost"'),
        ({"paidBy": {"bank": 1}}, "$.paidBy.bank: the document has no field 'bank'"),
    ],
)
def test_what_it_cannot_satisfy_is_named(body: Any, said: str) -> None:
    (found,) = conflicts(response={"body": body})
    assert f"breaks GET /orders/{{id}} 200 body {said}" in found


def test_an_example_under_a_rule_need_not_be_of_the_enumeration() -> None:
    rules = {"$.status": {"matchers": [{"match": "type"}]}}
    assert conflicts(response={"body": {"status": "any"}}, rules=rules) == []
    assert conflicts(response={"body": {"status": 1}}, rules=rules) != []


@pytest.mark.parametrize(
    ("request_", "response", "said"),
    [
        ({"method": "GET", "path": "/nowhere"}, {}, "the document has no such path; it has: /orders, /orders/latest"),
        ({"method": "PUT", "path": "/orders/1"}, {}, "the document has only GET for this path"),
        (
            {"method": "GET", "path": "/orders/1", "query": {"x": ["1"]}},
            {},
            "query x: the document has no such parameter",
        ),
        (None, {"status": 500}, "GET /orders/{id} 500: the document has no such status; it has: 200, 4XX"),
        (None, {"headers": {"X-Page": "1"}}, "header X-Page: the document does not promise this header"),
        (
            None,
            {"headers": {"Content-Type": "text/csv"}, "body": "a"},
            "the document has no text/csv; it has: application/json",
        ),
    ],
)
def test_paths_methods_parameters_statuses_and_types_are_checked(request_: Any, response: Any, said: str) -> None:
    assert any(said in each for each in conflicts(request_, response))


def test_what_the_provider_requires_and_the_consumer_never_sends_breaks() -> None:
    found = conflicts({"method": "POST", "path": "/orders", "body": {"extra": 1}}, {"status": 201})
    assert "breaks POST /orders header X-Key: required, and the consumer never sends it" in found
    assert "breaks POST /orders request body $.sku: required, and the consumer never sends it" in found
    assert any("$.extra: the document has no field 'extra'" in each for each in found)
    assert not any("$.id" in each for each in found), "a read-only field is not the consumer's to send"


def test_deprecated_parts_still_in_use_are_named_and_do_not_break() -> None:
    (field,) = conflicts(response={"body": {"oldTotal": 1.0}})
    assert field == "deprecated GET /orders/{id} 200 body $.oldTotal: a deprecated field, still in use"
    (operation,) = conflicts({"method": "GET", "path": "/orders/latest"})
    assert operation.startswith("deprecated GET /orders/latest")


def test_in_3_1_null_is_one_of_the_types() -> None:
    document = DOCUMENT | {"openapi": "3.1.0"}
    (found,) = conflicts(response={"body": {"note": None}}, document=document)
    assert "the document says string" in found
    both = {**ORDER, "properties": {"note": {"type": ["string", "null"]}}}
    components = {"schemas": {**DOCUMENT["components"]["schemas"], "Order": both}}
    assert conflicts(response={"body": {"note": None}}, document=document | {"components": components}) == []


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"swagger": "2.0"}, "no key 'openapi'"),
        ({"openapi": "4.0.0"}, "'openapi': '4.0.0'"),
        ([], "no key 'openapi'"),
        ({"openapi": "3.0.0", "paths": {"/a": {"$ref": "other.yaml#/x"}}}, "leads out of the document"),
        ({"openapi": "3.0.0", "paths": {"/a": {"$ref": "#/x"}}}, "leads to nothing"),
        ({"openapi": "3.0.0", "paths": {"/a": {"$ref": "#/paths/~1a"}}}, "leads round in circles"),
    ],
)
def test_a_document_that_cannot_be_read_says_why(document: Any, said: str) -> None:
    with pytest.raises(DocumentError, match=said.replace("[", r"\[")):
        OpenApi(document)


def test_a_schema_that_holds_itself_comes_to_an_end() -> None:
    again = {"$ref": "#/components/schemas/Order"}
    node = {"type": "object", "properties": {"next": {"anyOf": [again, again]}}, "oneOf": [again, again, {}]}
    document = DOCUMENT | {"components": {"schemas": {"Order": node}}}
    assert conflicts(response={"body": {"next": {"next": {"next": {}}}}}, document=document) == []
