"""Schemas of an OpenAPI document as JSON Schema 2020-12, closed: a field that no schema declares is refused.

A schema is closed where a value is described whole (a body, a property, an array's element), not inside ``allOf`` and
its like, where several schemas describe one value together: ``unevaluatedProperties`` sees what they declare together.
An object without any declared property is a free-form object and stays open, and so does what says
``additionalProperties`` itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accord.contract.openapi.document import OpenApi

_TOGETHER = ("allOf", "anyOf", "oneOf")
_COMPONENTS = "#/components/schemas/"
_BOUNDS = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))


class ClosedSchemas:
    """Turns a document's schemas into closed ones.

    Args:
        document: the document.
        sent: for requests; else for answers.

    Attributes:
        definitions: the document's components, to be put under ``$defs`` beside a schema.
    """

    def __init__(self, document: OpenApi, *, sent: bool = False) -> None:
        self._document = document
        components = document.resolve(document.root.get("components") or {}).get("schemas") or {}
        self._unneeded = "readOnly" if sent else "writeOnly"
        self.definitions = {name: self._open(schema) for name, schema in components.items()}

    def closed(self, schema: Any) -> dict[str, Any] | bool:
        """A schema for a whole value, with the components that it refers to."""
        made = self._closed(schema)
        return {**made, "$defs": self.definitions} if isinstance(made, dict) else made

    def _closed(self, schema: Any) -> Any:
        made = self._open(schema)
        if isinstance(made, dict) and "additionalProperties" not in made and self._declares(schema, frozenset()):
            made["unevaluatedProperties"] = False
        return made

    def _open(self, schema: Any) -> Any:
        """The same schema in the newer dialect, with what it holds closed, but not itself."""
        if not isinstance(schema, dict):
            return schema
        made = dict(schema)
        reference = made.get("$ref")
        if isinstance(reference, str) and reference.startswith(_COMPONENTS):
            made["$ref"] = "#/$defs/" + reference.removeprefix(_COMPONENTS)
        elif isinstance(reference, str):  # into another part of the document: taken in place
            return self._open(self._document.resolve(schema))
        for name in _TOGETHER:
            if isinstance(made.get(name), list):
                made[name] = [self._open(value) for value in made[name]]
        self._need_less(made)
        self._close_what_it_holds(made)
        made.pop("discriminator", None)
        return _of_3_0(made) if self._document.is_3_0 else made

    def _need_less(self, made: dict[str, Any]) -> None:
        """A required field counts on the way it travels only: read-only in answers, write-only in requests."""
        properties, required = made.get("properties"), made.get("required")
        if isinstance(properties, dict) and isinstance(required, list):
            made["required"] = [name for name in required if not self._is_unneeded(properties.get(name))]

    def _is_unneeded(self, schema: Any) -> bool:
        schema = self._document.resolve(schema)
        return isinstance(schema, dict) and schema.get(self._unneeded) is True

    def _close_what_it_holds(self, made: dict[str, Any]) -> None:
        for name in ("properties", "patternProperties", "dependentSchemas"):
            if isinstance(made.get(name), dict):
                made[name] = {key: self._closed(value) for key, value in made[name].items()}
        for name in ("items", "additionalProperties", "contains"):
            if isinstance(made.get(name), dict):
                made[name] = self._closed(made[name])
        if isinstance(made.get("prefixItems"), list):
            made["prefixItems"] = [self._closed(value) for value in made["prefixItems"]]

    def _declares(self, schema: Any, above: frozenset[int]) -> bool:
        """Whether a schema, or one that it is put together of, declares properties."""
        schema = self._document.resolve(schema)
        if not isinstance(schema, dict) or id(schema) in above:
            return False
        if schema.get("properties"):
            return True
        above |= {id(schema)}
        return any(self._declares(part, above) for name in _TOGETHER for part in schema.get(name) or [])


def _of_3_0(schema: dict[str, Any]) -> dict[str, Any]:
    """What OpenAPI 3.0 writes in its own way."""
    for exclusive, bound in _BOUNDS:
        flag = schema.get(exclusive)
        if isinstance(flag, bool):
            del schema[exclusive]
            if flag and bound in schema:
                schema[exclusive] = schema.pop(bound)
    if schema.pop("nullable", False):
        if isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
            if isinstance(schema.get("enum"), list):
                schema["enum"] = [*schema["enum"], None]
        else:
            return {"anyOf": [schema, {"type": "null"}]}
    return schema
