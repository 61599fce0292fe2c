"""Fixtures for NATS, Kafka, Valkey and RabbitMQ: names of each test's own, in servers that last as long as the run."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.core.configuration import Configuration
    from accord.infra import (
        KafkaBroker,
        KafkaNamespace,
        NatsNamespace,
        NatsServer,
        RabbitNamespace,
        RabbitServer,
        ValkeyNamespace,
        ValkeyServer,
    )


class _Removable(Protocol):
    def remove(self) -> None: ...


@pytest.fixture(scope="session")
def nats_server(request: pytest.FixtureRequest) -> Iterator[NatsServer]:
    """The worker's NATS server with JetStream. It is gone when the run ends, however it ends."""
    from accord.infra import NatsServer  # noqa: PLC0415 - most runs start no server, and all pay for imports above

    with NatsServer(**wished_server(request, "nats")) as server:
        yield server


@pytest.fixture
def nats(request: pytest.FixtureRequest, nats_server: NatsServer) -> Iterator[NatsNamespace]:
    """A NATS account of the test's own: connect to ``nats.url`` and use any subject and stream.

    ``nats.server`` has ``kill()``, ``pause()``, ``restart()``; the next test finds it running again.
    """
    made = nats_server.start().namespace(label=request.node.name)  # an earlier test may have killed it
    yield made
    _remove(made)


@pytest.fixture
def nats_alone(request: pytest.FixtureRequest) -> Iterator[NatsNamespace]:
    """As ``nats``, in a server of the test's own."""
    from accord.infra import NatsServer  # noqa: PLC0415 - as above

    with NatsServer(**wished_server(request, "nats", alone=True)) as server:
        yield server.namespace(label=request.node.name)


@pytest.fixture(scope="session")
def valkey_server(request: pytest.FixtureRequest) -> Iterator[ValkeyServer]:
    """The worker's Valkey server. It is gone when the run ends, however it ends."""
    from accord.infra import ValkeyServer  # noqa: PLC0415 - most runs start no server, and all pay for imports above

    with ValkeyServer(**wished_server(request, "valkey")) as server:
        yield server


@pytest.fixture
def valkey(request: pytest.FixtureRequest, valkey_server: ValkeyServer) -> Iterator[ValkeyNamespace]:
    """A Valkey database of the test's own: ``valkey.url`` is ``redis://127.0.0.1:PORT/NUMBER``.

    Channels are not kept apart by Valkey: name them ``valkey.channel("orders")``.
    """
    made = valkey_server.start().namespace(label=request.node.name)
    yield made
    _remove(made)


@pytest.fixture
def redis(valkey: ValkeyNamespace) -> ValkeyNamespace:
    """The same as ``valkey``."""
    return valkey


@pytest.fixture
def valkey_alone(request: pytest.FixtureRequest) -> Iterator[ValkeyNamespace]:
    """As ``valkey``, in a server of the test's own."""
    from accord.infra import ValkeyServer  # noqa: PLC0415 - as above

    with ValkeyServer(**wished_server(request, "valkey", alone=True)) as server:
        yield server.namespace(label=request.node.name)


@pytest.fixture(scope="session")
def kafka_server(request: pytest.FixtureRequest) -> Iterator[KafkaBroker]:
    """The worker's broker that speaks Kafka's protocol. It is gone when the run ends, however it ends."""
    from accord.infra import KafkaBroker  # noqa: PLC0415 - most runs start no server, and all pay for imports above

    wished = wished_server(request, "kafka")
    worker = getattr(request.config, "workerinput", None)  # set by pytest-xdist, in its workers alone
    if worker and wished.get("provider") == "apache":  # takes seconds to start, and much memory
        wished["share"] = worker["testrunuid"]
    with KafkaBroker(**wished) as server:
        yield server


@pytest.fixture
def kafka(request: pytest.FixtureRequest, kafka_server: KafkaBroker) -> Iterator[KafkaNamespace]:
    """Topics and groups of the test's own: ``kafka.topic("orders")``, ``kafka.group("billing")``, ``kafka.bootstrap``.

    The broker is a small one by default, not Apache Kafka: ``kafka.product`` says which, ``kafka.require("…")`` refuses
    what it lacks.
    """
    made = kafka_server.start().namespace(label=request.node.name)
    yield made
    _remove(made)


@pytest.fixture
def kafka_alone(request: pytest.FixtureRequest) -> Iterator[KafkaNamespace]:
    """As ``kafka``, in a broker of the test's own."""
    from accord.infra import KafkaBroker  # noqa: PLC0415 - as above

    with KafkaBroker(**wished_server(request, "kafka", alone=True)) as server:
        yield server.namespace(label=request.node.name)


@pytest.fixture(scope="session")
def rabbitmq_server(request: pytest.FixtureRequest) -> Iterator[RabbitServer]:
    """The run's RabbitMQ, which pytest-xdist's workers share, for it takes seconds to start."""
    from accord.infra import RabbitServer  # noqa: PLC0415 - as above

    worker = getattr(request.config, "workerinput", None)  # set by pytest-xdist, in its workers alone
    with RabbitServer(share=worker["testrunuid"] if worker else None, **wished_server(request, "rabbitmq")) as server:
        yield server


@pytest.fixture
def rabbitmq(request: pytest.FixtureRequest, rabbitmq_server: RabbitServer) -> Iterator[RabbitNamespace]:
    """A virtual host of the test's own in RabbitMQ: ``rabbitmq.url`` is ``amqp://…``."""
    made = rabbitmq_server.start().namespace(label=request.node.name)
    yield made
    _remove(made)


@pytest.fixture
def rabbitmq_alone(request: pytest.FixtureRequest) -> Iterator[RabbitNamespace]:
    """As ``rabbitmq``, in a server of the test's own, which takes seconds to start."""
    from accord.infra import RabbitServer  # noqa: PLC0415 - as above

    with RabbitServer(**wished_server(request, "rabbitmq", alone=True)) as server:
        yield server.namespace(label=request.node.name)


def wished_server(request: pytest.FixtureRequest, resource: str, *, alone: bool = False) -> dict[str, Any]:
    """What the project's configuration and the environment say about a server.

    Args:
        request: of the fixture.
        resource: the server's table: ``nats``.
        alone: for a server of the test's own, which is none that is there already: its URL is left out.
    """
    from accord.infra.settings import ServerSettings  # noqa: PLC0415 - as above

    configuration = loaded_configuration(request)
    settings = ServerSettings.read(resource, getattr(configuration, resource))
    return settings.wish(refused_hosts=configuration.refused_hosts, alone=alone)


def loaded_configuration(request: pytest.FixtureRequest) -> Configuration:
    """The project's configuration."""
    from accord.core.configuration import load_configuration  # noqa: PLC0415 - as above

    return load_configuration(request.config.rootpath)


def _remove(made: _Removable) -> None:
    """Remove it, but never turn the test's outcome into an error: names are unique, and the server goes at the end."""
    from accord.core.errors import AccordError  # noqa: PLC0415 - as above

    try:
        made.remove()
    except AccordError as error:
        # Asked for here: pytest goes through all loggers six times for each test.
        logging.getLogger(__name__).warning("what a test had for itself was not removed: %s", error)
