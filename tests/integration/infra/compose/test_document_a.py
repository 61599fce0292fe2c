"""The compose file of the document that describes the system, with its fixed ports, used by real clients."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import confluent_kafka
import psycopg
import pytest
import valkey
from confluent_kafka.admin import AdminClient, NewTopic

from accord.core.errors import ResourceError
from accord.infra import listeners, ports
from accord.infra.locks import locked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.infra.compose.conftest import Project

FILE = Path(__file__).with_name("docker-compose.test.yml")
PORTS = (5433, 6380, 9093)


@pytest.fixture
def the_ports() -> Iterator[None]:
    """The ports for this test alone among all runs on this machine that know of each other."""
    lock = Path(tempfile.gettempdir()) / "accord-document-a.lock"
    try:
        with locked(lock, purpose="use the ports 5433, 6380, 9093", timeout=60):
            for port in PORTS:
                if not ports.is_free(port):
                    pytest.skip(f"port {port} is taken: {listeners.describe(port)}")
            yield
    except (PermissionError, ResourceError) as error:
        pytest.skip(f"another run uses the ports: {error}")


@pytest.mark.usefixtures("the_ports")
def test_the_file_comes_up_as_it_is_and_applications_find_what_docker_would_give_them(project: Project) -> None:
    shutil.copy(FILE, project.path)
    file = str(project.path / FILE.name)
    code, _, err = project.env("up", file)
    if code == 2 and "there is no " in err:
        pytest.skip(err)
    assert code == 0, err
    assert "note: test-redis: image: redis:7-alpine (Redis 7) -> " in err or "redis-server" in err
    assert "note: test-kafka: image: confluentinc/cp-kafka:7.5.0 (Apache Kafka 3.5) -> Tansu " in err
    assert [each["url"] for each in project.status()] == [
        "postgresql://test:***@localhost:5433/test",
        "redis://localhost:6380",
        "localhost:9093",
    ]
    with psycopg.connect("postgresql://test:test@localhost:5433/test") as connection:
        connection.execute("CREATE TABLE orders (id int)")
        connection.execute("INSERT INTO orders VALUES (1)")
        assert connection.execute("SELECT id, current_user FROM orders").fetchone() == (1, "test")
    with valkey.Valkey.from_url("redis://localhost:6380") as client:
        client.set("stock", 7)
        assert client.get("stock") == b"7"
    assert round_trip("localhost:9093") == b"order-1"
    assert project.env("down")[0] == 0
    assert all(ports.is_free(port) for port in PORTS)


def round_trip(bootstrap: str) -> bytes:
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for created in admin.create_topics([NewTopic("orders", 1, 1)]).values():
        created.result(10)
    producer = confluent_kafka.Producer({"bootstrap.servers": bootstrap})
    producer.produce("orders", b"order-1")
    assert producer.flush(10) == 0
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "a", "auto.offset.reset": "earliest"}
    )
    consumer.assign([confluent_kafka.TopicPartition("orders", 0, 0)])
    try:
        message = consumer.poll(20)
        assert message is not None
        assert message.error() is None
        return message.value()
    finally:
        consumer.close()
