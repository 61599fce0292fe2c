"""A real bus as tests use it: settings for it, somebody to say things, somebody to hear what is said."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import httpx

from accord import poll_until
from shop.kit.bus import Bus, BusSettings, Delivery, Wiring, bus_of
from shop.kit.envelope import Envelope
from shop_doubles.moments import NOON


def on_nats(nats: Any, **changes: Any) -> BusSettings:
    """The test's own NATS; what is away is looked for often."""
    return BusSettings(**{"url": nats.url, "prefix": nats.stream("shop"), "try_again": 0.1, **changes})


def on_kafka(kafka: Any, **changes: Any) -> BusSettings:
    """The test's own topics in Kafka. A group's first reader waits for others, half as long as for one that is missed."""
    usual = {"url": f"kafka://{kafka.bootstrap}", "prefix": kafka.prefix, "try_again": 0.1}
    session = kafka.consumer_settings("any").get("session_timeout_ms")  # none where the broker is not Accord's own
    return BusSettings(**{**usual, **({"missed_within": session // 1000} if session else {}), **changes})


def a_message(event_type: str, *, event_id: str | None = None, version: int = 1, **data: Any) -> Envelope:
    return Envelope(event_id or str(uuid4()), event_type, NOON, data, version)


async def reachable(bus: Bus) -> None:
    """Wait until the bus is connected."""

    async def connected() -> bool:
        await bus.check()
        return True

    await poll_until(connected, description="the bus", timeout=20)


async def reachable_app(api: httpx.AsyncClient) -> None:
    """Wait until a service says that all it needs is there."""

    async def ready() -> bool:
        return (await api.get("/ready")).status_code == HTTPStatus.OK

    await poll_until(ready, description="the service's bus", timeout=20)


def delivery_of(message: Envelope, channel: str = "any", number: int = 1) -> Delivery:
    """A message as the bus hands it over."""
    return Delivery(channel, message.as_json(), number=number)


class Colleague:
    """Another service on the bus: says what a test wants, and remembers what it hears."""

    def __init__(self, settings: BusSettings, sends_to: str, hears: tuple[str, ...], name: str = "colleague") -> None:
        self._name = name
        self._sends_to = sends_to
        self._settings = settings
        self._hears = hears
        self._bus: Bus | None = None
        self.heard: list[dict[str, Any]] = []
        self.traces: list[str | None] = []

    @asynccontextmanager
    async def there(self) -> AsyncIterator["Colleague"]:
        receivers = dict.fromkeys(self._hears, self._hear)
        self._bus = bus_of(self._settings, Wiring(self._name, _Everything(self._sends_to), receivers))
        async with self._bus.running():
            await reachable(self._bus)
            yield self

    async def say(self, message: Envelope) -> None:
        assert self._bus is not None
        await self._bus.publish(message, str(message.data.get("orderId", "")))

    async def has_heard(self, *event_types: str) -> list[dict[str, Any]]:
        """Everything heard, as soon as all these were heard, in this order."""

        async def enough() -> bool:
            return len(self.heard) >= len(event_types)

        await poll_until(enough, description=f"{event_types}; heard: {self.heard}", timeout=20)
        assert [message["eventType"] for message in self.heard] == list(event_types)
        return self.heard

    async def _hear(self, delivery: Delivery) -> None:
        self.heard.append(json.loads(delivery.body))
        self.traces.append(delivery.traceparent)


class _Everything(dict[str, str]):
    """Sends every type of message to one channel."""

    def __init__(self, channel: str) -> None:
        super().__init__({"": channel})
        self._channel = channel

    def __missing__(self, _event_type: str) -> str:
        return self._channel
