"""Stubs from an OpenAPI document, and whether an answer is one that it declares."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from accord.contract.openapi.conformance import Conformance
from accord.contract.openapi.document import OpenApi
from accord.contract.openapi.requests import RequestConformance
from accord.contract.openapi.samples import Samples
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.stub.mapping import StubMapping, next_number
from accord.stub.request_parts import Difference
from accord.stub.request_pattern import RequestPattern
from accord.stub.response_definition import ResponseDefinition
from accord.stub.url_patterns import UrlPattern

if TYPE_CHECKING:
    from pathlib import Path

    from accord.contract.openapi.document import Operation
    from accord.stub.requests import StubRequest

PRIORITY = 200
"""Hand-written stubs and those of pacts go before those of a document."""


class DocumentedRequest:
    """What a document asks of the requests of one operation."""

    def __init__(self, operation: Operation, document: OpenApi, requests: RequestConformance) -> None:
        self._operation = operation
        self._document = document
        self._requests = requests

    def differences(self, request: StubRequest) -> list[Difference]:
        """See ContractRequest."""
        found = self._document.operation(request.method, request.path)
        if found is not self._operation:
            other = found.title if found else "nothing that is declared"
            return [Difference("operation", self._operation.title, other)]
        seen = HttpRequest(request.method, request.target, tuple(request.headers), request.body)
        return [Difference(each.place, each.message, request.method) for each in self._requests.check(seen)]


class OpenApiDocument:
    """See Document.

    Args:
        source: a JSON or YAML file.

    Raises:
        DocumentError: it cannot be read, or is not OpenAPI 3.
        ResourceMissingError: the package jsonschema is not installed.
    """

    def __init__(self, source: Path) -> None:
        self._document = OpenApi.read(source)
        self._conformance = Conformance(self._document)
        self._requests = RequestConformance(self._conformance)
        self._samples = Samples(self._conformance)
        self.title = source.name

    def has(self, method: str, path: str) -> bool:
        """See Document."""
        return self._document.operation(method, path) is not None

    def lies(self, method: str, path: str, response: HttpResponse) -> list[str]:
        """See Document."""
        return [f"{each}, says {self.title}" for each in self._conformance.check(method, path, response)]

    def stubs(self) -> list[StubMapping]:
        """See Document: an answer that the document allows for each operation, its own examples first."""
        prefixes = dict.fromkeys(("", self._document.prefix))  # requests may or may not carry it
        return [self._stub(each, prefix) for each in reversed(self._document.operations) for prefix in prefixes]

    def _stub(self, operation: Operation, prefix: str) -> StubMapping:
        identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.title} {operation.title} {prefix}"))
        asked: dict[str, Any] = {"method": operation.method, "urlPathTemplate": prefix + operation.template}
        url = UrlPattern.of("urlPathTemplate", prefix + operation.template)
        answer: dict[str, Any] = {"status": self._samples.statuses(operation)[0]}
        document = {
            "id": identity, "name": operation.title, "request": asked, "uuid": identity, "priority": PRIORITY,
            "response": answer,
            "metadata": {"accord": {"source": self.title}},
        }  # fmt: skip

        def make() -> HttpResponse:
            return self._samples.response(operation)

        return StubMapping(
            id=identity,
            request=RequestPattern(
                operation.method,
                url,
                document=asked,
                contract=DocumentedRequest(operation, self._document, self._requests),
            ),
            response=ResponseDefinition(document=answer, make=make),
            document=document,
            number=next_number(),
            priority=PRIORITY,
            name=operation.title,
            source=self.title,
        )
