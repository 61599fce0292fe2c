"""The bus's connection ends and begins again, whatever its driver makes of cancellations."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from shop.kit import bus_kafka
from shop.kit.bus import Bus, BusSettings, Wiring
from shop.kit.bus_kafka import KafkaBus


class Broker:
    """As FastStream's: started, and stopped once."""

    def __init__(self) -> None:
        self.stopped = 0

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        self.stopped += 1


class UnquietBroker(Broker):
    """Lets the cancellation of a task of its own out when it stops."""

    async def stop(self) -> None:
        await super().stop()
        raise asyncio.CancelledError


class KnownBus(Bus):
    """Has one broker, and tells when it is watched."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(BusSettings(url="nats://127.0.0.1:4222", try_again=0), Wiring("orders", {}, {}))
        self.broker = broker
        self.watches = asyncio.Event()

    async def _knock(self) -> None:
        pass

    def _made(self) -> Broker:
        return self.broker

    async def _send(self, channel: str, key: str, body: bytes, headers: dict[str, str]) -> None:
        raise AssertionError("nothing is sent here")


class LosingBus(KnownBus):
    """Its driver loses a cancellation, as one does whose answer comes at the same moment."""

    async def _until_lost(self, broker: object) -> None:
        self.watches.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


async def test_a_lost_cancellation_does_not_keep_it_from_ending() -> None:
    bus = LosingBus(Broker())
    async with bus.running():
        await bus.watches.wait()
    assert bus.broker.stopped == 1


class ForgetfulBus(KnownBus):
    """Loses its store once."""

    async def _until_lost(self, broker: object) -> None:
        if self.broker.stopped:
            self.watches.set()
            await asyncio.Event().wait()


async def test_a_driver_that_stops_with_a_cancellation_of_its_own_is_made_anew() -> None:
    bus = ForgetfulBus(UnquietBroker())
    async with asyncio.timeout(10), bus.running():
        await bus.watches.wait()
    assert bus.broker.stopped == 2


class UnwatchableBus(ForgetfulBus):
    """Its driver lets the cancellation of a task of its own out: once when started, and once while it is watched."""

    def __init__(self, broker: Broker) -> None:
        super().__init__(broker)
        self.knocks = 0

    async def _knock(self) -> None:
        self.knocks += 1
        if self.knocks == 1:
            raise asyncio.CancelledError

    async def _until_lost(self, broker: object) -> None:
        await super()._until_lost(broker)
        raise asyncio.CancelledError


async def test_a_cancellation_of_a_drivers_own_does_not_end_connecting() -> None:
    bus = UnwatchableBus(Broker())
    async with asyncio.timeout(10), bus.running():
        await bus.watches.wait()
    assert (bus.knocks, bus.broker.stopped) == (3, 2)


async def test_nor_does_one_while_the_outbox_is_said_again() -> None:
    said = asyncio.Event()

    async def say_again() -> None:
        said.set()
        raise asyncio.CancelledError

    bus = ForgetfulBus(Broker())
    bus.when_lost = say_again
    async with asyncio.timeout(10), bus.running():
        await bus.watches.wait()
    assert said.is_set()
    assert bus.broker.stopped == 2


async def test_a_broker_whose_start_is_cancelled_by_its_driver_is_stopped() -> None:
    class Unready(Broker):
        async def start(self) -> None:
            if not self.stopped:
                raise asyncio.CancelledError

    bus = ForgetfulBus(Unready())
    async with asyncio.timeout(10), bus.running():
        await bus.watches.wait()
    assert bus.broker.stopped == 2


class KnownKafka(KafkaBus):
    """Has one broker."""

    def __init__(self, broker: Broker) -> None:
        settings = BusSettings(url="kafka://127.0.0.1:9092", try_again=0)
        super().__init__(settings, Wiring("orders", {"order.placed": "orders"}, {}))
        self.broker = broker

    async def _knock(self) -> None:
        pass

    def _made(self) -> Any:
        return self.broker


async def test_kafka_is_away_not_lost_when_its_driver_cancels_a_task_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broker, asked_again = Broker(), asyncio.Event()

    class UnquietMark(Broker):
        asked = 0

        async def stands(self) -> bool:
            self.asked += 1
            if self.asked > 3:
                asked_again.set()
            raise asyncio.CancelledError

    monkeypatch.setattr(bus_kafka, "Mark", lambda *_: UnquietMark())
    async with asyncio.timeout(10), KnownKafka(broker).running():
        await asked_again.wait()
        assert broker.stopped == 0
    assert broker.stopped == 1
