"""Whether a request is one that an OpenAPI document declares: operation, parameters, media type, and every field.

Not checked: cookies, security requirements, parameters of type object, and bodies other than JSON and forms.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from accord.contract.bodies import is_json
from accord.contract.openapi.conformance import Deviation
from accord.contract.openapi.schemas import Schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accord.contract.openapi.conformance import Conformance
    from accord.contract.openapi.document import Operation
    from accord.core.http.messages import HttpRequest

FORM = "application/x-www-form-urlencoded"
_OWN_HEADERS = ("accept", "content-type", "authorization")  # the specification: parameters of these names do not count


class RequestConformance:
    """Checks requests against one document.

    Args:
        conformance: of the document; its validators are shared.
    """

    def __init__(self, conformance: Conformance) -> None:
        self._values = conformance
        self._document = conformance.document
        self._schemas = Schemas(conformance.document)

    def check(self, request: HttpRequest) -> list[Deviation]:
        """Compare a request with what its operation declares.

        Raises:
            DocumentError: a reference in the document cannot be followed.
        """
        operation = self._document.operation(request.method, request.path)
        if operation is None:
            others = ", ".join(self._document.methods_of(request.path))
            known = f"it has {others} there" if others else f"it has {', '.join(self._document.paths) or 'no path'}"
            return [Deviation(f"{request.method} {request.path}", f"the document declares no such operation; {known}")]
        return [*self._parameters(operation, request), *self._body(operation, request)]

    def _parameters(self, operation: Operation, request: HttpRequest) -> Iterator[Deviation]:
        in_path = self._document.path_values(operation, request.path)
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(request.query, keep_blank_values=True):
            query.setdefault(name, []).append(value)
        open_ended = False
        for parameter in operation.parameters:
            name, where = str(parameter.get("name")), parameter.get("in")
            place = f"{operation.title} {where} {name}"
            if where == "path" and name in in_path:
                yield from self._value(parameter, [unquote(in_path[name])], place)
            elif where == "query":
                kinds = self._kinds(parameter)
                open_ended = open_ended or "object" in kinds
                yield from self._named(parameter, query.pop(name, query.pop(f"{name}[]", None)), place)
            elif where == "header" and name.lower() not in _OWN_HEADERS:
                seen = request.header(name)
                yield from self._named(parameter, None if seen is None else [seen], place)
        if query and not open_ended:
            known = ", ".join(str(each.get("name")) for each in operation.parameters if each.get("in") == "query")
            for name in query:
                message = f"the document has no such parameter; it has {known or 'none'}"
                yield Deviation(f"{operation.title} query {name}", message)

    def _named(self, parameter: Mapping[str, Any], texts: list[str] | None, place: str) -> Iterator[Deviation]:
        if texts is not None:
            yield from self._value(parameter, texts, place)
        elif parameter.get("required"):
            yield Deviation(place, "the document requires it, and it is missing")

    def _value(self, parameter: Mapping[str, Any], texts: list[str], place: str) -> Iterator[Deviation]:
        schema = parameter.get("schema")
        kinds = self._kinds(parameter)
        if schema is None or "object" in kinds:
            return
        if "array" in kinds:
            if len(texts) == 1 and (parameter.get("explode") is False or parameter.get("in") != "query"):
                texts = texts[0].split(",")
            items = next(iter(self._schemas.alternatives(schema)), {}).get("items", True)
            value: Any = [self.coerced(text, items) for text in texts]
        elif len(texts) > 1:
            yield Deviation(place, f"expected one value, seen {len(texts)}: {', '.join(texts)}")
            return
        else:
            value = self.coerced(texts[0], schema)
        for path, message in self._values.check_value(schema, value, sent=True):
            yield Deviation(place if path == "$" else f"{place} {path}", message)

    def _kinds(self, parameter: Mapping[str, Any]) -> set[str]:
        return self.kinds(parameter.get("schema"))

    def kinds(self, schema: Any) -> set[str]:
        """The JSON types that a schema allows; empty where it does not say."""
        found: set[str] = set()
        for each in self._schemas.alternatives(schema):
            given = each.get("type")
            found |= set(given) if isinstance(given, list) else {given} if given else set()
        return found

    def coerced(self, text: str, schema: Any) -> Any:
        """A text from a URL as the JSON value that its schema means, where it can be one."""
        kinds = self.kinds(schema)
        if "boolean" in kinds and text in ("true", "false"):
            return text == "true"
        if kinds & {"integer", "number"}:
            try:
                number = float(text)
                return int(text) if number.is_integer() and text.lstrip("+-").isdigit() else number
            except (ValueError, OverflowError):
                return text
        return None if text == "null" and "null" in kinds and "string" not in kinds else text

    def _body(self, operation: Operation, request: HttpRequest) -> Iterator[Deviation]:
        place = f"{operation.title} request body"
        described = self._document.resolve(operation.document.get("requestBody"))
        if not isinstance(described, dict):
            if request.body:
                yield Deviation(place, f"the document declares none, seen {len(request.body)} bytes")
            return
        if not request.body:
            if described.get("required"):
                yield Deviation(place, "the document requires it, and it is missing")
            return
        content = described.get("content") or {}
        media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
        schema = self._document.schema_of(content, media_type)
        if schema is False:
            declared = ", ".join(content)
            yield Deviation(
                f"{operation.title} request header Content-Type",
                f"the document declares {declared}, seen {media_type or 'no content type'}",
            )
            return
        yield from self._fields(schema, media_type, request.body, place)

    def _fields(self, schema: Any, media_type: str, body: bytes, place: str) -> Iterator[Deviation]:
        if schema is None or not (is_json(media_type) or media_type == FORM):
            return
        try:
            value = json.loads(body) if is_json(media_type) else self._form(schema, body.decode())
        except ValueError as error:
            yield Deviation(place, f"is not valid {media_type}: {error}")
            return
        for path, message in self._values.check_value(schema, value, sent=True):
            yield Deviation(f"{place} {path}", message)

    def _form(self, schema: Any, text: str) -> dict[str, Any]:
        plain = next(iter(self._schemas.alternatives(schema)), {})
        fields: dict[str, Any] = {}
        for name, value in parse_qsl(text, keep_blank_values=True):
            node, _ = self._schemas.below(plain, name)
            if "array" in self.kinds(node):
                items = next(iter(self._schemas.alternatives(node)), {}).get("items", True)
                fields.setdefault(name, []).append(self.coerced(value, items))
            else:
                fields[name] = self.coerced(value, node)
        return fields
