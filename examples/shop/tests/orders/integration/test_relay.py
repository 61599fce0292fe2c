"""The outbox relay on a real database."""

import asyncio

import pytest
from shop_doubles.databases import execute, rows
from shop_doubles.moments import NOON, StoppedClock
from shop_doubles.orders import RecordingPublisher, an_order
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.envelope import Envelope
from shop.kit.outbox import OutboxRelay
from shop.orders.adapters.database import outbox
from shop.orders.adapters.repository import SqlOrderRepository


@pytest.fixture
def publisher() -> RecordingPublisher:
    return RecordingPublisher()


@pytest.fixture
def relay(engine: AsyncEngine, publisher: RecordingPublisher) -> OutboxRelay:
    return OutboxRelay(engine, outbox, publisher, clock=StoppedClock(), interval=0.01, batch=2)


async def place(engine: AsyncEngine, count: int = 1) -> list[str]:
    orders = [an_order() for _ in range(count)]
    for order in orders:
        await SqlOrderRepository(engine).save(order)
    return [order.id for order in orders]


async def test_publishes_all_in_order_and_once(
    engine: AsyncEngine,
    relay: OutboxRelay,
    publisher: RecordingPublisher,
) -> None:
    ids = await place(engine, 5)
    assert await relay.drain() == 5
    assert await relay.drain() == 0
    assert [event.data["orderId"] for event in publisher.published_events] == ids
    assert {row["published_at"] for row in await rows(engine, "SELECT published_at FROM outbox")} == {NOON}


async def test_what_the_bus_did_not_take_stays(
    engine: AsyncEngine,
    relay: OutboxRelay,
    publisher: RecordingPublisher,
) -> None:
    await place(engine)
    publisher.failing = True
    with pytest.raises(ConnectionError):
        await relay.drain()
    assert await rows(engine, "SELECT published_at FROM outbox") == [{"published_at": None}]
    publisher.failing = False
    assert await relay.drain() == 1


async def test_what_the_bus_has_lost_is_said_again_and_what_is_long_past_is_not(
    engine: AsyncEngine,
    relay: OutboxRelay,
    publisher: RecordingPublisher,
) -> None:
    long_past, lately = await place(engine, 2)
    await relay.drain()
    await execute(
        engine,
        "UPDATE outbox SET published_at = published_at - interval '2 hours' WHERE aggregate_id = :id",
        id=long_past,
    )
    publisher.published_events.clear()
    await relay.publish_again()
    await relay.drain()
    assert [event.data["orderId"] for event in publisher.published_events] == [lately]


async def test_what_was_being_published_when_the_bus_was_lost_is_said_again_too(engine: AsyncEngine) -> None:
    begun: list[asyncio.Task[None]] = []

    class Losing(RecordingPublisher):
        async def publish(self, event: Envelope, key: str) -> None:
            await super().publish(event, key)
            if not begun:
                begun.append(asyncio.create_task(relay.publish_again()))
                for _ in range(10):  # time enough for a statement that does not wait
                    await rows(engine, "SELECT 1")

    relay = OutboxRelay(engine, outbox, Losing(), clock=StoppedClock())
    await place(engine)
    assert await relay.drain() == 1
    await begun[0]
    assert await relay.drain() == 1


async def test_two_relays_publish_each_event_once(
    engine: AsyncEngine,
    relay: OutboxRelay,
    publisher: RecordingPublisher,
) -> None:
    ids = await place(engine, 6)
    other = OutboxRelay(engine, outbox, publisher, clock=StoppedClock(), batch=2)
    await asyncio.gather(relay.drain(), other.drain())
    assert [event.data["orderId"] for event in publisher.published_events] == ids


async def test_a_running_relay_outlives_a_bus_that_is_down(
    engine: AsyncEngine,
    relay: OutboxRelay,
    publisher: RecordingPublisher,
) -> None:
    published = asyncio.Event()

    class Recovering(RecordingPublisher):
        tries = 0

        async def publish(self, event: object, key: str) -> None:
            self.tries += 1
            if self.tries == 1:
                raise ConnectionError("the bus is down")
            published.set()

    relay = OutboxRelay(engine, outbox, Recovering(), clock=StoppedClock(), interval=0.001)
    running = asyncio.create_task(relay.run())
    await place(engine)
    relay.wake()
    try:
        async with asyncio.timeout(5):
            await published.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
