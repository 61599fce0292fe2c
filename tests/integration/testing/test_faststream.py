"""A FastStream app on a real NATS: what it publishes is captured, and what it retries is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub

from accord.core.errors import ResourceMissingError
from accord.infra.nats.recipe import NatsRecipe

if TYPE_CHECKING:
    from accord.infra import NatsBus, NatsNamespace
    from accord.testing import EventCapture

try:
    NatsRecipe().find()
except ResourceMissingError as missing:
    pytestmark = pytest.mark.skip(reason=str(missing))


def payments(url: str, policy: AckPolicy) -> tuple[NatsBroker, list[int]]:
    """A service that takes payment for each order; the provider refuses the first two calls."""
    broker, calls = NatsBroker(url), []

    @broker.subscriber(
        "orders.placed",
        stream=JStream(name="orders", subjects=["orders.>"], declare=True),
        durable="payments",
        pull_sub=PullSub(timeout=0.2),
        ack_policy=policy,
    )
    @broker.publisher("payments.made")
    async def take_payment(order: dict[str, str]) -> dict[str, str]:
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError("the payment provider does not answer")
        return {"order": order["id"], "amount": order["total"]}

    return broker, calls


@pytest.mark.bus("nats")
async def test_a_payment_is_taken_when_the_provider_answers_again(
    bus: NatsBus, nats: NatsNamespace, captured_events: EventCapture
) -> None:
    service, calls = payments(nats.url, AckPolicy.NACK_ON_ERROR)
    async with service:
        await service.start()
        await bus.publish("orders.placed", {"id": "o-1", "total": "9.99"})
        await captured_events.expect_in_order(
            {"id": "o-1"},
            {"order": "o-1", "amount": "9.99"},
        )
        await captured_events.no_other()
    assert len(calls) == 3


@pytest.mark.bus("nats")
async def test_its_default_policy_loses_the_payment(
    bus: NatsBus, nats: NatsNamespace, captured_events: EventCapture
) -> None:
    service, calls = payments(nats.url, AckPolicy.REJECT_ON_ERROR)
    async with service:
        await service.start()
        await bus.publish("orders.placed", {"id": "o-1", "total": "9.99"})
        await captured_events.expect({"id": "o-1"})
        await captured_events.expect_none(subject="payments.made", within=1.0)
    assert len(calls) == 1
