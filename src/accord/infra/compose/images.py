"""Images of compose files: which server is in them, and in which version."""

from __future__ import annotations

import re
from dataclasses import dataclass

POSTGRES, VALKEY, NATS, KAFKA, RABBITMQ, ZOOKEEPER = "postgres", "valkey", "nats", "kafka", "rabbitmq", "zookeeper"


@dataclass(frozen=True)
class Known:
    """What is in an image.

    Attributes:
        resource: which of our servers stands for it.
        product: what it is, for people.
    """

    resource: str
    product: str


IMAGES = {
    "postgres": Known(POSTGRES, "PostgreSQL"),
    "redis": Known(VALKEY, "Redis"),
    "valkey/valkey": Known(VALKEY, "Valkey"),
    "nats": Known(NATS, "NATS"),
    "rabbitmq": Known(RABBITMQ, "RabbitMQ"),
    "apache/kafka": Known(KAFKA, "Apache Kafka"),
    "apache/kafka-native": Known(KAFKA, "Apache Kafka"),
    "confluentinc/cp-kafka": Known(KAFKA, "Apache Kafka"),
    "confluentinc/confluent-local": Known(KAFKA, "Apache Kafka"),
    "zookeeper": Known(ZOOKEEPER, "ZooKeeper"),
    "confluentinc/cp-zookeeper": Known(ZOOKEEPER, "ZooKeeper"),
}
_CONFLUENT = {5: 2, 6: 2, 7: 3, 8: 4}  # Confluent's major version to Kafka's


@dataclass(frozen=True)
class Image:
    """An image as a file names it.

    Attributes:
        text: as it stands there.
        name: without registry, tag and digest, such as ``postgres`` or ``confluentinc/cp-kafka``.
        tag: empty where there is none.
    """

    text: str
    name: str
    tag: str

    @classmethod
    def read(cls, text: str) -> Image:
        """Take an image's reference apart."""
        rest = text.partition("@")[0]
        head, colon, tag = rest.rpartition(":")
        if not colon or "/" in tag:  # a colon before the last slash is the registry's port
            head, tag = rest, ""
        first, slash, more = head.partition("/")
        if slash and ("." in first or ":" in first or first == "localhost"):
            head = more
        return cls(text, head.rpartition("library/")[2], tag)

    @property
    def known(self) -> Known | None:
        """What is in it; None where it is none of ours."""
        return IMAGES.get(self.name)

    @property
    def version(self) -> str | None:
        """The product's version that the tag asks for; None where it asks for none, as ``latest``."""
        found = re.match(r"v?(\d+(?:\.\d+)*)(?![\w.]*[0-9a-f]{12})", self.tag)
        if found is None:
            return None
        return _kafka_of_confluent(found[1]) if self.name.startswith("confluentinc/") else found[1]


def _kafka_of_confluent(version: str) -> str | None:
    """Confluent Platform 7.5 holds Apache Kafka 3.5, 6.2 holds 2.8, 5.5 holds 2.5."""
    numbers = [int(part) for part in version.split(".")]
    major = _CONFLUENT.get(numbers[0])
    if major is None:
        return None
    if len(numbers) == 1:
        return str(major)
    offset = 6 if numbers[0] == 6 else 0  # noqa: PLR2004 - Confluent 6.0 is Kafka 2.6
    return f"{major}.{numbers[1] + offset}"
