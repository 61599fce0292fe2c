"""A broker that speaks Kafka's protocol, as the clients of services see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import confluent_kafka
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from confluent_kafka.admin import AdminClient

from accord.core.errors import ResourceError, UsageError
from accord.infra.kafka.features import FEATURES
from accord.infra.kafka.protocol import Topic

if TYPE_CHECKING:
    from accord.infra import KafkaNamespace


async def test_a_group_reads_what_was_produced_and_goes_on_where_it_was(kafka: KafkaNamespace) -> None:
    topic = kafka.topic("orders")
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
        for number in range(3):
            await producer.send_and_wait(topic, b"%d" % number)
    for expected in ([b"0", b"1"], [b"2"]):
        async with AIOKafkaConsumer(topic, **kafka.consumer_settings("billing"), enable_auto_commit=False) as consumer:
            seen = [(await consumer.getone()).value for _ in expected]
            await consumer.commit()
        assert seen == expected


async def test_a_consumer_without_a_group_observes_from_the_beginning(kafka: KafkaNamespace) -> None:
    topic = kafka.topic("orders")
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
        await producer.send_and_wait(topic, b"1", key=b"order-1")
    async with AIOKafkaConsumer(**kafka.consumer_settings()) as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        message = await consumer.getone()
    assert (message.key, message.value) == (b"order-1", b"1")


def test_librdkafka_produces_and_consumes(kafka: KafkaNamespace) -> None:
    topic = kafka.topic("orders", partitions=2)
    producer = confluent_kafka.Producer({"bootstrap.servers": kafka.bootstrap})
    for number in range(4):
        producer.produce(topic, b"%d" % number, partition=number % 2)
    assert producer.flush(10) == 0
    consumer = confluent_kafka.Consumer(kafka.consumer_settings("billing", client="confluent-kafka"))
    consumer.subscribe([topic])
    seen = set()
    while len(seen) < 4:
        message = consumer.poll(10)
        assert message is not None
        assert message.error() is None
        seen.add(message.value())
    consumer.close()
    assert seen == {b"0", b"1", b"2", b"3"}


def test_topics_have_the_partitions_asked_for_and_go_with_the_test(kafka: KafkaNamespace) -> None:
    with kafka.server.namespace() as other:
        topic = other.topic("orders", partitions=3)
        assert other.topic("orders") == topic
        assert topic != kafka.topic("orders")
        metadata = AdminClient({"bootstrap.servers": kafka.bootstrap}).list_topics(topic, 10)
        assert len(metadata.topics[topic].partitions) == 3
        assert {topic, kafka.topic("orders")} <= set(kafka.server.topics())
        with pytest.raises(UsageError, match="was made with 3 partitions, not 2"):
            other.topic("orders", partitions=2)
    assert topic not in kafka.server.topics()
    kafka.server.delete_topics(topic)  # what is not there is passed over


def test_a_topic_the_broker_refuses_is_explained(kafka: KafkaNamespace) -> None:
    topic = Topic(kafka.topic("orders"))
    with pytest.raises(ResourceError, match=f"did not make the topic '{topic.name}': .*already exists"):
        kafka.server.create_topics(topic)


def test_names_of_ones_own_begin_with_the_tests(kafka: KafkaNamespace) -> None:
    assert kafka.group("billing").startswith("test_names_of_ones_own")
    assert kafka.group("billing").endswith(".billing")


def test_it_says_what_it_is_and_what_it_is_not(kafka: KafkaNamespace) -> None:
    assert kafka.product == f"Tansu {kafka.server.version}"
    for feature in FEATURES:
        with pytest.raises(UsageError, match=f"needs {feature} .*Tansu .*ACCORD_KAFKA_PROVIDER=apache"):
            kafka.require(feature)
    with pytest.raises(UsageError, match="unknown feature of Kafka 'transaction'; did you mean 'transactions'"):
        kafka.require("transaction")
