"""The OpenAPI document and the pact that tests of HTTP doubles share."""

from __future__ import annotations

from typing import Any

ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["id", "total", "state"],
    "properties": {
        "id": {"type": "string", "pattern": "^o-[0-9]{3}$"},
        "total": {"type": "number", "minimum": 0},
        "state": {"enum": ["open", "paid"]},
        "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
        "placed": {"type": "string", "format": "date-time"},
    },
}
LINE: dict[str, Any] = {
    "type": "object",
    "required": ["sku", "quantity"],
    "properties": {"sku": {"type": "string"}, "quantity": {"type": "integer", "minimum": 1}},
}
ERROR: dict[str, Any] = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}


def content(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"description": "", "content": {"application/json": {"schema": schema, **more}}}


ORDERS: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1"},
    "paths": {
        "/orders": {
            "get": {
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 50}},
                    {"name": "state", "in": "query", "schema": {"type": "array", "items": {"enum": ["open", "paid"]}}},
                    {
                        "name": "X-Tenant",
                        "in": "header",
                        "required": True,
                        "schema": {"type": "string", "minLength": 2},
                    },
                ],
                "responses": {"200": content({"type": "array", "items": {"$ref": "#/components/schemas/Order"}})},
            },
            "post": {
                "requestBody": {"required": True, **content({"$ref": "#/components/schemas/Line"})},
                "responses": {
                    "201": content(
                        {"$ref": "#/components/schemas/Order"}, example={"id": "o-777", "total": 7, "state": "open"}
                    ),
                    "409": content({"$ref": "#/components/schemas/Error"}),
                },
            },
        },
        "/orders/{number}": {
            "parameters": [{"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {
                "responses": {
                    "200": content({"$ref": "#/components/schemas/Order"}),
                    "404": content({"$ref": "#/components/schemas/Error"}),
                }
            },
            "delete": {"responses": {"204": {"description": "gone"}}},
        },
    },
    "components": {"schemas": {"Order": ORDER, "Line": LINE, "Error": ERROR}},
}

PACT: dict[str, Any] = {
    "consumer": {"name": "Web"},
    "provider": {"name": "Orders"},
    "interactions": [
        {
            "description": "an order",
            "providerStates": [{"name": "order 1 exists"}],
            "request": {"method": "GET", "path": "/orders/1"},
            "response": {
                "status": 200,
                "headers": {"Content-Type": "application/json"},
                "body": {"id": "o-1", "total": 5},
                "matchingRules": {"body": {"$.total": {"matchers": [{"match": "number"}]}}},
            },
        },
        {
            "description": "no order",
            "providerStates": [{"name": "no order exists"}],
            "request": {"method": "GET", "path": "/orders/1"},
            "response": {"status": 404},
        },
    ],
    "metadata": {"pactSpecification": {"version": "3.0.0"}},
}
