"""Valkey as the clients of services see it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
import valkey as client

from accord.core.errors import ResourceError
from accord.infra import ValkeyServer
from accord.infra.valkey import server as servers

if TYPE_CHECKING:
    from accord.infra import ValkeyNamespace


@pytest.mark.parametrize("time", ["first", "second"])
def test_the_same_plain_keys_are_empty_for_the_next_test(valkey: ValkeyNamespace, time: str) -> None:
    with client.Valkey.from_url(valkey.url) as connection:
        assert connection.dbsize() == 0, time
        connection.set("order", 1)
        assert connection.get("order") == b"1"


def test_databases_do_not_see_each_other_and_are_emptied_at_the_end(valkey: ValkeyNamespace) -> None:
    with client.Valkey.from_url(valkey.url) as mine:
        with valkey.server.namespace() as other, client.Valkey.from_url(other.url) as others:
            assert other.number != valkey.number
            mine.set("order", "mine")
            others.set("order", "other's")
            assert mine.get("order") == b"mine"
        assert mine.get("order") == b"mine"
        with client.Valkey.from_url(other.url) as later:
            assert later.dbsize() == 0


def test_a_number_is_not_given_again_soon(valkey: ValkeyNamespace) -> None:
    numbers = []
    for _ in range(5):
        with valkey.server.namespace() as each:
            numbers.append(each.number)
    assert len({*numbers, valkey.number}) == 6


def test_when_all_databases_are_in_use_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "DATABASES", 3)
    with ValkeyServer() as server:
        first, second = server.namespace(), server.namespace()
        with pytest.raises(ResourceError, match=r"all 2 databases of redis://.* are in use"):
            server.namespace()
        first.remove()
        assert server.namespace().number == first.number
        assert second.number != first.number


def test_the_fixture_redis_is_the_same(redis: ValkeyNamespace, valkey: ValkeyNamespace) -> None:
    assert redis is valkey


def test_what_was_answered_survives_a_kill_and_a_restart(valkey_alone: ValkeyNamespace) -> None:
    with client.Valkey.from_url(valkey_alone.url) as connection:
        connection.set("order", 1)
        valkey_alone.server.kill()
        with pytest.raises(client.ConnectionError):
            connection.get("order")
        valkey_alone.server.start()
        assert connection.get("order") == b"1"
        valkey_alone.server.restart()
    with client.Valkey.from_url(valkey_alone.url) as again:
        assert again.get("order") == b"1"


def test_keys_and_channels_of_ones_own_begin_with_the_tests(valkey: ValkeyNamespace) -> None:
    assert valkey.key("order").startswith("test_keys_and_channels_of_ones_own")
    assert valkey.channel("orders").endswith(":orders")


def test_settings_reach_the_server() -> None:
    with ValkeyServer(settings={"maxmemory": "64mb"}) as server, client.Valkey.from_url(server.url) as connection:
        assert connection.config_get("maxmemory") == {"maxmemory": str(64 << 20)}


def test_a_password_of_any_characters_is_asked_for_and_no_other_user_reads_it() -> None:
    secret = "s3cret \"'\\#@/ü"
    with ValkeyServer(settings={"requirepass": secret}) as server:
        with client.Valkey(port=server.port, password=secret) as connection:
            assert connection.ping()
        with client.Valkey(port=server.port) as stranger, pytest.raises(client.AuthenticationError):
            stranger.ping()
        server.restart()
        assert "s3cret" not in subprocess.run(["ps", "axww"], capture_output=True, text=True, check=True).stdout
