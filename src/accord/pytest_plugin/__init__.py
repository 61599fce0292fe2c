"""The pytest plugin: fixtures and hooks. It loads at every pytest start, so it imports late what is heavy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from accord.pytest_plugin import contract_audit, contracts, doubles, guards, levels, levels_report, reports
from accord.pytest_plugin import recordings as _recordings
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
from accord.pytest_plugin.bus import MARKER as _BUS_MARKER
from accord.pytest_plugin.bus import bus, bus_kind, captured_events, open_bus
from accord.pytest_plugin.contract_audit import traffic
from accord.pytest_plugin.contracts import (
    pact,
    pytest_sessionfinish,
    pytest_terminal_summary,
    verifier,
)
from accord.pytest_plugin.faults import faults
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
from accord.pytest_plugin.recordings import recordings
from accord.pytest_plugin.stubs import MARKER as _STUBS_MARKER
from accord.pytest_plugin.stubs import _stub_server_shared, stub_server

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = [
    "_postgres_shared",
    "_stub_server_shared",
    "bus",
    "bus_kind",
    "captured_events",
    "faults",
    "kafka",
    "kafka_alone",
    "kafka_server",
    "nats",
    "nats_alone",
    "nats_server",
    "open_bus",
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
    "recordings",
    "redis",
    "stub_server",
    "traffic",
    "valkey",
    "valkey_alone",
    "valkey_server",
    "verifier",
]

_GUARDS = pytest.StashKey["guards.LevelGuards"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    levels.add_options(parser)
    _recordings.add_options(parser)
    contract_audit.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Begin a run: its levels, their guards, its journal."""
    found, allowed_hosts = _configured(config)
    levels.add_markers(config, found)
    config.addinivalue_line("markers", _POSTGRES_MARKER)
    config.addinivalue_line("markers", _BUS_MARKER)
    config.addinivalue_line("markers", _STUBS_MARKER)
    config.pluginmanager.register(found, "accord-levels")
    watched = doubles.Doubles(config)
    config.pluginmanager.register(watched, "accord-doubles")
    watching = config.stash[_GUARDS] = guards.LevelGuards(config, found, allowed_hosts, watched)
    config.pluginmanager.register(watching, "accord-guards")
    audit = config.stash[contract_audit.AUDIT] = contract_audit.ContractAudit(config)
    config.pluginmanager.register(audit, "accord-contract-audit")
    if not contracts.is_worker(config):
        told = reports.Reports(config)
        config.pluginmanager.register(told, "accord-reports")
        contracts.begin(config, told)
        config.pluginmanager.register(levels_report.LevelReport(config, found, watched, told), "accord-levels-report")


def _configured(config: pytest.Config) -> tuple[levels.Levels, Iterable[str]]:
    """The project's levels, and the hosts that tests may talk to."""
    from accord.core.errors import AccordError  # noqa: PLC0415 - beside what it is needed for

    try:
        if not _has_configuration(config.rootpath):
            return levels.Levels.of(config, levels.DEFAULT_LEVELS), ()
        from accord.core.configuration import load_configuration  # noqa: PLC0415 - only who has one pays
        from accord.suite.level_settings import read_levels  # noqa: PLC0415 - as above

        configuration = load_configuration(config.rootpath)
        return levels.Levels.of(config, read_levels(configuration.levels)), configuration.allowed_hosts
    except AccordError as error:
        raise pytest.UsageError(str(error)) from None


def _has_configuration(root: Path) -> bool:
    """Whether anything at all is configured: if not, there is no need to load what reads it."""
    if (root / "accord.toml").is_file() or any(name.startswith("ACCORD_") for name in os.environ):
        return True
    try:
        return b"tool.accord" in (root / "pyproject.toml").read_bytes()
    except OSError:
        return False


def pytest_unconfigure(config: pytest.Config) -> None:
    """End a run."""
    contracts.end(config)
    audit = config.stash.get(contract_audit.AUDIT, None)
    if audit is not None:
        audit.close()
    watching = config.stash.get(_GUARDS, None)
    if watching is not None:
        watching.close()
