"""The bus's connection ends and begins again, whatever its driver makes of cancellations."""

import asyncio
from contextlib import suppress

from shop.kit.bus import Bus, BusSettings, Wiring


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
        super().__init__(BusSettings(url="nats://127.0.0.1:4222"), Wiring("orders", {}, {}))
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
