"""One comparison of a request or a response, as both engines are asked it."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from accord.contract import SpecVersion, match_request, match_response
from accord.contract.reading import request_from_json, response_from_json
from accord.contract.wire import request_from_wire, response_from_wire
from accord.core.http.messages import HttpRequest, HttpResponse
from tests.conformance.differential import reference

if TYPE_CHECKING:
    from pathlib import Path

    from accord.contract import Mismatch
    from tests.conformance.differential.canned import CannedProvider


@dataclass(frozen=True)
class RequestCase:
    """An expected request with its rules, and the one sent.

    Attributes:
        path: expected.
        sent_target: path and query sent, encoded.
        query: expected, name to values.
        headers: expected, name to values.
        sent_headers: pairs in order.
        body: expected JSON text, or None.
        sent_body: what is sent.
        rules: ``matchingRules`` as they stand in a file of V3 and V4.
        method: expected.
        sent_method: sent.
    """

    path: str
    sent_target: str
    query: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, list[str]] = field(default_factory=dict)
    sent_headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    sent_body: str = ""
    rules: dict[str, Any] = field(default_factory=dict)
    method: str = "POST"
    sent_method: str = "POST"

    def _expected(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers,
            "matchingRules": self.rules,
        }

    def _pairs(self) -> tuple[tuple[str, str], ...]:
        return (*self.sent_headers, ("Content-Type", "application/json")) if self.sent_body else self.sent_headers

    def ours(self) -> list[Mismatch]:
        """What our engine finds."""
        document = self._expected()
        if self.body is not None:
            document["body"] = {"content": json.loads(self.body), "contentType": "application/json"}
        expected = request_from_json(document, SpecVersion.V4)
        sent = HttpRequest(self.sent_method, self.sent_target, self._pairs(), self.sent_body.encode())
        return match_request(expected, request_from_wire(sent), spec=SpecVersion.V4)

    def theirs(self) -> str | None:
        """What the reference's mock server answers if it takes the request for another one."""
        document = self._expected()
        if self.body is not None:
            document["body"] = self.body
        with reference.mock_server(document) as port:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                connection.putrequest(self.sent_method, self.sent_target, skip_accept_encoding=True)
                for name, value in self._pairs():
                    connection.putheader(name, value)
                connection.putheader("Content-Length", str(len(self.sent_body.encode())))
                connection.endheaders(self.sent_body.encode())
                answer = connection.getresponse()
                text = answer.read().decode()
            finally:
                connection.close()
        return None if answer.status == HTTPStatus.OK else text


@dataclass(frozen=True)
class ResponseCase:
    """An expected response with its rules, and the one given.

    Attributes:
        document: the ``response`` as it stands in a file of the version.
        version: of the file.
        status: given.
        headers: given, pairs in order.
        body: given.
    """

    document: dict[str, Any]
    version: str = "4.0"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""

    def ours(self) -> list[Mismatch]:
        """What our engine finds."""
        version = SpecVersion.parse(self.version)
        expected = response_from_json(self.document, version)
        given = HttpResponse(self.status, self.headers, self.body.encode())
        return match_response(expected, response_from_wire(given), spec=version)

    def theirs(self, provider: CannedProvider, folder: Path) -> str | None:
        """Why the reference's verifier says no, if it does."""
        provider.answer(self.status, self.headers, self.body.encode())
        interaction = {
            "description": "a request",
            "request": {"method": "GET", "path": "/"},
            "response": self.document,
        } | ({"type": "Synchronous/HTTP"} if self.version == "4.0" else {})
        pact = folder / "pact.json"
        pact.write_text(
            json.dumps(
                {
                    "consumer": {"name": "consumer"},
                    "provider": {"name": "provider"},
                    "interactions": [interaction],
                    "metadata": {"pactSpecification": {"version": self.version}},
                }
            ),
            encoding="utf-8",
        )
        return None if reference.verified(pact, provider.port) else "the verifier says no"


def request_verdicts(case: RequestCase) -> str | None:
    """What the two say of a request, where they disagree."""
    return _verdicts(case, case.ours(), case.theirs())


def response_verdicts(case: ResponseCase, provider: CannedProvider, folder: Path) -> str | None:
    """What the two say of a response, where they disagree."""
    return _verdicts(case, case.ours(), case.theirs(provider, folder))


def _verdicts(case: object, ours: list[Mismatch], theirs: str | None) -> str | None:
    if bool(ours) == (theirs is not None):
        return None
    said = "; ".join(map(str, ours)) or "matches"
    return f"{case}\nours:      {said}\nreference: {theirs or 'matches'}"
