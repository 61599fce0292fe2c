"""The pytest plugin: fixtures and hooks. It loads at every pytest start, so it imports late what is heavy."""

from __future__ import annotations

import pytest

from accord.pytest_plugin import contracts, guards, levels, levels_report
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
    pytest_sessionfinish,
    pytest_terminal_summary,
    verifier,
)
from accord.pytest_plugin.polling import poll_until
from accord.pytest_plugin.postgres import MARKER as _POSTGRES_MARKER
from accord.pytest_plugin.postgres import (
    _postgres_shared,
    postgres,
    postgres_alone,
    postgres_isolation,
    postgres_server,
    postgres_template,
)

__all__ = [
    "_postgres_shared",
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
    "postgres_isolation",
    "postgres_server",
    "postgres_template",
    "pytest_addoption",
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

_GUARDS = pytest.StashKey["guards.LevelGuards"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    levels.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Begin a run: its levels, their guards, its journal."""
    from accord.core.configuration import load_configuration  # noqa: PLC0415 - beside what it is needed for
    from accord.core.errors import AccordError  # noqa: PLC0415 - as above

    try:
        configuration = load_configuration(config.rootpath)
        found = levels.Levels.of(config, configuration)
    except AccordError as error:
        raise pytest.UsageError(str(error)) from None
    levels.add_markers(config, found)
    config.addinivalue_line("markers", _POSTGRES_MARKER)
    config.pluginmanager.register(found, "accord-levels")
    watching = config.stash[_GUARDS] = guards.LevelGuards(config, found, configuration.allowed_hosts)
    config.pluginmanager.register(watching, "accord-guards")
    contracts.begin(config)
    if not contracts.is_worker(config):
        config.pluginmanager.register(levels_report.LevelReport(config, found), "accord-levels-report")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End a run."""
    contracts.end(config)
    watching = config.stash.get(_GUARDS, None)
    if watching is not None:
        watching.close()
