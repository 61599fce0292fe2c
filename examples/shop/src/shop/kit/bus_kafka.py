"""Kafka: a topic for each channel, a group of readers for each service."""

import asyncio
import logging
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from faststream.kafka import KafkaBroker
from faststream.middlewares import AckPolicy

from shop.kit.bus import Bus, Delivery, Receive, end_connection, is_told_to_end
from shop.kit.kafka_mark import Mark
from shop.kit.trace import HEADER

_log = logging.getLogger(__name__)
_HEARTBEAT = 0.3  # of the time after which a reader is missed: two may get lost
_ANSWER_WITHIN = 5.0  # seconds
_MISSED = 3  # looks in a row: a broker that has just started again answers before it has read its own store


class KafkaBus(Bus):
    """Messages of one key share a partition, and so stay in order."""

    default_port = 9092

    def _made(self) -> KafkaBroker:
        broker = KafkaBroker(
            urlsplit(self._settings.url or "").netloc,
            client_id=self._wiring.service,
            acks="all",
            logger=_log,
            log_level=logging.DEBUG,
            apply_types=False,
        )
        for channel, receive in self._wiring.receivers.items():
            self._read(broker, channel, receive)
        return broker

    def _read(self, broker: KafkaBroker, channel: str, receive: Receive) -> None:
        failures: Counter[tuple[str, int, int]] = Counter()
        missed_within = self._settings.missed_within * 1000  # milliseconds
        subscriber = broker.subscriber(
            self._named(channel),
            group_id=f"{self._settings.prefix}.{self._wiring.service}",
            auto_offset_reset="earliest",
            session_timeout_ms=missed_within,
            heartbeat_interval_ms=round(missed_within * _HEARTBEAT),
            ack_policy=AckPolicy.NACK_ON_ERROR,
            decoder=_undecoded,
            no_reply=True,
        )

        @subscriber
        async def handle(message: Any) -> None:
            record = message.raw_message
            place = (record.topic, record.partition, record.offset)
            # Kafka does not count deliveries; this count is lost with the process, which only delays the parking.
            delivery = Delivery(channel, message.body, message.headers.get(HEADER), failures[place] + 1)
            try:
                await receive(delivery)
            except Exception:
                failures[place] += 1
                await asyncio.sleep(delivery.delay)  # the partition waits: what comes behind may build on this one
                raise
            failures.pop(place, None)

    async def _until_lost(self, broker: KafkaBroker) -> None:
        channels = sorted({*self._wiring.receivers, *self._wiring.channel_of.values()})
        if not channels:
            await super()._until_lost(broker)  # nothing is read or sent, so nothing can be lost
        group = f"{self._settings.prefix}.{self._wiring.service}"
        mark = Mark(urlsplit(self._settings.url or "").netloc, self._named(channels[0]), group)
        try:
            missed = 0
            while missed < _MISSED and not self._ending.is_set():
                missed = 0 if await self._stands(mark) else missed + 1
                await self._pause()
        finally:
            await end_connection(mark)

    async def _stands(self, mark: Mark) -> bool:
        try:
            async with asyncio.timeout(_ANSWER_WITHIN):
                return await mark.stands()
        except (Exception, asyncio.CancelledError) as error:
            if is_told_to_end(error):
                raise
            # Away, not lost: the driver connects again by itself.
            _log.debug("the bus does not say whether it has its store: %r", error)
            return True

    async def _send(self, channel: str, key: str, body: bytes, headers: dict[str, str]) -> None:
        await self._broker.publish(body, self._named(channel), key=key.encode(), headers=headers)


async def _undecoded(message: Any) -> Any:
    """The message itself: what it says is judged by the consumer, which parks what cannot be read."""
    return message
