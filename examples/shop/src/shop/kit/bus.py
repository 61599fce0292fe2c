"""The bus that messages travel on: NATS JetStream or Kafka, whichever the settings name."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from shop.kit import trace
from shop.kit.envelope import Envelope
from shop.kit.outbox import EventPublisher
from shop.kit.settings import SettingsError, Variables

_log = logging.getLogger(__name__)
_KNOCK_WITHIN = 2.0  # seconds for an address to answer
_END_WITHIN = 20.0  # seconds for the message in hand
_FIRST_DELAY, _LONGEST_DELAY = 0.1, 5.0  # seconds before a message that failed is delivered again
_DOUBLINGS = 10  # more than it takes to the longest delay, and few enough for any number of deliveries


class BusUnavailableError(Exception):
    """The bus is not there, or does not take a message."""


@dataclass(frozen=True, slots=True)
class BusSettings:
    """Where the bus is and how patient it is.

    Args:
        url: `nats://…` or `kafka://host:port`; without one there is no bus.
        prefix: begins the name of the stream, of every subject and every topic.
        most_deliveries: how often a message that fails is delivered before it is parked.
        acknowledge_within: seconds after which the bus delivers a message again whose reader has vanished.
        missed_within: seconds of silence after which Kafka gives what a reader read to another one; a broker may refuse
            less than 6.
        try_again: seconds between two tries to reach a bus that is away, and two looks whether it has lost its store.
        answer_within: seconds NATS may take to confirm a message, and to tell a reader that there is none.
    """

    url: str | None = None
    prefix: str = "shop"
    most_deliveries: int = 20
    acknowledge_within: int = 10
    missed_within: int = 10
    try_again: float = 1.0
    answer_within: float = 2.0

    @classmethod
    def of(cls, variables: Variables) -> Self:
        """Read the variables that all services share.

        Raises:
            SettingsError: a variable cannot be read.
        """
        default = cls()
        url = variables.optional("SHOP_BUS_URL")
        if url is not None and urlsplit(url).scheme not in {"nats", "kafka"}:
            raise SettingsError("SHOP_BUS_URL", "expected nats://… or kafka://host:port, saw another scheme")
        return cls(
            url=url,
            prefix=variables.text("SHOP_BUS_PREFIX", default.prefix),
            most_deliveries=variables.number("SHOP_BUS_MOST_DELIVERIES", default.most_deliveries),
            acknowledge_within=variables.number("SHOP_BUS_ACKNOWLEDGE_SECONDS", default.acknowledge_within),
            missed_within=variables.number("SHOP_BUS_MISSED_SECONDS", default.missed_within),
            try_again=variables.seconds("SHOP_BUS_TRY_AGAIN_MS", default.try_again),
            answer_within=variables.seconds("SHOP_BUS_ANSWER_MS", default.answer_within),
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as the bus hands it over.

    Args:
        channel: where it came from.
        body: what it says, of which nothing is certain yet.
        traceparent: the trace it belongs to.
        number: counts its deliveries, from 1.
    """

    channel: str
    body: bytes
    traceparent: str | None = None
    number: int = 1

    @property
    def delay(self) -> float:
        """Seconds to wait before the next delivery: longer each time."""
        return float(min(_FIRST_DELAY * 2 ** min(self.number - 1, _DOUBLINGS), _LONGEST_DELAY))


Receive = Callable[[Delivery], Awaitable[None]]
"""Does what a message asks for. Whatever it raises, the message comes again."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a service sends and reads.

    Args:
        service: names the reader: what it has read, no other process of it reads again.
        channel_of: for each type of message the service sends, the channel it goes to.
        receivers: for each channel the service reads, who reads it.
    """

    service: str
    channel_of: Mapping[str, str]
    receivers: Mapping[str, Receive]


class Bus(EventPublisher, ABC):
    """A connection to the bus that is made in the background, as often as it takes.

    A service starts and works while the bus is away: what it has to say waits in its outbox.

    Args:
        settings: where the bus is.
        wiring: what the service sends and reads.
    """

    default_port: int

    def __init__(self, settings: BusSettings, wiring: Wiring) -> None:
        self._settings = settings
        self._wiring = wiring
        self._broker: Any = None
        self._ending = asyncio.Event()
        self.when_lost: Callable[[], Awaitable[object]] | None = None
        """Called when the bus has come back without what was said on it, as soon as it takes messages again."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Read and send for as long as the block lasts; at its end the message in hand is finished first."""
        connecting = asyncio.create_task(self._connect())
        try:
            yield self
        finally:
            # Both: up to Python 3.11 a cancellation gets lost in a driver whose answer comes at the same moment.
            self._ending.set()
            connecting.cancel()
            await asyncio.wait([connecting])
            if self._broker is not None:
                await end_connection(self._broker)

    async def check(self) -> None:
        """Raise when the bus is not there."""
        if self._broker is None or not await self._broker.ping(timeout=1.0):
            raise BusUnavailableError(f"no connection to the bus at {self.address}")

    async def publish(self, event: Envelope, key: str) -> None:
        if self._broker is None:
            raise BusUnavailableError(f"no connection to the bus at {self.address} yet")
        channel = self._wiring.channel_of[event.event_type]
        headers = {**trace.outgoing(), **self._extra_headers(event)}
        await self._send(channel, key, event.as_json(), headers)

    @property
    def address(self) -> str:
        """Where the bus is, without what only the service may know."""
        parts = urlsplit(self._settings.url or "")
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    def _named(self, channel: str) -> str:
        return f"{self._settings.prefix}.{channel}"

    def _extra_headers(self, event: Envelope) -> Mapping[str, str]:  # noqa: ARG002 - for buses that have some
        return {}

    @abstractmethod
    def _made(self) -> Any:
        """A FastStream broker with everything the service sends and reads, not yet started."""

    @abstractmethod
    async def _send(self, channel: str, key: str, body: bytes, headers: dict[str, str]) -> None: ...

    async def _until_lost(self, broker: Any) -> None:  # noqa: ARG002 - for buses that can tell
        """Wait until the bus has forgotten what it was told of streams and readers, or is to end."""
        await asyncio.Event().wait()

    async def _connect(self) -> None:
        """Connect, and again with everything anew whenever the bus has lost its store, or nobody can tell."""
        has_stood = False
        while not self._ending.is_set():
            try:
                await self._knock()
                self._broker = await _started(self._made())
                _log.info("connected to the bus at %s", self.address)
                if has_stood and self.when_lost:
                    await self._say_again(self.when_lost)
                has_stood = True
                await self._until_lost(self._broker)
                if self._ending.is_set():
                    return
                _log.error("the bus at %s has lost its store: what it held is gone; beginning anew", self.address)
            except (Exception, asyncio.CancelledError) as error:
                if is_told_to_end(error):
                    raise
                pause = self._settings.try_again  # whatever is wrong with the bus, it may be better soon
                _log.warning("the bus at %s is not there: %r; next try in %s s", self.address, error, pause)
                await self._pause()
            broker, self._broker = self._broker, None
            if broker is not None:
                await end_connection(broker)

    async def _pause(self) -> None:
        """Wait before the next try or look, and no longer than until the end is told."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.try_again):
                await self._ending.wait()

    async def _say_again(self, say_again: Callable[[], Awaitable[object]]) -> None:
        try:
            await say_again()
        except (Exception, asyncio.CancelledError) as error:
            if is_told_to_end(error):
                raise
            # The bus works all the same; sagas have time limits for what is lost.
            _log.exception("could not say again what the bus has lost")

    async def _knock(self) -> None:
        """Raise when nobody listens. The drivers would try for ever, and leave their sockets open when stopped."""
        first = urlsplit(self._settings.url or "").netloc.rpartition("@")[2].split(",")[0]
        parts = urlsplit(f"//{first}")
        async with asyncio.timeout(_KNOCK_WITHIN):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or self.default_port)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _started(broker: Any) -> Any:
    """The broker, connected. Whoever cannot wait for it any longer still waits until it can be stopped in order."""
    starting = asyncio.ensure_future(broker.start())
    try:
        await asyncio.shield(starting)
    except BaseException:
        with suppress(Exception, asyncio.CancelledError):
            async with asyncio.timeout(_END_WITHIN):
                await starting
        await end_connection(broker)
        raise
    return broker


async def end_connection(broker: Any) -> None:
    """Stop a broker, or whatever else has a connection; one that does not end well is given up.

    What it had in hand is delivered again.
    """
    try:
        async with asyncio.timeout(_END_WITHIN):
            await broker.stop()
    except (Exception, asyncio.CancelledError) as error:
        if is_told_to_end(error):
            raise
        _log.warning("the connection to the bus did not end well: %r", error)


def is_told_to_end(error: BaseException) -> bool:
    """Whether the current task was cancelled. Else a cancellation is a driver's own, of a task that it ended itself."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0


def bus_of(settings: BusSettings, wiring: Wiring) -> Bus:
    """The bus that the settings name; it must be one."""
    # Late: whoever uses one product need not have the other's driver.
    if urlsplit(settings.url or "").scheme == "kafka":
        from shop.kit.bus_kafka import KafkaBus  # noqa: PLC0415

        return KafkaBus(settings, wiring)
    from shop.kit.bus_nats import NatsBus  # noqa: PLC0415

    return NatsBus(settings, wiring)
