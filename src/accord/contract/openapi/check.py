"""Which interactions of a contract an OpenAPI document cannot satisfy, and which deprecated parts they still use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from accord.contract.bodies import is_json
from accord.contract.model import HttpInteraction
from accord.contract.openapi.schemas import Schemas
from accord.contract.paths import join
from accord.contract.requirements import requirements_of
from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from accord.contract.bodies import Body
    from accord.contract.model import Contract, Request, Response
    from accord.contract.openapi.document import OpenApi, Operation

Severity = Literal["breaks", "deprecated"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where a contract and a document do not agree.

    Attributes:
        severity: ``breaks``, or ``deprecated`` where it still holds.
        consumer: who asks for it.
        interaction: the interaction's title.
        place: where, such as ``GET /orders/{id} 200 body $.total``.
        message: what each of them says.
    """

    severity: Severity
    consumer: str
    interaction: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.consumer}, {self.interaction}: {self.place}: {self.message}"

    def to_json(self) -> dict[str, str]:
        """The conflict as JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def check_openapi(contract: Contract, document: OpenApi) -> list[Conflict]:
    """Compare every HTTP interaction of a contract with a document.

    Raises:
        DocumentError: a reference in the document cannot be followed.
    """
    checker = _Checker(contract, document)
    for interaction in contract.interactions:
        if isinstance(interaction, HttpInteraction):
            checker.check(interaction)
    return checker.conflicts


class _Checker:
    def __init__(self, contract: Contract, document: OpenApi) -> None:
        self.conflicts: list[Conflict] = []
        self._contract = contract
        self._document = document
        self._schemas = Schemas(document)
        self._interaction = ""

    def check(self, interaction: HttpInteraction) -> None:
        self._interaction = interaction.title
        request = interaction.request
        operation = self._document.operation(request.method, request.path)
        if operation is None:
            self._report("breaks", f"{request.method} {request.path}", self._no_operation(request))
            return
        if operation.deprecated:
            self._report("deprecated", operation.title, "the document calls this operation deprecated")
        self._check_parameters(operation, request)
        self._check_request_body(operation, request)
        self._check_response(operation, interaction.response)

    def _no_operation(self, request: Request) -> str:
        methods = self._document.methods_of(request.path)
        if methods:
            return f"the document has only {', '.join(methods)} for this path"
        return f"the document has no such path; it has: {', '.join(self._document.paths[:8]) or 'none'}"

    def _check_parameters(self, operation: Operation, request: Request) -> None:
        known = {(each.get("name"), each.get("in")): each for each in operation.parameters}
        for asked in request.query:
            parameter = known.get((asked, "query"))
            if parameter is None:
                self._report("breaks", f"{operation.title} query {asked}", "the document has no such parameter")
            elif parameter.get("deprecated"):
                self._report("deprecated", f"{operation.title} query {asked}", "a deprecated parameter")
        sent = {name.lower() for name in request.headers}
        for (name, where), parameter in known.items():
            if not parameter.get("required"):
                continue
            if (where == "query" and name not in request.query) or (
                where == "header" and str(name).lower() not in sent
            ):
                self._report("breaks", f"{operation.title} {where} {name}", "required, and the consumer never sends it")

    def _check_request_body(self, operation: Operation, request: Request) -> None:
        described = self._document.resolve(operation.document.get("requestBody"))
        place = f"{operation.title} request"
        if not isinstance(described, dict):
            if request.body.is_present:
                self._report("breaks", f"{place} body", "the consumer sends a body, the document has none")
            return
        if not request.body.is_present:
            if described.get("required"):
                self._report("breaks", f"{place} body", "required, and the consumer sends none")
            return
        self._check_body(place, described.get("content"), request, sent=True)

    def _check_response(self, operation: Operation, response: Response) -> None:
        place = f"{operation.title} {response.status}"
        described = self._document.response(operation, response.status)
        if described is None:
            statuses = ", ".join(operation.document.get("responses") or {}) or "none"
            self._report("breaks", place, f"the document has no such status; it has: {statuses}")
            return
        headers = {name.lower() for name in described.get("headers") or {}}
        for name in response.headers:
            if name.lower() not in headers and name.lower() not in ("content-type", "content-length", "date"):
                self._report("breaks", f"{place} header {name}", "the document does not promise this header")
        if response.body.is_present:
            self._check_body(place, described.get("content"), response, sent=False)

    def _check_body(self, place: str, content: Any, part: Request | Response, *, sent: bool) -> None:
        media_type = part.body.media_type() or ""
        schema = self._document.schema_of(content, media_type)
        if schema is False or (content is None and not sent):
            known = ", ".join(content or {}) or "none"
            self._report("breaks", f"{place} body", f"the document has no {media_type}; it has: {known}")
        elif schema is not None and is_json(media_type):
            self._check_json(place, schema, part.body, part, sent=sent)

    def _check_json(self, place: str, schema: Any, body: Body, part: Request | Response, *, sent: bool) -> None:
        try:
            example = body.json()
            wanted = requirements_of(body, part.rules.category("body"))
        except DocumentError as error:
            self._report("breaks", f"{place} body", f"the contract's body {error}")
            return
        branches: list[list[Conflict]] = [
            list(self._conflicts_at(f"{place} body", "$", "$", example, alternative, wanted, sent=sent))
            for alternative in self._schemas.alternatives(schema)
        ]
        self.conflicts += _fewest(branches)

    def _conflicts_at(  # noqa: PLR0917 - one place of one body
        self, place: str, path: str, key: str, example: Any, schema: Mapping[str, Any], wanted: Any, *, sent: bool
    ) -> Iterator[Conflict]:
        here = f"{place} {path}"
        if schema.get("deprecated"):
            yield self._conflict("deprecated", here, "a deprecated field, still in use")
        requirement = wanted.get(key)
        reason = self._refusal(schema, example, requirement)
        if reason is not None:
            yield self._conflict("breaks", here, reason)
            return
        for token, value in _children(example):
            below, described = self._schemas.below(schema, token)
            child_path = join(path, token)
            child_key = f"{key}[*]" if isinstance(token, int) and f"{key}[*]" in wanted else join(key, token)
            if below is False or (not described and isinstance(token, str) and "properties" in schema):
                yield self._conflict("breaks", f"{place} {child_path}", _undescribed(token, schema))
                continue
            found: list[list[Conflict]] = [
                list(self._conflicts_at(place, child_path, child_key, value, alternative, wanted, sent=sent))
                for alternative in self._schemas.alternatives(below)
            ]
            yield from _fewest(found)
        if sent and isinstance(example, dict):
            for name in schema.get("required") or []:
                if name not in example and not _is_read_only(schema, name):
                    yield self._conflict("breaks", join(here, name), "required, and the consumer never sends it")

    def _refusal(self, schema: Mapping[str, Any], example: Any, requirement: Any) -> str | None:
        reason = self._schemas.refuses(schema, example)
        if reason is None or requirement is None or requirement.rules is None:
            return reason
        # With a rule the example stands for others: only its type counts, not this very value.
        return reason if self._schemas.refuses({"type": schema.get("type"), **_nullable(schema)}, example) else None

    def _report(self, severity: Severity, place: str, message: str) -> None:
        self.conflicts.append(self._conflict(severity, place, message))

    def _conflict(self, severity: Severity, place: str, message: str) -> Conflict:
        return Conflict(severity, self._contract.consumer, self._interaction, place, message)


def _children(example: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(example, dict):
        yield from example.items()
    elif isinstance(example, list):
        yield from enumerate(example)


def _nullable(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"nullable": True} if schema.get("nullable") else {}


def _is_read_only(schema: Mapping[str, Any], name: str) -> bool:
    node = (schema.get("properties") or {}).get(name)
    return isinstance(node, dict) and bool(node.get("readOnly"))


def _undescribed(token: str | int, schema: Mapping[str, Any]) -> str:
    known = ", ".join(schema.get("properties") or {}) or "none"
    return f"the document has no field {token!r}; it has: {known}"


def _fewest(branches: list[list[Conflict]]) -> list[Conflict]:
    """Of several alternatives one must do: the one with the least to complain about tells most."""
    return min(branches, key=_badness, default=[])


def _badness(conflicts: Sequence[Conflict]) -> tuple[int, int]:
    return sum(each.severity == "breaks" for each in conflicts), len(conflicts)
