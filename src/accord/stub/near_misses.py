"""Why nothing matched: the stubs or requests that come nearest, and field by field what differs."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from accord.stub.problems import shown
from accord.stub.request_parts import Difference
from accord.stub.request_pattern import ANY_METHOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accord.stub.mapping import StubMapping
    from accord.stub.request_pattern import RequestPattern
    from accord.stub.requests import StubRequest
    from accord.stub.space import Space

MOST = 3
_MOST_LOOKED_AT = 3000  # stubs that are looked at for their URL
_MOST_COMPARED = 40  # stubs that are compared in full
_MOST_DIFFERENCES = 12


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A stub that nearly fits a request.

    Attributes:
        distance: 0 fits, 1 differs in everything.
        differences: what differs; where nothing does, its scenario was in another state or its time is over.
    """

    stub: StubMapping
    request: StubRequest
    distance: float
    differences: Sequence[Difference]

    def lines(self) -> list[str]:
        """The stub and its differences, a line each."""
        lines = [f"{self.stub.title} (distance {self.distance:.2f})"]
        for each in self.differences[:_MOST_DIFFERENCES]:
            lines.append(f"    {each.field}: expected {shown(each.expected)}, seen {shown(each.seen)}")  # noqa: PERF401 - one more may follow
        if len(self.differences) > _MOST_DIFFERENCES:
            lines.append(f"    and {len(self.differences) - _MOST_DIFFERENCES} more")
        return lines


def near_misses(space: Space, request: StubRequest, most: int = MOST) -> list[NearMiss]:
    """The stubs nearest to a request, the nearest first. What it costs is bounded, however many stubs there are."""
    stubs = islice(space.visible, _MOST_LOOKED_AT)
    nearest = heapq.nsmallest(_MOST_COMPARED, stubs, key=lambda each: _roughly(each.request, request))
    found = [NearMiss(each, request, each.request.distance(request), _why(space, each, request)) for each in nearest]
    return heapq.nsmallest(most, found, key=lambda each: each.distance)


def nearest_requests(
    pattern: RequestPattern, requests: Iterable[StubRequest], most: int = MOST
) -> list[tuple[float, StubRequest]]:
    """The requests nearest to a pattern, the nearest first."""
    roughly = heapq.nsmallest(_MOST_COMPARED, requests, key=lambda each: _roughly(pattern, each))
    return heapq.nsmallest(most, ((pattern.distance(each), each) for each in roughly), key=lambda pair: pair[0])


def not_matched(space: Space, request: StubRequest) -> str:
    """What a client is told whose request no stub fits."""
    if not space.visible:
        return "No response could be served as there are no stub mappings in this WireMock-compatible StubServer."
    lines = ["Request was not matched", "", f"{request.method} {shown(request.target, 400)}", "", "Nearest stubs:"]
    for each in near_misses(space, request):
        lines += [f"  {line}" for line in each.lines()]
    return "\n".join(lines) + "\n"


def to_json(miss: NearMiss) -> dict[str, Any]:
    """Only what differs; the admin API puts request and stub beside it."""
    return {
        "subEvents": [],
        "diffDescriptions": [each.to_json() for each in miss.differences],
        "distance": miss.distance,
    }


def _why(space: Space, stub: StubMapping, request: StubRequest) -> list[Difference]:
    found = stub.request.differences(request)
    if not space.scenarios.allow(stub):
        state = space.scenarios.state(stub.scenario or "")
        found.append(Difference(f"scenario {stub.scenario}", str(stub.required_state), state))
    if stub.times_left == 0:
        found.append(Difference("times", "at most as often as the stub says", "it has answered that often"))
    return found


def _roughly(pattern: RequestPattern, request: StubRequest) -> tuple[float, float]:
    """An order that costs little: URL first, then method."""
    text, seen = pattern.url.text, pattern.url.seen(request)
    if not text or pattern.url.matches(request):
        far = 0.0
    else:
        common = next(
            (index for index, (left, right) in enumerate(zip(text, seen, strict=False)) if left != right), None
        )
        shared = min(len(text), len(seen)) if common is None else common
        far = 1.0 - shared / max(len(text), len(seen))
    return far, float(pattern.method not in (ANY_METHOD, request.method))
