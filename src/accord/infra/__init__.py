"""Real infrastructure for tests: started in milliseconds, shared by parallel workers, gone without a trace.

Everything public is importable from here and loads when it is first used, so that importing this package costs nothing.
Linux and macOS; Windows is not supported (use WSL there).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from accord.core.errors import ResourceError
from accord.core.lazy import lazy_names

if TYPE_CHECKING:
    from accord.infra.bus.kafka import KafkaBus
    from accord.infra.bus.memory import MemoryBus
    from accord.infra.bus.message import Message
    from accord.infra.bus.mock import MockBus
    from accord.infra.bus.nats import NatsBus
    from accord.infra.bus.port import Bus, MessageTooLargeError, Subscription
    from accord.infra.bus.rabbitmq import RabbitBus
    from accord.infra.bus.redelivery import Redelivery
    from accord.infra.kafka.broker import KafkaBroker, KafkaNamespace
    from accord.infra.nats.server import NatsNamespace, NatsServer
    from accord.infra.postgres.container import ContainerPostgres
    from accord.infra.postgres.database import Database, DatabaseTemplate
    from accord.infra.postgres.existing import ExistingPostgres
    from accord.infra.postgres.isolation.words import Isolation
    from accord.infra.postgres.migrations import Migrations
    from accord.infra.postgres.plans import assert_plan
    from accord.infra.postgres.seeding import copy_rows
    from accord.infra.postgres.server import PostgresServer
    from accord.infra.rabbitmq.server import RabbitNamespace, RabbitServer
    from accord.infra.server import Server
    from accord.infra.valkey.server import ValkeyNamespace, ValkeyServer

__all__ = [
    "Bus",
    "ContainerPostgres",
    "Database",
    "DatabaseTemplate",
    "ExistingPostgres",
    "Isolation",
    "KafkaBroker",
    "KafkaBus",
    "KafkaNamespace",
    "MemoryBus",
    "Message",
    "MessageTooLargeError",
    "Migrations",
    "MockBus",
    "NatsBus",
    "NatsNamespace",
    "NatsServer",
    "PostgresServer",
    "RabbitBus",
    "RabbitNamespace",
    "RabbitServer",
    "Redelivery",
    "Server",
    "Subscription",
    "ValkeyNamespace",
    "ValkeyServer",
    "assert_plan",
    "copy_rows",
]

_HOMES = {
    "Bus": "accord.infra.bus.port",
    "ContainerPostgres": "accord.infra.postgres.container",
    "Database": "accord.infra.postgres.database",
    "DatabaseTemplate": "accord.infra.postgres.database",
    "ExistingPostgres": "accord.infra.postgres.existing",
    "Isolation": "accord.infra.postgres.isolation.words",
    "KafkaBroker": "accord.infra.kafka.broker",
    "KafkaBus": "accord.infra.bus.kafka",
    "KafkaNamespace": "accord.infra.kafka.broker",
    "MemoryBus": "accord.infra.bus.memory",
    "Message": "accord.infra.bus.message",
    "MessageTooLargeError": "accord.infra.bus.port",
    "Migrations": "accord.infra.postgres.migrations",
    "MockBus": "accord.infra.bus.mock",
    "NatsBus": "accord.infra.bus.nats",
    "NatsNamespace": "accord.infra.nats.server",
    "NatsServer": "accord.infra.nats.server",
    "PostgresServer": "accord.infra.postgres.server",
    "RabbitBus": "accord.infra.bus.rabbitmq",
    "RabbitNamespace": "accord.infra.rabbitmq.server",
    "RabbitServer": "accord.infra.rabbitmq.server",
    "Redelivery": "accord.infra.bus.redelivery",
    "Server": "accord.infra.server",
    "Subscription": "accord.infra.bus.port",
    "ValkeyNamespace": "accord.infra.valkey.server",
    "ValkeyServer": "accord.infra.valkey.server",
    "assert_plan": "accord.infra.postgres.plans",
    "copy_rows": "accord.infra.postgres.seeding",
}


_find = lazy_names(__name__, _HOMES)


def __getattr__(name: str) -> Any:
    if sys.platform == "win32" and not _HOMES.get(name, "accord.infra.bus.").startswith("accord.infra.bus."):
        raise ResourceError(
            "Accord's own servers (PostgreSQL and the brokers) run on Linux and macOS, not on Windows. "
            "Run the tests in WSL, or give them the URL of a server that runs elsewhere."
        )
    return _find(name)


def __dir__() -> list[str]:
    return __all__
