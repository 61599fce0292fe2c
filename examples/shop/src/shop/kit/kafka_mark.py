"""A mark in Kafka's store, by which a service tells whether it is still the same store.

Topics do not tell: the first who says something after a loss makes them anew, and soon they are as long as before. The
mark is an offset committed for a group that nobody reads in, of which nobody else knows: no one else makes it anew.
"""

import time
from typing import Final
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from shop.kit.bus import end_connection

_MARK: Final = OffsetAndMetadata(1, "")
_RENEWED_EACH = 3600.0  # seconds: Kafka forgets what was committed for a group without members after a week


class Mark:
    """Made by the first look.

    Args:
        server: `host:port`.
        topic: one that the service reads or writes.
        group: begins the group's name.
    """

    def __init__(self, server: str, topic: str, group: str) -> None:
        self._server = server
        self._place = TopicPartition(topic, 0)
        self._group = f"{group}.mark.{uuid4().hex}"
        self._consumer: AIOKafkaConsumer | None = None
        self._renewed: float | None = None

    async def stands(self) -> bool:
        """Whether it is there, or could be made just now.

        Raises:
            KafkaError: nobody can say.
        """
        consumer = self._consumer or await self._opened()
        if self._renewed is not None and await consumer.committed(self._place) is None:
            return False
        now = time.monotonic()
        if self._renewed is None or now - self._renewed >= _RENEWED_EACH:
            await consumer.commit({self._place: _MARK})
            self._renewed = now
        return True

    async def stop(self) -> None:
        """Close the connection; the mark stays for a week."""
        if self._consumer is not None:
            await self._consumer.stop()

    async def _opened(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(bootstrap_servers=self._server, group_id=self._group, enable_auto_commit=False)
        try:
            await consumer.start()
        except BaseException:
            await end_connection(consumer)
            raise
        consumer.assign([self._place])
        # Nothing is fetched: the driver's end would fail while a fetch waits for a broker that is away.
        consumer.seek(self._place, 0)
        consumer.pause(self._place)
        self._consumer = consumer
        return consumer
