"""A draft of a pact from what a server has seen; a person adds matchers and provider states, proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.contract.model import Contract, HttpInteraction
from accord.contract.spec import SpecVersion
from accord.contract.wire import request_from_wire, response_from_wire
from accord.contract.writing import contract_to_json
from accord.core.http.messages import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accord.stub.journal import Entry

_LEFT_OUT = frozenset(
    {
        "host", "connection", "user-agent", "accept-encoding", "content-length", "transfer-encoding", "date", "server",
        "matched-stub-id", "matched-stub-name", "authorization", "cookie", "set-cookie", "x-accord-namespace", "vary",
    }
)  # fmt: skip


def draft_of(entries: Iterable[Entry], consumer: str, provider: str) -> dict[str, Any]:
    """A pact's JSON with an interaction for each different exchange; secrets in headers are left out.

    Args:
        entries: of the journal; those without an answer are left out.
        consumer: its name.
        provider: its name.
    """
    found: dict[tuple[str, str, bytes, int], HttpInteraction] = {}
    for each in entries:
        plan = each.plan
        if plan is None or plan.fault is not None or not (each.was_matched or each.forwarded):
            continue
        request = each.request
        key = (request.method, request.target, request.body, plan.status)
        if key in found:
            continue
        again = sum(one[0] == request.method and one[1] == request.target for one in found)
        description = f"{request.method} {request.target} answers {plan.status}" + (f" ({again + 1})" if again else "")
        found[key] = HttpInteraction(
            description,
            request=request_from_wire(
                HttpRequest(request.method, request.target, _kept(request.headers), request.body)
            ),
            response=response_from_wire(HttpResponse(plan.status, _kept(plan.headers), plan.body)),
        )
    return contract_to_json(Contract(consumer, provider, tuple(found.values()), SpecVersion.V4))


def _kept(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in headers if pair[0].lower() not in _LEFT_OUT)
