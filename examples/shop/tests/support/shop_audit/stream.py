"""What was on the bus: the stream or the topics keep every message, and are read from where the last look ended."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import nats
from aiokafka import AIOKafkaConsumer, TopicPartition
from nats.js.api import ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

Heard = list[tuple[str, Mapping[str, Any]]]
"""Channel and message."""

_WITHIN = 10.0  # seconds for a message that is known to be there


class Listener:
    """Reads the bus of a whole shop.

    Args:
        url: `nats://…` or `kafka://host:port`.
        prefix: begins the name of every subject and topic.
    """

    def __init__(self, url: str, prefix: str = "shop") -> None:
        self._url = url
        self._prefix = f"{prefix}."
        self._stream = prefix
        self._next: dict[Any, int] = {}

    def news(self) -> Heard:
        """Every message since the last look."""
        kafka = urlsplit(self._url).scheme == "kafka"
        heard = asyncio.run(self._of_kafka() if kafka else self._of_nats())
        return [(channel.removeprefix(self._prefix), json.loads(body)) for channel, body in heard]

    async def _of_nats(self) -> list[tuple[str, bytes]]:
        async with await nats.connect(self._url, allow_reconnect=False) as client:
            stream = client.jetstream()
            try:
                last = (await stream.stream_info(self._stream)).state.last_seq
            except NotFoundError:  # nobody has said anything yet
                return []
            first, self._next[""] = self._next.get("", 1), last + 1
            if last < first - 1:  # the bus has lost its stream, and this is another one
                first = 1
            if last < first:
                return []
            start = ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=first)
            reader = await stream.subscribe(
                f"{self._prefix}>",
                stream=self._stream,
                ordered_consumer=True,
                config=start,
            )
            messages = [await reader.next_msg(timeout=_WITHIN) for _ in range(first, last + 1)]
            return [(each.subject, each.data) for each in messages]

    async def _of_kafka(self) -> list[tuple[str, bytes]]:
        consumer = AIOKafkaConsumer(bootstrap_servers=urlsplit(self._url).netloc)
        await consumer.start()
        try:
            topics = [topic for topic in await consumer.topics() if topic.startswith(self._prefix)]
            places = [
                TopicPartition(topic, number) for topic in topics for number in consumer.partitions_for_topic(topic)
            ]
            consumer.assign(places)
            heard = []
            for place, end in (await consumer.end_offsets(places)).items():
                first, self._next[place] = self._next.get(place, 0), end
                consumer.seek(place, first)
                for _ in range(first, end):
                    record = await asyncio.wait_for(consumer.getone(place), _WITHIN)
                    heard.append((record.topic, record.value))
            return heard
        finally:
            await consumer.stop()
