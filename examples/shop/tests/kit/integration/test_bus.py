"""The bus, on real NATS JetStream; the essential on a broker that speaks Kafka's protocol, whose groups take seconds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from nats import connect
from shop_doubles.bus import Colleague, a_message, on_kafka, on_nats, reachable

from accord import poll_until
from shop.kit.bus import Bus, BusSettings, BusUnavailableError, Delivery, Wiring, bus_of
from shop.kit.kafka_mark import Mark
from shop.kit.trace import Trace, within

CHANNEL = "orders.events"


@pytest.fixture
def settings(nats: Any) -> BusSettings:
    return on_nats(nats, acknowledge_within=1)


class Reader:
    """A service that reads one channel, as often as a test starts it."""

    def __init__(self, settings: BusSettings, act: Callable[[Delivery], Awaitable[None]] | None = None) -> None:
        self._settings = settings
        self._act = act
        self.deliveries: list[Delivery] = []

    def joining(self) -> AbstractAsyncContextManager[Bus]:
        return bus_of(self._settings, Wiring("reader", {}, {CHANNEL: self._receive})).running()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        async with self.joining() as bus:
            await reachable(bus)
            yield

    async def _receive(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        if self._act:
            await self._act(delivery)

    async def has_had(self, count: int) -> list[bytes]:
        async def enough() -> bool:
            return len(self.deliveries) >= count

        await poll_until(enough, description=f"{count} deliveries", timeout=20)
        assert len(self.deliveries) == count
        return [delivery.body for delivery in self.deliveries]


async def test_carries_messages_in_order_with_their_trace(settings: BusSettings) -> None:
    reader = Reader(settings)
    messages = [a_message("order.placed", orderId="order-1", position=number) for number in range(5)]
    trace = Trace()
    async with Colleague(settings, CHANNEL, ()).there() as colleague, reader.reading():
        with within(trace):
            for message in messages:
                await colleague.say(message)
        assert await reader.has_had(5) == [message.as_json() for message in messages]
    assert {delivery.traceparent for delivery in reader.deliveries} == {trace.header}


async def fail_twice(delivery: Delivery) -> None:
    if delivery.number < 3:
        raise ConnectionError("the database is away")


async def test_a_message_that_fails_comes_again(settings: BusSettings) -> None:
    reader = Reader(settings, fail_twice)
    async with Colleague(settings, CHANNEL, ()).there() as colleague, reader.reading():
        await colleague.say(a_message("order.placed", orderId="order-1"))
        await reader.has_had(3)
    assert [delivery.number for delivery in reader.deliveries] == [1, 2, 3]


async def test_kafka_by_one_setting(kafka: Any) -> None:
    settings, trace = on_kafka(kafka), Trace()
    reader = Reader(settings, fail_twice)
    messages = [a_message("order.placed", orderId="order-1", position=number) for number in range(2)]
    async with Colleague(settings, CHANNEL, ()).there() as colleague, reader.reading():
        with within(trace):
            for message in messages:
                await colleague.say(message)
        had = await reader.has_had(6)
    assert had == [messages[0].as_json()] * 3 + [messages[1].as_json()] * 3  # the second waits for the first
    assert [delivery.number for delivery in reader.deliveries] == [1, 2, 3] * 2
    assert {delivery.traceparent for delivery in reader.deliveries} == {trace.header}


async def test_what_was_said_while_nobody_read_is_read_later_and_once(settings: BusSettings) -> None:
    reader = Reader(settings)
    async with Colleague(settings, CHANNEL, ()).there() as colleague:
        async with reader.reading():
            await colleague.say(a_message("order.placed", orderId="order-1"))
            await reader.has_had(1)
        await colleague.say(a_message("order.placed", orderId="order-2"))
        async with reader.reading():
            assert b"order-2" in (await reader.has_had(2))[1]


async def test_the_end_waits_for_the_message_in_hand(settings: BusSettings) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slowly(_delivery: Delivery) -> None:
        begun.set()
        await asyncio.sleep(0.2)  # the work itself, not a wait for it
        ended.set()

    reader = Reader(settings, slowly)
    async with Colleague(settings, CHANNEL, ()).there() as colleague:
        async with reader.reading():
            await colleague.say(a_message("order.placed", orderId="order-1"))
            async with asyncio.timeout(20):
                await begun.wait()
        assert ended.is_set()
        async with reader.reading():
            await colleague.say(a_message("order.placed", orderId="order-2"))
            assert b"order-2" in (await reader.has_had(2))[1]  # the first was acknowledged


async def test_a_bus_that_is_down_at_the_start_is_found_when_it_comes(nats_alone: Any) -> None:
    settings = on_nats(nats_alone)
    nats_alone.server.kill()
    bus = bus_of(settings, Wiring("reader", {"order.placed": CHANNEL}, {}))
    async with bus.running():
        with pytest.raises(BusUnavailableError):
            await bus.check()
        with pytest.raises(BusUnavailableError):
            await bus.publish(a_message("order.placed"), "order-1")
        await asyncio.to_thread(nats_alone.server.restart)
        await reachable(bus)
        await bus.publish(a_message("order.placed"), "order-1")


async def test_a_reader_outlives_the_bus(nats_alone: Any) -> None:
    settings = on_nats(nats_alone, acknowledge_within=1, answer_within=1)
    reader = Reader(settings)
    async with Colleague(settings, CHANNEL, ()).there() as colleague, reader.reading():
        await colleague.say(a_message("order.placed", orderId="order-1"))
        await reader.has_had(1)
        nats_alone.server.kill()
        with pytest.raises(Exception, match=r".*"):  # the driver's own; the relay keeps the message whatever it is
            await colleague.say(a_message("order.placed", orderId="order-2"))
        await asyncio.to_thread(nats_alone.server.restart)
        said = a_message("order.placed", orderId="order-3")

        async def taken() -> bool:
            await colleague.say(said)
            return True

        await poll_until(taken, timeout=20)

        async def heard() -> bool:
            return any(delivery.body == said.as_json() for delivery in reader.deliveries)

        await poll_until(heard, timeout=20)


async def test_a_bus_that_comes_back_empty_is_made_anew(nats_alone: Any) -> None:
    settings = on_nats(nats_alone, acknowledge_within=1)
    reader, said_again = Reader(settings), asyncio.Event()

    async def say_again() -> None:
        said_again.set()

    async with reader.joining() as bus:
        await reachable(bus)
        bus.when_lost = say_again
        await lose_its_store(nats_alone)
        async with Colleague(settings, CHANNEL, ()).there() as colleague:
            await colleague.say(a_message("order.placed", orderId="order-1"))
            await reader.has_had(1)
        async with asyncio.timeout(20):
            await said_again.wait()


async def lose_its_store(nats: Any) -> None:
    """The disk of the bus is gone: all its streams, their readers and their messages."""
    client = await connect(nats.url)
    try:
        for stream in await client.jetstream().streams_info():
            await client.jetstream().delete_stream(stream.config.name)
    finally:
        await client.close()


async def test_a_mark_is_gone_with_the_store_of_kafka(kafka_alone: Any) -> None:
    mark = Mark(kafka_alone.bootstrap, f"{kafka_alone.prefix}.{CHANNEL}", "reader")
    try:
        assert [await mark.stands() for _ in range(3)] == [True, True, True]
        await asyncio.to_thread(kafka_alone.server.restart)  # Tansu has all it holds in its memory

        async def is_gone() -> bool:
            return not await mark.stands()

        await poll_until(is_gone, timeout=20)
    finally:
        await mark.stop()


@pytest.mark.soak  # groups of readers take half a minute to come together again; the mark above is how it is noticed
async def test_kafka_that_comes_back_empty_is_made_anew(kafka_alone: Any) -> None:
    settings = on_kafka(kafka_alone)
    reader, said_again = Reader(settings), asyncio.Event()
    messages = [a_message("order.placed", orderId="order-1", position=number) for number in range(3)]

    async def say_again() -> None:
        said_again.set()

    async with reader.joining() as bus:
        await reachable(bus)
        bus.when_lost = say_again
        async with Colleague(settings, CHANNEL, ()).there() as colleague:
            await colleague.say(messages[0])
            await reader.has_had(1)
        await asyncio.to_thread(kafka_alone.server.restart)
        async with Colleague(settings, CHANNEL, ()).there() as colleague:
            for message in messages[1:]:  # by its length the topic seems to have gone on
                await colleague.say(message)

        async def all_heard() -> bool:
            return {delivery.body for delivery in reader.deliveries} == {message.as_json() for message in messages}

        await poll_until(all_heard, timeout=60)  # a group that has lost a member waits for it
        async with asyncio.timeout(60):
            await said_again.wait()


async def test_who_leaves_while_the_connection_is_made_leaves_nothing_open(settings: BusSettings) -> None:
    for tenths in range(20):
        async with Reader(settings).joining():
            await asyncio.sleep(tenths / 10_000)  # another moment of the connection each time
