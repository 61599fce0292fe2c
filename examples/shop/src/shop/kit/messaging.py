"""What every service with messages does alike: relay its outbox, read its channels, say whether the bus is there."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final

from fastapi import FastAPI

from shop.kit.background import background
from shop.kit.bus import Bus, BusSettings, Wiring, bus_of
from shop.kit.consumer import Consumer, Handler, Storage
from shop.kit.outbox import EventPublisher, OutboxRelay

_NOTHING: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """What a service sends and reads.

    Args:
        service: names it to the bus.
        handlers: what to do, by type of message.
        reads: the channels to read.
        passed_over: types in them that are known and of no concern.
        channel_of: for each type of message the service sends, the channel it goes to.
    """

    service: str
    handlers: Mapping[str, Handler]
    reads: tuple[str, ...]
    passed_over: frozenset[str] = frozenset()
    channel_of: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


async def join_bus(
    app: FastAPI,
    stack: AsyncExitStack,
    settings: BusSettings,
    messages: Messages,
    storage: Storage,
    *,
    publisher: EventPublisher | None = None,
) -> None:
    """Read and relay for as long as the stack lives.

    Without a bus nothing is read, and what is in the outbox waits there, unless there is a publisher.

    Args:
        app: gets `state.consumer`, `state.relay`, and in `state.needs` what `/ready` asks.
        stack: what to open things on.
        settings: where the bus is.
        messages: what the service sends and reads.
        storage: its books; `storage.committed`, an `Alarm`, wakes the relay.
        publisher: what to relay the outbox to instead of the bus.
    """
    bus: Bus | None = None
    consumer = Consumer(
        messages.handlers,
        storage,
        passed_over=messages.passed_over,
        most_deliveries=settings.most_deliveries,
    )
    app.state.consumer = consumer
    if settings.url is not None:
        receivers = dict.fromkeys(messages.reads, consumer.receive)
        bus = bus_of(settings, Wiring(messages.service, messages.channel_of, receivers))
        app.state.needs = {**getattr(app.state, "needs", {}), "bus": bus.check}
        publisher = publisher or bus
        await stack.enter_async_context(bus.running())
    app.state.relay = None
    if publisher is not None and storage.outbox is not None:
        app.state.relay = OutboxRelay(storage.engine, storage.outbox, publisher, clock=storage.clock)
        storage.committed.relay = app.state.relay
        if bus is not None:
            bus.when_lost = app.state.relay.publish_again
        await stack.enter_async_context(background(app.state.relay.run()))
