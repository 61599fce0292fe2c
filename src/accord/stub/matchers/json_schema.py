"""``matchesJsonSchema``: a JSON value against a schema of the drafts that WireMock knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from accord.core.documents import parse_json
from accord.core.errors import DocumentError, ResourceMissingError
from accord.stub.matchers.matcher import Matcher
from accord.stub.requests import NO_JSON, json_or_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.stub.requests import StubRequest

VERSIONS = {
    "V4": "Draft4Validator",
    "V6": "Draft6Validator",
    "V7": "Draft7Validator",
    "V201909": "Draft201909Validator",
    "V202012": "Draft202012Validator",
}


class MatchesJsonSchema(Matcher):
    """See the module.

    Raises:
        ValueError: the schema is none.
        ResourceMissingError: the package jsonschema is not installed.
    """

    operator: ClassVar[str] = "matchesJsonSchema"
    __slots__ = ("_validator",)

    def __init__(self, schema: Any, document: dict[str, Any], version: str) -> None:
        super().__init__(str(schema), document)
        try:
            import jsonschema  # noqa: PLC0415 - an extra, and slow to load
            from referencing import Registry  # noqa: PLC0415 - comes with it
        except ImportError:
            raise ResourceMissingError("matching by JSON schema needs: pip install 'accord[stub]'") from None
        try:
            value = parse_json(schema) if isinstance(schema, str) else schema
        except DocumentError as error:
            raise ValueError(f"the schema {error}") from None
        validator = getattr(jsonschema, VERSIONS[version])
        try:
            validator.check_schema(value)
        except jsonschema.SchemaError as error:
            raise ValueError(f"is not a JSON schema: {error.message} at {error.json_path}") from None
        # An empty registry: a reference out of the document is never fetched.
        self._validator = validator(value, format_checker=validator.FORMAT_CHECKER, registry=Registry())

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        return value is not None and self._fits(json_or_none(value), value)

    def matches_body(self, request: StubRequest) -> bool:
        """See Matcher."""
        return self._fits(request.json, request.text)

    def _fits(self, document: Any, text: str) -> bool:
        # WireMock takes what is no JSON for a text, so that {"type": "string"} accepts a plain one.
        return self._first_error(text if document is NO_JSON else document) is None

    def _first_error(self, value: Any) -> Any:
        from referencing.exceptions import Unresolvable  # noqa: PLC0415 - comes with jsonschema

        try:
            return next(iter(self._validator.iter_errors(value)), None)
        except (Unresolvable, RecursionError) as error:
            return error

    def differences(self, value: str | None) -> Iterator[tuple[str, str, str]]:
        """See Matcher."""
        if value is None:
            yield "", self.describe(), "nothing"
            return
        document = json_or_none(value)
        error = self._first_error(value if document is NO_JSON else document)
        if error is not None:
            yield getattr(error, "json_path", "$"), self.operator, getattr(error, "message", str(error))
