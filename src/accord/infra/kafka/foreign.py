"""A Kafka broker that Accord has not started on this machine itself: what is asked of it, and one in a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.core.errors import ResourceError
from accord.infra.containers import Container
from accord.infra.kafka.protocol import KafkaConnection

if TYPE_CHECKING:
    from accord.infra.addresses import Address

IMAGE = "apache/kafka:4.3.1"
SCHEMES = {"kafka": (9092, False)}
UNKNOWN = "of unknown version"  # Kafka's protocol does not tell it


def ask_version(address: Address) -> str:
    """Whether it answers; its version cannot be asked.

    Raises:
        OSError: nothing answers there.
        ResourceError: what answers has no cluster yet.
    """
    with KafkaConnection(address.port, host=address.host) as connection:
        if not connection.cluster()[0]:
            raise ResourceError("it belongs to no cluster yet")
    return UNKNOWN


def container(image: str, version: str | None, *, strict: bool) -> Container:
    """Apache Kafka as one node, which advertises the port it has on this machine."""
    environment = {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": "PLAINTEXT://127.0.0.1:{port}",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    }
    # The image's tag is all that says which version it is.
    tag = image.rpartition(":")[2]
    return Container(
        "Kafka", image, (9092,), lambda address: ask_version(address) and tag, "kafka://127.0.0.1:{port}",
        environment=environment, asked=version, strict=strict,
    )  # fmt: skip
