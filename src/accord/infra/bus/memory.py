"""A bus inside the process, with a real broker's semantics: bytes, acknowledgement, redelivery, order per key."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from accord.core.clock import VirtualClock, clock
from accord.infra.bus.deliveries import Deliveries, Delivery
from accord.infra.bus.port import Bus, Observer, Subscription
from accord.infra.bus.redelivery import Verdict, dead_letter, handle
from accord.infra.bus.subjects import matches

if TYPE_CHECKING:
    from accord.infra.bus.message import Message

_BREATH = 50
"""Messages after which a busy member lets other tasks run, and rounds of the loop in which virtual time stood still."""


class _Group:
    """What a group has still to be given, and a bell that rings when there may be something to take."""

    def __init__(self, pattern: str, name: str) -> None:
        self.pattern = pattern
        self.name = name
        self.deliveries = Deliveries()
        self.members = 0
        self.bell = asyncio.Event()


class MemoryBus(Bus):
    """A bus in memory: for unit tests, in virtual time there, and for tests that need no broker.

    What is published travels as bytes. A group is there from its first subscription on and sees nothing from before;
    what it has not taken stays while the bus is stopped, and is gone with the object.
    """

    kind = "memory"

    def __init__(self, *, max_bytes: int = Bus.max_bytes) -> None:
        """Make one; there is nothing to connect to.

        Args:
            max_bytes: the largest message; 1 MiB, as NATS and Kafka have it, by default.
        """
        super().__init__()
        self.max_bytes = max_bytes
        self._groups: dict[tuple[str, str], _Group] = {}

    async def _open(self) -> None:
        pass

    async def _close(self) -> None:
        pass

    async def _send(self, message: Message) -> None:
        for observer in self._observers:
            observer.tell(message)
        for group in self._groups.values():
            if matches(group.pattern, message.subject):
                group.deliveries.add([message])
                group.bell.set()

    async def _join(self, subscription: Subscription) -> None:
        place = (subscription.group, subscription.pattern)
        group = self._groups.setdefault(place, _Group(subscription.pattern, subscription.group))
        group.members += 1  # whoever waits for the bus to settle waits for this one from now on
        subscription.task = asyncio.create_task(self._serve(group, subscription))

    async def _watch(self, observer: Observer) -> None:
        """It is told in :meth:`_send`."""

    async def _unfinished(self) -> int:
        return sum(len(group.deliveries) for group in self._groups.values() if group.members)

    async def _serve(self, group: _Group, subscription: Subscription) -> None:
        served = 0
        try:
            while True:
                delivery = group.deliveries.take(clock().monotonic())
                if delivery is None:
                    await _something(group)
                    continue
                await self._deliver(group, subscription, delivery)
                served += 1
                if group.members > 1 or served % _BREATH == 0:
                    await asyncio.sleep(0)
        finally:
            group.members -= 1
            group.bell.set()

    async def _deliver(self, group: _Group, subscription: Subscription, delivery: Delivery) -> None:
        message = delivery.message
        try:
            outcome = await handle(subscription.handler, message, subscription.redelivery)
        except BaseException:  # cancelled: the member is gone, its message is not
            group.deliveries.back(delivery)
            raise
        if outcome.verdict is Verdict.AGAIN:
            group.deliveries.again(delivery, clock().monotonic() + outcome.delay)
        else:
            letter = dead_letter(message, group.name, outcome.reason) if outcome.verdict is Verdict.DEAD else None
            group.deliveries.done(delivery)
            if letter is not None:
                await self._send(letter)
        group.bell.set()


async def _something(group: _Group) -> None:
    """Wait until there may be something to take."""
    group.bell.clear()
    due = group.deliveries.next_due()
    if due is None:
        await group.bell.wait()
        return
    time = clock()
    if isinstance(time, VirtualClock):
        await _virtually(group.bell, time, due)
        return
    try:
        async with asyncio.timeout(max(due - time.monotonic(), 0)):
            await group.bell.wait()
    except TimeoutError:
        pass


async def _virtually(bell: asyncio.Event, time: VirtualClock, due: float) -> None:
    """Wait in virtual time: whoever polls moves it; where nobody does, all others wait, and it is moved on here."""
    stood, seen = 0, time.monotonic()
    while not bell.is_set() and seen < due:
        await asyncio.sleep(0)
        now = time.monotonic()
        stood, seen = (stood + 1 if now == seen else 0), now
        if stood > _BREATH:
            time.sleep(due - now)
