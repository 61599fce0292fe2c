from __future__ import annotations

import subprocess
import sys

import pytest

import accord.infra
from accord.core.errors import ResourceError


def test_the_public_names_are_these() -> None:
    assert accord.infra.__all__ == [
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
    assert dir(accord.infra) == accord.infra.__all__
    assert all(getattr(accord.infra, name).__name__ == name for name in accord.infra.__all__)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Postgres'; it has Bus, ContainerPostgres, Database"):
        accord.infra.Postgres  # noqa: B018 - looking it up is the test


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = "import sys, accord.infra; print(sorted(name for name in sys.modules if name.startswith('accord')))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "['accord', 'accord.core', 'accord.core.errors', 'accord.core.lazy', 'accord.infra']"


def test_on_windows_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(ResourceError, match="WSL"):
        accord.infra.PostgresServer  # noqa: B018 - looking it up is the test
    assert accord.infra.MemoryBus.kind == "memory"  # what starts no server is there
