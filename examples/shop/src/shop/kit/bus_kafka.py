"""Kafka: a topic for each channel, a group of readers for each service."""

import asyncio
import logging
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from faststream.kafka import KafkaBroker
from faststream.middlewares import AckPolicy

from shop.kit.bus import Bus, Delivery, Receive
from shop.kit.trace import HEADER

_log = logging.getLogger(__name__)
_HEARTBEAT = 0.3  # of the time after which a reader is missed: two may get lost


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

    async def _send(self, channel: str, key: str, body: bytes, headers: dict[str, str]) -> None:
        await self._broker.publish(body, self._named(channel), key=key.encode(), headers=headers)


async def _undecoded(message: Any) -> Any:
    """The message itself: what it says is judged by the consumer, which parks what cannot be read."""
    return message
