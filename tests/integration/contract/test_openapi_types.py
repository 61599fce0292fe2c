"""``accord contract types`` writes a module that mypy takes in strict mode, and that refuses what the document does."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from accord.cli.program import run
from accord.contract.openapi.document import OpenApi
from accord.contract.openapi.types import types_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def content(schema: Any) -> dict[str, Any]:
    return {"description": "", "content": {"application/json": {"schema": schema}}}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": 'The """Orders""" \\ service', "version": "1"},
    "paths": {
        "/orders/{id}": {
            "get": {"responses": {"200": content({"$ref": "#/components/schemas/Order"}), "default": content({})}},
            "put": {
                "requestBody": content({"type": "object", "properties": {"note": {"type": ["string", "null"]}}}),
                "responses": {"2XX": content({"type": "array", "items": {"$ref": "#/components/schemas/Order"}})},
            },
        },
    },
    "components": {
        "schemas": {
            "Order": {
                "type": "object",
                "description": "An order.\nOf a customer.",
                "required": ["id", "state", "lines", "payment"],
                "properties": {
                    "id": {"type": "string", "description": "given by the shop"},
                    "state": {"enum": ["open", "paid", None]},
                    "lines": {"type": "array", "items": {"type": "object", "required": ["sku"], "properties": {
                        "sku": {"type": "string"}, "quantity": {"type": "integer"}}}},
                    "payment": {"oneOf": [{"$ref": "#/components/schemas/Card"}, {"$ref": "#/components/schemas/Cash"}]},
                    "total": {"type": ["number", "null"]},
                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                    "parent": {"$ref": "#/components/schemas/Order"},
                    "free": {},
                    "any-object": {"type": "object"},
                },
            },
            "Card": {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "card"}, "class": {"type": "string"}}},
            "Cash": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"required": ["kind"], "properties": {"kind": {"const": "cash"}}}]},
            "Base": {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer"}}},
            "Rate": {"enum": [0.5, 1.5]},
            "list": {"type": "array", "items": {"$ref": "#/components/schemas/list"}},
            "Empty": {"type": "object", "properties": {}},
        }
    },
}  # fmt: skip
USES = """
from orders_types import Card, Cash, GetOrdersById200, Order, PutOrdersByIdRequest

good: Order = {"id": "a", "state": None, "lines": [{"sku": "s"}], "payment": {"kind": "cash", "amount": 1}, "free": 1}
card: Card = {"kind": "card", "class": "gold"}
body: PutOrdersByIdRequest = {"note": None}
same: GetOrdersById200 = {**good, "parent": good, "labels": {"a": "b"}, "any-object": {"x": 1}, "total": None}
"""
MISUSES = {
    '{"state": "open", "lines": [], "payment": card}': 'Missing key "id"',
    '{"id": "a", "state": "lost", "lines": [], "payment": card}': "Literal",
    '{"id": "a", "state": "open", "lines": [{"sku": 1}], "payment": card}': 'TypedDict item "sku"',
    '{"id": "a", "state": "open", "lines": [], "payment": card, "more": 1}': 'Extra key "more"',
}


def mypy(folder: Path, *files: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *files], cwd=folder, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip


def test_mypy_takes_the_types_and_refuses_what_the_document_does(tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    assert run(["contract", "types", str(tmp_path / "openapi.json"), "--out", str(tmp_path / "orders_types.py")]) == 0
    (tmp_path / "uses.py").write_text(USES, encoding="utf-8")
    done = mypy(tmp_path, "orders_types.py", "uses.py")
    assert done.returncode == 0, done.stdout + (tmp_path / "orders_types.py").read_text(encoding="utf-8")
    wrong = "".join(f"order{at}: Order = {value}\n" for at, value in enumerate(MISUSES))
    (tmp_path / "misuses.py").write_text(
        f"from orders_types import Card, Order\ncard: Card = {{'kind': 'card'}}\n{wrong}"
    )
    said = mypy(tmp_path, "misuses.py").stdout
    for expected in MISUSES.values():
        assert expected in said


def test_the_module_runs_and_carries_the_descriptions(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    assert run(["contract", "types", str(tmp_path / "openapi.json")]) == 0
    text = capsys.readouterr().out
    assert "# An order.\n# Of a customer.\n" in text
    scope: dict[str, Any] = {"__name__": "made"}
    exec(compile(text, "made", "exec"), scope)  # noqa: S102 - that it runs is the subject
    assert set(scope["__all__"]) <= set(scope)
    assert scope["Order"].__required_keys__ == {"id", "state", "lines", "payment"}


def test_a_file_that_cannot_be_written_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    assert run(["contract", "types", str(tmp_path / "openapi.json"), "--out", str(tmp_path / "no" / "t.py")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_version_3_0_says_null_in_its_own_way() -> None:
    document = {"openapi": "3.0.3", "components": {"schemas": {"A": {"type": "object", "properties": {
        "b": {"type": "string", "nullable": True}}}}}}  # fmt: skip
    assert "b: NotRequired[Union[str, None]]" in types_of(OpenApi(document))
