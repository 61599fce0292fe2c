"""The mock of a provider: answers what a contract expects and keeps account of everything else. No I/O in here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from accord.contract.matching import match_request
from accord.contract.wire import request_from_wire, response_to_wire
from accord.core.http.messages import HttpResponse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.contract.mismatches import Mismatch
    from accord.contract.model import HttpInteraction, Request, Response
    from accord.contract.spec import SpecVersion
    from accord.core.http.messages import HttpRequest

_WEIGHTS = {"method": 5, "path": 10}
"""What counts when the nearest interaction is looked for: a wrong path is further away than a wrong field."""


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
        self._times = [0] * len(self.interactions)
        self._lock = Lock()

    def handle(self, received: HttpRequest) -> HttpResponse:
        """Answer a request: as its interaction says, else 500 with the reason as JSON."""
        request = request_from_wire(received)
        with self._lock:
            found = self._find(request)
            if isinstance(found, UnexpectedRequest):
                self.unexpected.append(found)
                return _refusal(found)
            self._times[found] += 1
            return response_to_wire(self._answer(self.interactions[found].response))

    def _answer(self, response: Response) -> Response:
        if not _has_generators(response):
            return response
        from accord.contract.generators import prepare_answer  # noqa: PLC0415 - few responses have generators

        return prepare_answer(response, mock_url=self.url)

    def problems(self) -> list[str]:
        """What was requested and not expected, expected and not requested, or requested twice."""
        with self._lock:
            problems = [each.describe() for each in self.unexpected]
            for interaction, times in zip(self.interactions, self._times, strict=True):
                request = interaction.request
                line = f"{interaction.title!r}, {request.method.upper()} {_target(request)}"
                if times == 0:
                    problems.append(f"Expected, but not requested: {line}")
                elif times > 1:
                    problems.append(f"Requested {times} times, expected once: {line}")
            return problems

    def _find(self, request: Request) -> int | UnexpectedRequest:
        """The first interaction that fits and was not requested yet, else one that was, else the nearest."""
        compared = [match_request(each.request, request, spec=self._spec) for each in self.interactions]
        fitting = [index for index, mismatches in enumerate(compared) if not mismatches]
        if fitting:
            return next((index for index in fitting if self._times[index] == 0), fitting[0])
        if not compared:
            return UnexpectedRequest(request, None, ())
        nearest = min(range(len(compared)), key=lambda index: _distance(compared[index]))
        return UnexpectedRequest(request, self.interactions[nearest], tuple(compared[nearest]))


def _has_generators(response: Response) -> bool:
    return bool(response.generators) or any(
        variant.get("generators")
        for _, rule_list in response.rules.category("body")
        for rule in rule_list.rules
        if rule.match == "arrayContains"
        for variant in rule.get("variants") or ()
    )


def _distance(mismatches: list[Mismatch]) -> int:
    return sum(_WEIGHTS.get(mismatch.kind, 1) for mismatch in mismatches)


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
