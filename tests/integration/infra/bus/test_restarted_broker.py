"""A broker that is killed and comes back: members go on, and what JetStream had taken is not lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.core.polling import poll_until
from accord.infra import NatsBus

if TYPE_CHECKING:
    from accord.infra import Message, NatsNamespace


async def test_members_on_nats_go_on_after_its_death(nats_alone: NatsNamespace) -> None:
    taken: list[object] = []

    def take(message: Message) -> None:
        taken.append(message.content)

    async def has_two() -> bool:
        return 2 in taken  # at least once: what a killed server had not written of an acknowledgement comes again

    async def publish() -> bool:
        await bus.publish("orders.placed", 2)
        return True

    async with NatsBus(nats_alone.url) as bus:
        await bus.subscribe("orders.placed", take, group="billing")
        await bus.publish("orders.placed", 1)
        await bus.settled()
        nats_alone.server.kill()
        nats_alone.server.start()
        await poll_until(publish, description="the connection to come back", timeout=20)
        await poll_until(has_two, description="the member to go on", timeout=20)
