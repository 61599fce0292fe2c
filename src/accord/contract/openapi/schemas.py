"""JSON schemas as OpenAPI uses them: which values a place may hold, and what lies below it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from accord.contract.mismatches import kind_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accord.contract.openapi.document import OpenApi

Node = Any
"""A schema: an object, or true or false as in JSON Schema."""

_KINDS = {"an integer": "integer", "a decimal": "number", "a string": "string", "a boolean": "boolean",
          "an array": "array", "an object": "object", "null": "null"}  # fmt: skip


class Schemas:
    """Questions about the schemas of one document."""

    def __init__(self, document: OpenApi) -> None:
        self._document = document

    def alternatives(self, schema: Node, above: frozenset[int] = frozenset()) -> Iterator[Mapping[str, Any]]:
        """The plain schemas that a schema stands for: references followed, ``allOf`` merged, one for each branch.

        A schema that is an alternative of itself adds nothing to what it allows.
        """
        node = self._document.resolve(schema)
        if node is True or node is None:
            yield {}
        elif isinstance(node, dict) and id(node) not in above:
            inside = above | {id(node)}
            base = {key: value for key, value in node.items() if key not in ("allOf", "oneOf", "anyOf")}
            merged = [base]
            for part in node.get("allOf") or []:
                merged = [_merge(left, right) for left in merged for right in self.alternatives(part, inside)]
            branches = (node.get("oneOf") or []) + (node.get("anyOf") or [])
            if not branches:
                yield from merged
                return
            for branch in branches:
                for right in self.alternatives(branch, inside):
                    for left in merged:
                        yield _merge(left, right)

    def below(self, schema: Mapping[str, Any], token: str | int) -> tuple[Node, bool]:
        """The schema of a field or item, and whether the document describes it."""
        if isinstance(token, int):
            items = schema.get("prefixItems") or []
            if token < len(items):
                return items[token], True
            return schema.get("items", True), "items" in schema
        properties = schema.get("properties") or {}
        if token in properties:
            return properties[token], True
        for pattern, node in (schema.get("patternProperties") or {}).items():
            if re.search(pattern, token):
                return node, True
        extra = schema.get("additionalProperties", True)
        return extra, isinstance(extra, dict)

    def refuses(self, schema: Mapping[str, Any], value: Any) -> str | None:
        """Why a value cannot stand here, looking at the value itself and not below it; None when it can."""
        types = self._types(schema)
        kind = _KINDS[kind_of(value)]
        if types and kind not in types and not (kind == "integer" and "number" in types):
            return f"the document says {' or '.join(sorted(types))}, the contract asks for {kind}: {shown(value)}"
        if value is None:
            return None
        if "const" in schema and schema["const"] != value:
            return f"the document says {shown(schema['const'])} only"
        if schema.get("enum") is not None and value not in schema["enum"]:
            return f"the document allows {', '.join(map(shown, schema['enum']))}, not {shown(value)}"
        if isinstance(value, str):
            return _refuses_text(schema, value)
        return None

    def _types(self, schema: Mapping[str, Any]) -> set[str]:
        given = schema.get("type")
        types = set(given) if isinstance(given, list) else {given} if given else set()
        if not types and ("properties" in schema or "additionalProperties" in schema):
            types = {"object"}
        if types and self._document.is_3_0 and schema.get("nullable"):
            types.add("null")
        return types


def _refuses_text(schema: Mapping[str, Any], value: str) -> str | None:
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        try:
            if not re.search(pattern, value):
                return f"the document says a text with {pattern!r}, not {shown(value)}"
        except re.error:
            return None  # a dialect of its own: not ours to judge
    for key, fits in (("minLength", len(value).__ge__), ("maxLength", len(value).__le__)):
        if isinstance(schema.get(key), int) and not fits(schema[key]):
            return f"the document says {key} {schema[key]}, the contract's example has {len(value)}"
    return None


def _merge(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**left, **right}
    if "properties" in left and "properties" in right:
        merged["properties"] = {**left["properties"], **right["properties"]}
    if "required" in left and "required" in right:
        merged["required"] = [*left["required"], *right["required"]]
    if left.get("deprecated") or right.get("deprecated"):
        merged["deprecated"] = True
    return merged
