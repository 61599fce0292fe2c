"""Answers that an OpenAPI document allows: its own examples first, else made from its schemas, the same every time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from accord.contract.bodies import is_json
from accord.contract.openapi.plain_samples import (
    NOTHING,
    all_different,
    given_value,
    kind_of_schema,
    number_for,
    text_for,
)
from accord.contract.openapi.schemas import Schemas
from accord.contract.patterns import PatternError
from accord.core.errors import UsageError
from accord.core.http.messages import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accord.contract.openapi.conformance import Conformance
    from accord.contract.openapi.document import Operation


class _Endless(Exception):  # noqa: N818 - a turn of the road, not an error
    """A schema that holds itself."""


class Samples:
    """Makes answers for the operations of one document.

    Args:
        conformance: of the document; every answer is checked by it.
    """

    def __init__(self, conformance: Conformance) -> None:
        self._conformance = conformance
        self._document = conformance.document
        self._schemas = Schemas(conformance.document)

    def statuses(self, operation: Operation) -> list[int]:
        """The statuses that the document declares, successes first; a range stands for its first."""
        codes = [str(code) for code in operation.document.get("responses") or {}]
        found = [int(code[0] + "00") if code.endswith("XX") else int(code) for code in codes if code[:1].isdigit()]
        return sorted(found, key=lambda code: (code // 100 != 2, code)) or [200]  # noqa: PLR2004 - successes

    def response(self, operation: Operation, status: int | None = None) -> HttpResponse:
        """An answer that the document allows.

        Args:
            operation: that is answered.
            status: a declared one; the first success by default.

        Raises:
            UsageError: none can be made.
        """
        status = self.statuses(operation)[0] if status is None else status
        declared = self._document.response(operation, status) or {}
        headers = tuple(self._headers(declared))
        content = declared.get("content")
        if not isinstance(content, dict) or not content or status in (204, 304):
            return HttpResponse(status, headers)
        media_type = next((name for name in content if is_json(name.partition(";")[0])), next(iter(content)))
        shown = "application/json" if "*" in media_type else media_type
        entry = self._document.resolve(content[media_type]) or {}
        value = self._body(operation, status, entry)
        body = json.dumps(value).encode() if is_json(shown.partition(";")[0]) else _as_bytes(value)
        return HttpResponse(status, (("Content-Type", shown), *headers), body)

    def _body(self, operation: Operation, status: int, entry: Mapping[str, Any]) -> Any:
        schema = entry.get("schema", True)
        problem = "it has no schema that a value could be made of"
        for value in self._candidates(entry, schema):
            wrong = self._conformance.check_value(schema, value)
            if not wrong:
                return value
            problem = "; ".join(f"{path}: {message}" for path, message in wrong)
        raise UsageError(
            f"no answer {status} for {operation.title} could be made from the document: {problem}. "
            "Give the document an example, or set the answer: .on(…).answers(…)"
        )

    def _candidates(self, entry: Mapping[str, Any], schema: Any) -> Iterator[Any]:
        if "example" in entry:
            yield entry["example"]
        for example in (entry.get("examples") or {}).values():
            example = self._document.resolve(example)  # noqa: PLW2901 - the same, its reference followed
            if isinstance(example, dict) and "value" in example:
                yield example["value"]
        for examples in (True, False):
            try:
                yield self.value(schema, examples=examples)
            except (_Endless, PatternError):
                continue

    def _headers(self, declared: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for name, node in (declared.get("headers") or {}).items():
            header = self._document.resolve(node) or {}
            if header.get("required") and name.lower() != "content-type":
                value = header.get("example", None)
                value = self.value(header.get("schema", {"type": "string"})) if value is None else value
                yield name, value if isinstance(value, str) else json.dumps(value)

    def value(self, schema: Any, *, examples: bool = True, above: frozenset[int] = frozenset()) -> Any:
        """A value for a schema; its examples count if wanted.

        Raises:
            _Endless: the schema holds itself whatever is done.
            PatternError: a pattern that no text can be made for.
        """
        node = self._document.resolve(schema)
        if not isinstance(node, dict):
            return "text"
        if id(node) in above:
            raise _Endless
        if examples and "example" in node:
            return node["example"]
        for each in self._schemas.alternatives(schema):
            try:
                return self._plain(each, examples=examples, above=above | {id(node)})
            except _Endless:
                continue
        raise _Endless

    def _plain(self, schema: Mapping[str, Any], *, examples: bool, above: frozenset[int]) -> Any:
        given = given_value(schema, examples=examples)
        if given is not NOTHING:
            return given
        match kind_of_schema(schema):
            case "object":
                return self._object(schema, examples=examples, above=above)
            case "array":
                return self._array(schema, examples=examples, above=above)
            case "integer" | "number" as kind:
                return number_for(schema, whole=kind == "integer")
            case "boolean":
                return True
            case "null":
                return None
        return text_for(schema)

    def _object(self, schema: Mapping[str, Any], *, examples: bool, above: frozenset[int]) -> dict[str, Any]:
        required = set(schema.get("required") or [])
        made: dict[str, Any] = {}
        for name, node in (schema.get("properties") or {}).items():
            try:
                made[name] = self.value(node, examples=examples, above=above)
            except _Endless:
                if name in required:
                    raise
        extra = schema.get("additionalProperties", True)
        for name in required - made.keys():
            made[name] = self.value(extra, examples=examples, above=above)
        for number in range(len(made), schema.get("minProperties") or 0):
            made[f"field{number + 1}"] = self.value(extra, examples=examples, above=above)
        return made

    def _array(self, schema: Mapping[str, Any], *, examples: bool, above: frozenset[int]) -> list[Any]:
        fixed = schema.get("prefixItems") or []
        least = max(schema.get("minItems") or 0, len(fixed))
        wanted = max(least, 0 if schema.get("maxItems") == 0 else 1)
        items = schema.get("items", True)
        made: list[Any] = []
        for index in range(wanted):
            try:
                made.append(self.value(fixed[index] if index < len(fixed) else items, examples=examples, above=above))
            except _Endless:
                if len(made) < least:
                    raise
                break
        return all_different(made) if schema.get("uniqueItems") and len(made) > 1 else made


def _as_bytes(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()
