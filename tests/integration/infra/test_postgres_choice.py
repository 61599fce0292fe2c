"""Which PostgreSQL the settings choose, and what they cannot."""

from __future__ import annotations

import pytest

from accord.core.errors import ResourceError, UsageError
from accord.infra import ExistingPostgres, PostgresServer
from accord.infra.postgres import provider
from accord.infra.settings import ServerSettings
from accord.infra.versions import OtherVersionWarning


@pytest.mark.parametrize("name", [None, "auto", "native"])
def test_this_machines_own_is_the_first_choice(name: str | None) -> None:
    with provider.start(ServerSettings(provider=name)) as server:
        assert isinstance(server, PostgresServer)


def test_a_url_is_enough_to_choose_it(postgres_server: PostgresServer) -> None:
    with provider.start(ServerSettings(url=postgres_server.url)) as server:
        assert isinstance(server, ExistingPostgres)
        assert server.version == postgres_server.version


def test_a_version_is_compared_wherever_the_server_is(postgres_server: PostgresServer) -> None:
    with pytest.warns(OtherVersionWarning, match="13"):
        provider.start(ServerSettings(url=postgres_server.url, version="13")).stop()
    with pytest.raises(ResourceError, match="13"):
        provider.start(ServerSettings(url=postgres_server.url, version="13", strict=True))
    with pytest.raises(ResourceError, match="13"):
        provider.start(ServerSettings(version="13.1", strict=True))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (ServerSettings(provider="nativ"), "did you mean 'native'"),
        (ServerSettings(provider="native", url="postgresql://h/d"), "which does not use it"),
        (ServerSettings(provider="url"), "needs its URL"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: ServerSettings, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        provider.start(settings)


def test_hosts_of_the_configuration_are_refused() -> None:
    with pytest.raises(UsageError, match="refused_hosts"):
        provider.start(ServerSettings(url="postgresql://u@db7.example.com/d"), refused_hosts=["db*.example.com"])
