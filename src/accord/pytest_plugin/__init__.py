"""The pytest plugin: fixtures and hooks. It loads at every pytest start, so it imports late what is heavy."""

from accord.pytest_plugin.brokers import (
    kafka,
    kafka_alone,
    kafka_server,
    nats,
    nats_alone,
    nats_server,
    rabbitmq,
    rabbitmq_alone,
    rabbitmq_server,
    redis,
    valkey,
    valkey_alone,
    valkey_server,
)
from accord.pytest_plugin.contracts import (
    pact,
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_unconfigure,
    verifier,
)
from accord.pytest_plugin.polling import poll_until
from accord.pytest_plugin.postgres import postgres, postgres_alone, postgres_server, postgres_template

__all__ = [
    "kafka",
    "kafka_alone",
    "kafka_server",
    "nats",
    "nats_alone",
    "nats_server",
    "pact",
    "poll_until",
    "postgres",
    "postgres_alone",
    "postgres_server",
    "postgres_template",
    "pytest_configure",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_unconfigure",
    "rabbitmq",
    "rabbitmq_alone",
    "rabbitmq_server",
    "redis",
    "valkey",
    "valkey_alone",
    "valkey_server",
    "verifier",
]
