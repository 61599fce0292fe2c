"""Types for a type checker from an OpenAPI document: a Python module of TypedDicts, one text.

Each component becomes a type of its own; each operation's request and answers become types named after it
(``GetOrdersById200``). What Python cannot say (patterns, bounds, formats) is left out; ``additionalProperties`` beside
declared properties too, as a TypedDict has no further keys.
"""

from __future__ import annotations

import builtins
import keyword
import re
from typing import TYPE_CHECKING, Any

from accord.contract.bodies import is_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accord.contract.openapi.document import OpenApi, Operation

_COMPONENT = "#/components/schemas/"
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_TAKEN = {"Any", "Literal", "NotRequired", "TypeAlias", "TypedDict", "Union", *dir(builtins)}
_LINE = 110


def types_of(document: OpenApi) -> str:
    """The module.

    Raises:
        DocumentError: a reference in the document cannot be followed.
    """
    return _Writer(document).module()


class _Writer:
    def __init__(self, document: OpenApi) -> None:
        self._document = document
        schemas = document.resolve(document.root.get("components") or {}).get("schemas") or {}
        self._used: set[str] = set()
        self._schemas = {name: (self._unused(_camel(name)), schema) for name, schema in schemas.items()}
        self._blocks: list[str] = []
        self._exported: list[str] = []

    def module(self) -> str:
        """All of it."""
        for name, schema in self._schemas.values():
            self._declare(name, schema)
        for operation in self._document.operations:
            for suffix, schema in self._bodies(operation):
                self._declare(self._unused(_name_of(operation) + suffix), schema)
        title = (self._document.root.get("info") or {}).get("title") or "an OpenAPI document"
        head = [
            f'"""Types of {_one_line(str(title))}: written by `accord contract types`, not by hand."""',
            "from __future__ import annotations",
            "from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Union",
            "__all__ = [\n" + "".join(f'    "{name}",\n' for name in sorted(self._exported)) + "]",
        ]
        return "\n\n".join([*head, *self._blocks]) + "\n"

    def _bodies(self, operation: Operation) -> Iterator[tuple[str, Any]]:
        asked = self._document.resolve(operation.document.get("requestBody"))
        if isinstance(asked, dict):
            yield from (("Request", schema) for schema in self._json_schemas(asked))
        for status, answer in (operation.document.get("responses") or {}).items():
            found = self._document.resolve(answer)
            if isinstance(found, dict):
                yield from ((str(status).capitalize(), schema) for schema in self._json_schemas(found))

    def _json_schemas(self, holder: Mapping[str, Any]) -> list[Any]:
        content = holder.get("content") or {}
        entries = [self._document.resolve(entry) for name, entry in content.items() if is_json(name.partition(";")[0])]
        return [entry["schema"] for entry in entries if isinstance(entry, dict) and "schema" in entry][:1]

    def _declare(self, name: str, schema: Any) -> None:
        """Write a type: a TypedDict where the schema is an object with known fields, else another name for it."""
        self._exported.append(name)
        fields = self._fields(schema)
        if fields is None or (isinstance(schema, dict) and "$ref" in schema):
            text = self._expression(schema, name)
            self._blocks.append(f"{_comment(schema)}{name}: TypeAlias = {text}")
            return
        lines = [
            f"{_indented(_comment(node))}    {_quoted(key)}: {self._annotation(node, name, key, needed=needed)},\n"
            for key, (node, needed) in fields.items()
        ]
        if all(key.isidentifier() and not keyword.iskeyword(key) and not key.startswith("__") for key in fields):
            lines = [
                f"{_indented(_comment(node))}    {key}: {self._annotation(node, name, key, needed=needed)}\n"
                for key, (node, needed) in fields.items()
            ]
            self._blocks.append(f"{_comment(schema)}class {name}(TypedDict):\n{''.join(lines) or '    pass'}".rstrip())
        else:
            self._blocks.append(f'{_comment(schema)}{name} = TypedDict("{name}", {{\n{"".join(lines)}}})')

    def _annotation(self, node: Any, owner: str, key: str, *, needed: bool) -> str:
        text = self._expression(node, owner + _camel(key))
        return text if needed else f"NotRequired[{text}]"

    def _fields(self, schema: Any, above: frozenset[int] = frozenset()) -> dict[str, tuple[Any, bool]] | None:
        """Fields with whether they are required, of an object and all it is put together of; None for what is none."""
        node = self._document.resolve(schema)
        if not isinstance(node, dict) or id(node) in above or node.get("oneOf") or node.get("anyOf"):
            return None
        if isinstance(node.get("type"), list) or node.get("nullable"):
            return None
        found: dict[str, tuple[Any, bool]] = {}
        for part in node.get("allOf") or []:
            inside = self._fields(part, above | {id(node)})
            if inside is None:
                return None
            found |= inside
        found |= {key: (value, False) for key, value in (node.get("properties") or {}).items()}
        required = set(node.get("required") or [])
        found = {key: (value, needed or key in required) for key, (value, needed) in found.items()}
        return found or ({} if node.get("allOf") or "properties" in node else None)

    def _expression(self, schema: Any, name: str) -> str:
        """A schema as an expression; objects inside become types named after their place."""
        if not isinstance(schema, dict):
            return "Any"
        reference = schema.get("$ref")
        if isinstance(reference, str):
            component = reference.removeprefix(_COMPONENT)
            if component in self._schemas:
                return f'"{self._schemas[component][0]}"'
            return self._expression(self._document.resolve(schema), name)
        text = self._plain(schema, name)
        return _union([text, "None"]) if schema.get("nullable") else text

    def _plain(self, schema: Mapping[str, Any], name: str) -> str:
        if "const" in schema:
            return _literal([schema["const"]])
        if isinstance(schema.get("enum"), list):
            return _literal(schema["enum"])
        branches = schema.get("oneOf") or schema.get("anyOf")
        if branches:
            return _union([self._expression(each, f"{name}{at}") for at, each in enumerate(branches, 1)])
        if len(schema.get("allOf") or []) == 1 and not schema.get(
            "properties"
        ):  # how 3.0 puts words beside a reference
            return self._expression(schema["allOf"][0], name)
        given = schema.get("type")
        if isinstance(given, list):
            return _union([self._plain({**schema, "type": each}, name) for each in given])
        if given == "array" or (given is None and "items" in schema):
            return f"list[{self._expression(schema.get('items', True), name + 'Item')}]"
        if given in _PLAIN:
            return _PLAIN[str(given)]
        return self._object({key: value for key, value in schema.items() if key != "nullable"}, name)

    def _object(self, schema: dict[str, Any], name: str) -> str:
        plain = {**schema, "type": "object"}
        if self._fields(plain):
            made = self._unused(name)
            self._declare(made, plain)
            return f'"{made}"'
        extra = schema.get("additionalProperties", True)
        known = schema.get("type") == "object" or "additionalProperties" in schema
        return f"dict[str, {self._expression(extra, name + 'Value')}]" if known else "Any"

    def _unused(self, name: str) -> str:
        made, number = name, 2
        while made in self._used or made in _TAKEN:
            made, number = f"{name}{number}", number + 1
        self._used.add(made)
        return made


def _name_of(operation: Operation) -> str:
    parts = [f"by {part[1:-1]}" if part.startswith("{") else part for part in operation.template.split("/")]
    return _camel(" ".join([operation.method.lower(), *parts]))


def _camel(text: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", text)
    made = "".join(word[0].upper() + word[1:] for word in words)
    return made if made and not made[0].isdigit() else f"Type{made}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _literal(values: list[Any]) -> str:
    """Values as a Literal; numbers with a point and containers cannot stand in one."""
    fit = [value for value in values if value is None or isinstance(value, (str, int))]
    if len(fit) != len(values):
        return _union(sorted({_of_value(value) for value in values}))
    return f"Literal[{', '.join(dict.fromkeys(map(repr, fit)))}]"


def _of_value(value: Any) -> str:
    return "None" if value is None else type(value).__name__ if isinstance(value, (str, bool, int, float)) else "Any"


def _union(parts: list[str]) -> str:
    unique = list(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else f"Union[{', '.join(unique)}]"


def _comment(schema: Any) -> str:
    said = schema.get("description") if isinstance(schema, dict) else None
    if not isinstance(said, str) or not said.strip():
        return ""
    return "".join(f"# {_one_line(line)[:_LINE]}\n" for line in said.strip().splitlines())


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def _one_line(text: str) -> str:
    return " ".join(text.replace('"""', "'''").replace("\\", "/").split())
