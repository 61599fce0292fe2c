"""Whether a response is one that an OpenAPI document declares: status, media type, headers, and every field."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.contract.bodies import is_json
from accord.contract.openapi.closed_schemas import ClosedSchemas
from accord.core.errors import ResourceMissingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jsonschema.exceptions import ValidationError

    from accord.contract.openapi.document import OpenApi, Operation
    from accord.core.http.messages import HttpResponse

_TOGETHER = {"anyOf", "oneOf", "allOf", "$ref"}
_ERRORS = 400  # from this status on a body is often the framework's own, and nobody declares it
_MOST_SEEN = 120  # characters of a value in a message


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where a response is not what the document declares.

    Attributes:
        place: such as ``GET /orders/{id} 200 body $.total``.
        message: what was expected and what was seen.
    """

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class Conformance:
    """Checks responses against one document; what is costly is made once per schema.

    Args:
        document: the document.

    Raises:
        ResourceMissingError: the package jsonschema is not installed.
    """

    def __init__(self, document: OpenApi) -> None:
        try:
            from jsonschema import Draft202012Validator  # noqa: PLC0415 - an extra, and slow to load
        except ImportError:
            raise ResourceMissingError(
                "checking against OpenAPI needs the package jsonschema: pip install 'accord[openapi]'"
            ) from None
        self.document = document
        self._schemas = {sent: ClosedSchemas(document, sent=sent) for sent in (False, True)}
        self._validator_class = Draft202012Validator
        # Not FormatChecker(): that one takes times for what the third draft called so, without a zone.
        self._formats = Draft202012Validator.FORMAT_CHECKER
        self._validators: dict[tuple[int, bool], Any] = {}

    def check(self, method: str, path: str, response: HttpResponse) -> list[Deviation]:
        """Compare a response with what its operation declares.

        Args:
            method: of the request.
            path: of the request, without query.
            response: what came.

        Raises:
            DocumentError: a reference in the document cannot be followed.
        """
        operation = self.document.operation(method, path)
        if operation is None:
            others = ", ".join(self.document.methods_of(path))
            known = f"it has {others} there" if others else f"it has {', '.join(self.document.paths) or 'no path'}"
            return [Deviation(f"{method.upper()} {path}", f"the document declares no such operation; {known}")]
        declared = self.document.response(operation, response.status)
        place = f"{operation.title} {response.status}"
        if declared is None:
            known = ", ".join(operation.document.get("responses") or {}) or "none"
            return [Deviation(place, f"the document declares no such status; declared: {known}")]
        return [*self._headers(declared, response, place), *self._body(declared, response, place)]

    def check_value(self, schema: Any, value: Any, *, sent: bool = False) -> list[tuple[str, str]]:
        """Compare a JSON value with a schema of the document.

        Args:
            schema: the schema.
            value: the value.
            sent: it is of a request, where required read-only fields may be missing; else required write-only ones may.

        Returns:
            A path and what is wrong there, for each deviation.
        """
        errors = self._validator(schema, sent=sent).iter_errors(value)
        return [(error.json_path, _said(error)) for error in _leaves(errors)]

    def schema(self, operation: Operation, status: int, media_type: str = "application/json") -> Any:
        """The schema of an operation's body; None where the document has none."""
        declared = self.document.response(operation, status)
        found = self.document.schema_of((declared or {}).get("content"), media_type)
        return found or None

    def _headers(self, declared: Any, response: HttpResponse, place: str) -> list[Deviation]:
        wanted = declared.get("headers") or {}
        return [
            Deviation(f"{place} header {name}", "the document requires it, and it is missing")
            for name, header in wanted.items()
            if self.document.resolve(header).get("required") and response.header(name) is None
        ]

    def _body(self, declared: Any, response: HttpResponse, place: str) -> list[Deviation]:
        content = declared.get("content")
        media_type = (response.header("content-type") or "").partition(";")[0].strip().lower()
        if not response.body:
            if content and response.status not in {204, 304}:
                return [Deviation(f"{place} body", f"the document declares {', '.join(content)}, and it is empty")]
            return []
        if not content and response.status >= _ERRORS:
            return []
        if not content:
            return [Deviation(f"{place} body", f"the document declares none, and it has {len(response.body)} bytes")]
        schema = self.document.schema_of(content, media_type)
        if schema is False:
            return [
                Deviation(
                    f"{place} header Content-Type",
                    f"the document declares {', '.join(content)}, seen {media_type or 'no content type'}",
                )
            ]
        if schema is None or not is_json(media_type):
            return []
        try:
            value = json.loads(response.body)
        except ValueError as error:
            return [Deviation(f"{place} body", f"is not valid JSON: {error}")]
        return [Deviation(f"{place} body {path}", message) for path, message in self.check_value(schema, value)]

    def _validator(self, schema: Any, *, sent: bool) -> Any:
        key = (id(schema), sent)  # the schema belongs to the document, which lives as long as this
        if key not in self._validators:
            closed = self._schemas[sent].closed(schema)
            self._validators[key] = self._validator_class(closed, format_checker=self._formats)
        return self._validators[key]


def _leaves(errors: Iterable[ValidationError]) -> list[ValidationError]:
    """Of alternatives that all fail, what is wrong with the nearest one."""
    found: list[ValidationError] = []
    together = list(errors)
    # Where alternatives fail, what they declare does not count, so that every field would seem undeclared.
    if any(error.validator in _TOGETHER for error in together):
        together = [error for error in together if error.validator != "unevaluatedProperties"]
    for error in together:
        if error.validator in {"anyOf", "oneOf"} and error.context:
            branches: dict[Any, list[ValidationError]] = {}
            for part in error.context:
                branches.setdefault(part.schema_path[0], []).append(part)
            nearest: list[ValidationError] = min(branches.values(), key=_badness)
            found += _leaves(nearest)
        else:
            found.append(error)
    return found


def _badness(errors: Sequence[ValidationError]) -> tuple[bool, bool, int]:
    """Another type altogether is farthest away, then another constant (a discriminator); then wrong fields count."""
    another_type = any(error.validator == "type" and not error.path for error in errors)
    return another_type, any(error.validator in {"const", "enum"} for error in errors), len(errors)


def _said(error: ValidationError) -> str:
    instance: Any = error.instance
    if error.validator == "unevaluatedProperties" or (
        error.validator == "additionalProperties" and error.validator_value is False
    ):
        names = [name for name in instance if f"'{name}'" in error.message]
        return f"the document does not declare the field {', '.join(map(repr, names))}"
    if error.validator == "required":
        missing = error.message.partition("'")[2].rpartition("'")[0]
        return f"the document requires the field {missing!r}, and it is missing"
    seen = json.dumps(instance, ensure_ascii=False)
    seen = seen if len(seen) <= _MOST_SEEN else seen[:_MOST_SEEN] + "…"
    if error.validator == "type":
        wanted: Any = error.validator_value
        return f"expected {wanted if isinstance(wanted, str) else ' or '.join(wanted)}, seen {seen}"
    return f"expected {error.validator} {json.dumps(error.validator_value, ensure_ascii=False)}, seen {seen}"
