"""The bus in memory in a unit test: time passes when somebody waits, and nobody waits for real."""

from __future__ import annotations

import asyncio

import pytest

from accord.core.clock import clock
from accord.core.errors import UsageError
from accord.core.polling import PollTimeout
from accord.infra import MemoryBus, Message, MockBus, Redelivery


async def test_an_hour_until_the_next_attempt_takes_no_time() -> None:
    attempts: list[float] = []

    def handle(message: Message) -> None:
        attempts.append(clock().monotonic())
        if message.attempt == 1:
            raise ValueError("come back later")

    async with MemoryBus() as bus:
        await bus.subscribe("orders.placed", handle, group="billing", redelivery=Redelivery(delay=3_600))
        await bus.publish("orders.placed", 1)
        await bus.settled(timeout=4_000)
    assert attempts[1] - attempts[0] >= 3_600


async def test_whoever_waits_for_something_else_gets_the_next_attempt_too() -> None:
    again = asyncio.Event()

    def handle(message: Message) -> None:
        if message.attempt == 1:
            raise ValueError("not yet")
        again.set()

    async with MemoryBus() as bus:
        await bus.subscribe("orders.placed", handle, group="billing", redelivery=Redelivery(delay=60))
        await bus.publish("orders.placed", 1)
        await again.wait()


async def test_what_is_not_settled_in_time_says_so() -> None:
    async with MemoryBus() as bus:
        await bus.subscribe("a", lambda _: 1 / 0, group="g", redelivery=Redelivery(delay=60))  # type: ignore[arg-type]
        await bus.publish("a", 1)
        with pytest.raises(PollTimeout, match="waited 10 s for the memory bus to have delivered all"):
            await bus.settled()


async def test_what_a_group_has_not_taken_stays_while_the_bus_is_stopped() -> None:
    bus, seen = MemoryBus(), []

    def take(message: Message) -> None:
        seen.append(message.content)

    member = await bus.subscribe("a", take, group="g")
    await member.close()
    await bus.publish("a", 1)
    await bus.settled()  # nobody is here who could take it
    await bus.stop()
    await bus.subscribe("a", take, group="g")
    await bus.settled()
    await bus.stop()
    assert seen == [1]


async def test_a_mocked_bus_shows_what_was_handed_to_it_and_delivers_nothing() -> None:
    bus, order = MockBus(), {"id": object()}
    await bus.publish("orders.placed", order, key="order-1")
    assert bus.published[0].content is order
    with pytest.raises(UsageError, match=r'only records .*@pytest.mark.bus\("memory"\)'):
        await bus.subscribe("orders.placed", print, group="billing")
    with pytest.raises(UsageError, match="expected words"):
        await bus.publish("orders placed", 1)


async def test_a_group_without_a_name_is_refused() -> None:
    with pytest.raises(UsageError, match="expected the name of a group, seen ''"):
        await MemoryBus().subscribe("a", print, group="")
