"""Stubs from pacts, and whether an answer is one that a pact has."""

from __future__ import annotations

import itertools
import uuid
from typing import TYPE_CHECKING, Any

from accord.contract.matching import match_request, match_response
from accord.contract.matching.bodies import match_body
from accord.contract.model import Contract, HttpInteraction, Request, has_generators
from accord.contract.ports import PactFiles
from accord.contract.wire import request_from_wire, response_from_wire, response_to_wire
from accord.core.errors import UsageError
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.stub.mapping import StubMapping, next_number
from accord.stub.request_parts import Difference
from accord.stub.request_pattern import RequestPattern
from accord.stub.response_definition import ResponseDefinition
from accord.stub.url_patterns import ANY_URL, UrlPattern

if TYPE_CHECKING:
    from pathlib import Path

    from accord.contract.spec import SpecVersion
    from accord.stub.requests import StubRequest

PRIORITY = 100
"""Hand-written stubs go before those of a pact."""


class PactRequest:
    """What an interaction asks of a request, matching rules and all."""

    def __init__(self, interaction: HttpInteraction, spec: SpecVersion) -> None:
        self._interaction = interaction
        self._spec = spec

    def differences(self, request: StubRequest) -> list[Difference]:
        """See ContractRequest."""
        headers = tuple(each for each in request.headers if each[0].lower() != "x-accord-namespace")
        seen = request_from_wire(HttpRequest(request.method, request.target, headers, request.body))
        found = match_request(self._interaction.request, seen, spec=self._spec)
        return [Difference(each.place, each.message, str(each.actual)) for each in found]


class PactDocument:
    """See Document.

    Args:
        source: a pact file, or a folder of them.

    Raises:
        DocumentError: it cannot be read.
        UsageError: it has no HTTP interaction.
    """

    def __init__(self, source: Path) -> None:
        self._contracts: list[Contract] = PactFiles(source).all_contracts()
        self._all = [
            (each, contract.version)
            for contract in self._contracts
            for each in contract.interactions
            if isinstance(each, HttpInteraction)
        ]
        if not self._all:
            raise UsageError(f"{source} has no HTTP interaction: there is nothing to make stubs of")
        self.title = f"the pact {source.name}"

    def has(self, method: str, path: str) -> bool:
        """See Document."""
        return bool(self._of(method, path))

    def lies(self, method: str, path: str, response: HttpResponse) -> list[str]:
        """See Document: an interaction of that operation must say it, and no field more."""
        seen = response_from_wire(response)
        found = []
        for each, spec in self._of(method, path):
            mismatches = match_response(each.response, seen, spec=spec)
            if not mismatches:
                rules = each.response.rules.category("body")
                mismatches = match_body(each.response.body, seen.body, rules, allow_unexpected=False)
            if not mismatches:
                return []
            found.append([f"{method} {path} {one}, says {self.title} ({each.title})" for one in mismatches])
        return min(found, key=len)

    def stubs(self) -> list[StubMapping]:
        """See Document: of interactions that ask the same the first answers."""
        return [_stub(each, spec, self.title) for each, spec in reversed(self._all)]

    def _of(self, method: str, path: str) -> list[tuple[HttpInteraction, SpecVersion]]:
        probe = Request(method.upper(), path)
        return [
            (each, spec)
            for each, spec in self._all
            if not any(one.kind in ("method", "path") for one in match_request(each.request, probe, spec=spec))
        ]


def _stub(interaction: HttpInteraction, spec: SpecVersion, title: str) -> StubMapping:
    request, answer = interaction.request, response_to_wire(interaction.response)
    has_rule = any(True for _ in request.rules.category("path"))
    url = ANY_URL if has_rule else UrlPattern.of("urlPath", request.path)
    method = request.method.upper()
    asked: dict[str, Any] = {"method": method, "urlPath": request.path}
    given: dict[str, Any] = {"status": answer.status, "headers": dict(answer.headers)}
    if answer.body:
        given["body"] = answer.body.decode("utf-8", "replace")
    identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{title} {interaction.title} {next(_numbers)}"))
    return StubMapping(
        id=identity,
        request=RequestPattern(method, url, document=asked, contract=PactRequest(interaction, spec)),
        response=ResponseDefinition(
            answer.status,
            headers=answer.headers,
            body=answer.body,
            document=given,
            make=_maker(interaction) if has_generators(interaction.response) else None,
        ),
        document={
            "id": identity, "name": interaction.title, "request": asked, "response": given, "uuid": identity,
            "priority": PRIORITY, "metadata": {"accord": {"source": title}},
        },
        number=next_number(),
        priority=PRIORITY,
        name=interaction.title,
        source=title,
    )  # fmt: skip


def _maker(interaction: HttpInteraction) -> Any:
    def make() -> HttpResponse:
        from accord.contract.generators import prepare_answer  # noqa: PLC0415 - few responses have generators

        return response_to_wire(prepare_answer(interaction.response))

    return make


_numbers = itertools.count()
