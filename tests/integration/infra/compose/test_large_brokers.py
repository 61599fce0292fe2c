"""RabbitMQ and Apache Kafka of a compose file, where this machine has them."""

from __future__ import annotations

import http.client
from base64 import b64encode
from typing import TYPE_CHECKING

import aio_pika
import pytest

from accord.core.errors import ResourceMissingError
from accord.infra.kafka.apache import ApacheKafkaRecipe
from accord.infra.kafka.protocol import KafkaConnection, Topic
from accord.infra.rabbitmq.recipe import RabbitRecipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.infra.compose.conftest import Project

RABBIT = """
services:
  mq:
    image: rabbitmq:3-management
    ports: {}
    environment: {{RABBITMQ_DEFAULT_USER: shop, RABBITMQ_DEFAULT_PASS: 'p#"w\\', RABBITMQ_DEFAULT_VHOST: /orders}}
"""
URL = "amqp://shop:p%23%22w%5C@localhost:{}/%2Forders"


@pytest.fixture
def _rabbitmq() -> None:
    try:
        RabbitRecipe().find()
    except ResourceMissingError as error:
        pytest.skip(str(error))


@pytest.mark.usefixtures("_rabbitmq")
async def test_rabbitmq_has_the_user_and_virtual_host_of_the_file(project: Project, free_ports: Iterator[int]) -> None:
    port = next(free_ports)
    project.write(RABBIT.format([f"{port}:5672"]))
    assert [each["text"] for each in project.up()["remarks"] if each["key"] == "image"][:1] == [
        "the management plugin stays off, because port 15672 is not in `ports`"
    ]
    async with await aio_pika.connect(URL.format(port)) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("placed")
        await channel.default_exchange.publish(aio_pika.Message(b"order-1"), "placed")
        message = await queue.get(timeout=10)
        assert message is not None
        assert message.body == b"order-1"


@pytest.mark.soak
@pytest.mark.usefixtures("_rabbitmq")
def test_the_management_of_rabbitmq_is_where_the_file_has_it(project: Project, free_ports: Iterator[int]) -> None:
    port, management = next(free_ports), next(free_ports)
    project.write(RABBIT.format([f"{port}:5672", f"{management}:15672"]))
    project.up()
    connection = http.client.HTTPConnection("127.0.0.1", management, timeout=10)
    credentials = b64encode(b'shop:p#"w\\').decode()
    connection.request("GET", "/api/vhosts", headers={"Authorization": f"Basic {credentials}"})
    answer = connection.getresponse()
    assert answer.status == 200
    assert b'"name":"/orders"' in answer.read()
    connection.close()


@pytest.mark.soak
def test_apache_kafka_has_the_port_and_the_settings_of_the_file(
    project: Project, free_ports: Iterator[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        if ApacheKafkaRecipe().look() is None:
            pytest.skip("Apache Kafka is not here, and is not fetched for this test")
    except ResourceMissingError as error:
        pytest.skip(str(error))
    monkeypatch.setenv("ACCORD_KAFKA_PROVIDER", "apache")
    port = next(free_ports)
    project.write(
        f"services:\n  k:\n    image: apache/kafka:4.3.1\n    ports: ['{port}:9092']\n"
        "    environment: {KAFKA_NUM_PARTITIONS: 3}\n"
    )
    (row,) = project.up()["services"]
    assert (row["resource"], row["url"]) == ("Apache Kafka", f"localhost:{port}")
    with KafkaConnection(port) as connection:
        connection.create([Topic("orders")])
        assert connection.cluster()[1] == ["orders"]
