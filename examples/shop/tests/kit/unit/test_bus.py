"""The bus's connection ends, whatever its driver makes of the cancellation."""

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


class LosingBus(Bus):
    """Its driver loses a cancellation, as one does whose answer comes at the same moment."""

    def __init__(self) -> None:
        super().__init__(BusSettings(url="nats://127.0.0.1:4222"), Wiring("orders", {}, {}))
        self.broker = Broker()
        self.watches = asyncio.Event()

    async def _knock(self) -> None:
        pass

    def _made(self) -> Broker:
        return self.broker

    async def _send(self, channel: str, key: str, body: bytes, headers: dict[str, str]) -> None:
        raise AssertionError("nothing is sent here")

    async def _until_lost(self, broker: object) -> None:
        self.watches.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


async def test_a_lost_cancellation_does_not_keep_it_from_ending() -> None:
    bus = LosingBus()
    async with bus.running():
        await bus.watches.wait()
    assert bus.broker.stopped == 1
