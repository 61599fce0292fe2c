"""The mock of a provider: answers what a contract expects and keeps account of everything else. No I/O in here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.contract.account import Account
from accord.contract.matching import match_request
from accord.contract.model import has_generators
from accord.contract.wire import request_from_wire, response_to_wire
from accord.core.http.messages import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.contract.mismatches import Mismatch
    from accord.contract.model import HttpInteraction, Request, Response
    from accord.contract.spec import SpecVersion
    from accord.core.http.messages import HttpRequest


@dataclass(frozen=True, slots=True)
class UnexpectedRequest:
    """A request that no interaction expects.

    Attributes:
        request: as it was received.
        nearest: the interaction that differs least, or None where there is none.
        mismatches: how the request differs from it.
    """

    request: Request
    nearest: HttpInteraction | None
    mismatches: tuple[Mismatch, ...]

    def describe(self) -> str:
        """The request, the nearest interaction and the differences, a line each."""
        lines = [f"Not expected: {self.request.method} {_target(self.request)}"]
        if self.nearest is None:
            lines.append("  no interaction is defined")
        else:
            expected = self.nearest.request
            lines.append(f"  nearest: {self.nearest.title!r}, {expected.method.upper()} {_target(expected)}")
            lines += [f"    {mismatch}" for mismatch in self.mismatches]
        return "\n".join(lines)


class MockSession:
    """One run of a mock: the interactions it expects, what came, and what is wrong with it.

    Attributes:
        interactions: what is expected.
        unexpected: what came and was not expected.
        url: its address, where it has one, for generated URLs.
    """

    def __init__(self, interactions: Sequence[HttpInteraction], spec: SpecVersion) -> None:
        self.interactions = tuple(interactions)
        self.url: str | None = None
        self.unexpected: list[UnexpectedRequest] = []
        self._spec = spec
        self._account = Account(self.interactions, _line, "requested")

    def handle(self, received: HttpRequest) -> HttpResponse:
        """Answer a request: as its interaction says, else 500 with the reason as JSON."""
        request = request_from_wire(received)
        with self._account.lock:
            found, mismatches = self._account.find(
                lambda expected: match_request(expected.request, request, spec=self._spec)
            )
            if found is None or mismatches:
                unexpected = UnexpectedRequest(request, found, tuple(mismatches))
                self.unexpected.append(unexpected)
                return _refusal(unexpected)
            return response_to_wire(self._answer(found.response))

    def _answer(self, response: Response) -> Response:
        if not has_generators(response):
            return response
        from accord.contract.generators import prepare_answer  # noqa: PLC0415 - few responses have generators

        return prepare_answer(response, mock_url=self.url)

    def problems(self) -> list[str]:
        """What was requested and not expected, expected and not requested, or requested twice."""
        with self._account.lock:
            return [*(each.describe() for each in self.unexpected), *self._account.problems()]


def _line(interaction: HttpInteraction) -> str:
    request = interaction.request
    return f"{interaction.title!r}, {request.method.upper()} {_target(request)}"


def _target(request: Request) -> str:
    query = "&".join(f"{name}={value}" for name, values in request.query.items() for value in values)
    return f"{request.path}?{query}" if query else request.path


def _refusal(unexpected: UnexpectedRequest) -> HttpResponse:
    document = {
        "error": "unexpected_request",
        "message": unexpected.describe(),
        "mismatches": [mismatch.to_json() for mismatch in unexpected.mismatches],
    }
    headers = (("Content-Type", "application/json"), ("X-Accord-Mock", "unexpected-request"))
    return HttpResponse(500, headers, json.dumps(document).encode())
