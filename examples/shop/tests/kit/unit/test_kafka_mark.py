"""The mark in Kafka's store lasts for as long as its service runs, and its driver is given up in order."""

import asyncio
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from shop.kit import kafka_mark
from shop.kit.kafka_mark import Mark


class Consumer:
    """As aiokafka's, with a store of one group."""

    def __init__(self, **_: Any) -> None:
        self.commits = 0

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    def assign(self, places: list[TopicPartition]) -> None:
        pass

    def seek(self, place: TopicPartition, offset: int) -> None:
        pass

    def pause(self, place: TopicPartition) -> None:
        pass

    async def committed(self, place: TopicPartition) -> int | None:
        return 1 if self.commits else None

    async def commit(self, offsets: object) -> None:
        self.commits += 1


async def test_it_is_renewed_each_hour_however_often_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    consumer = Consumer()
    now = 0.0
    monkeypatch.setattr(kafka_mark, "AIOKafkaConsumer", lambda **_: consumer)
    monkeypatch.setattr(kafka_mark.time, "monotonic", lambda: now)
    mark = Mark("127.0.0.1:9092", "shop.orders", "shop.orders")

    commits = []
    for now in (0.0, 300.0, 3599.0, 3600.0, 3900.0, 7200.0):  # noqa: B007 - the clock above reads it
        assert await mark.stands()
        commits.append(consumer.commits)
    assert commits == [1, 1, 1, 2, 2, 3]


async def test_why_it_cannot_be_opened_outlives_a_driver_that_stops_with_a_cancellation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Unready(Consumer):
        async def start(self) -> None:
            raise KafkaConnectionError("nobody listens")

        async def stop(self) -> None:
            raise asyncio.CancelledError

    monkeypatch.setattr(kafka_mark, "AIOKafkaConsumer", Unready)
    with pytest.raises(KafkaConnectionError, match="nobody listens"):
        await Mark("127.0.0.1:9092", "shop.orders", "shop.orders").stands()
