from __future__ import annotations

from typing import Any

import pytest

from accord.core.errors import UsageError
from accord.infra.settings import ServerSettings, describe_keys


def test_the_environment_counts_more_than_the_table() -> None:
    read = ServerSettings.read(
        "kafka",
        {"provider": "apache", "version": "4"},
        {"ACCORD_KAFKA_PROVIDER": "tansu", "ACCORD_KAFKA_STRICT": "yes"},
    )
    assert read == ServerSettings(provider="tansu", version="4", strict=True)


@pytest.mark.parametrize(
    ("table", "environment", "message"),
    [
        ({"provder": "x"}, {}, r"\[tool\.accord\.kafka\]: unknown key 'provder'; did you mean 'provider'\?"),
        ({"management": "x"}, {}, "unknown key 'management'; known: provider, version"),
        ({"version": 4}, {}, r"\[tool\.accord\.kafka\]: version must be a text, seen 4"),
        ({"strict": "yes"}, {}, "strict must be true or false, seen 'yes'"),
        ({}, {"ACCORD_KAFKA_STRICT": "maybe"}, "ACCORD_KAFKA_STRICT must be true or false, seen 'maybe'"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    table: dict[str, Any], environment: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        ServerSettings.read("kafka", table, environment)


def test_a_server_of_a_tests_own_is_never_one_that_is_there_already() -> None:
    settings = ServerSettings(provider="url", url="nats://there", version="2")
    assert settings.wish(refused_hosts=["a"]) == {
        "provider": "url", "url": "nats://there", "version": "2", "refused_hosts": ("a",),
    }  # fmt: skip
    assert settings.wish(alone=True) == {"version": "2"}


def test_every_key_is_in_the_table_of_the_documentation() -> None:
    assert "| `provider` | `ACCORD_NATS_PROVIDER` | - |" in describe_keys()
