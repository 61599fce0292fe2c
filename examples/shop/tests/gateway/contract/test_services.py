"""Gateway as a consumer of the services behind it: what it passes on for its callers, through the whole gateway."""

from datetime import timedelta
from typing import Any

import pytest
from gateway_calls import CALLS, Call
from gateway_calls.call import JSON, NOTHING

from accord import match
from shop.gateway.adapters.upstreams import HttpUpstreams
from shop.gateway.domain.routing import Upstream
from shop.kit.tokens import DEVELOPMENT_SECRET, issue
from shop.kit.wire import utc_now


def token_of(call: Call) -> dict[str, str]:
    """What the caller shows the gateway."""
    if call.caller is None:
        return {}
    roles = ("staff",) if call.staff else ()
    token = issue(call.caller, roles, secret=DEVELOPMENT_SECRET, now=utc_now(), lifetime=timedelta(hours=1))
    return {"Authorization": f"Bearer {token}"}


def passed_on(call: Call) -> dict[str, Any]:
    """What the service sees of a call: who it is from, said by the gateway."""
    headers: dict[str, Any] = {"X-User-Id": call.caller} if call.caller else {}
    if call.staff:
        headers["Authorization"] = match.like("Bearer valid-token")
    return {"headers": headers} if call.body is NOTHING else {"headers": {**headers, **JSON}, "body": call.body}


def state_of(provider: str) -> str:
    """Any state that the provider knows."""
    return next(call.state for call in CALLS if call.provider == provider)


@pytest.mark.parametrize("upstream", Upstream)
async def test_asks_whether_a_service_is_well(pact: Any, upstream: Upstream) -> None:
    provider = f"{upstream.capitalize()}Service"
    contract = pact("Gateway", provider)
    (
        contract.given(state_of(provider))
        .upon_receiving("a question whether it is well")
        .with_request("GET", "/health")
        .will_respond_with(200)
    )
    with contract.in_process() as transport:
        async with HttpUpstreams({upstream: "http://service"}, transport=transport) as services:
            await services.check(upstream)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.id)
async def test_passes_on(pact: Any, door: Any, call: Call) -> None:
    contract = pact("Gateway", call.provider)
    method, _, path = call.request.partition(" ")
    answer: dict[str, Any] = {} if call.answer is NOTHING else {"headers": JSON, "body": call.answer}
    (
        contract.given(call.state)
        .upon_receiving(call.what)
        .with_request(method, path, **passed_on(call))
        .will_respond_with(call.status, **answer)
    )
    with contract.in_process() as transport:
        async with door(transport) as world:
            body = {} if call.body is NOTHING else {"json": call.body}
            response = await world.request(method, path, headers=token_of(call), **body)
    assert response.status_code == call.status
