from __future__ import annotations

import pytest

from accord.core.errors import UsageError
from accord.infra.addresses import read, without_password

SCHEMES = {"redis": (6379, False), "rediss": (6379, True)}


def test_a_url_is_taken_apart() -> None:
    address = read("rediss://me:se%40cret@cache:7000/3", title="Valkey", schemes=SCHEMES)
    assert (address.host, address.port, address.user, address.password) == ("cache", 7000, "me", "se@cret")
    assert (address.path, address.encrypted) == ("3", True)
    assert address.shown == "rediss://me:***@cache:7000/3"


def test_a_scheme_and_a_port_may_be_left_out() -> None:
    address = read("cache", title="Valkey", schemes=SCHEMES)
    assert (address.url, address.port, address.encrypted) == ("redis://cache", 6379, False)


@pytest.mark.parametrize(
    "url", ["http://cache", "redis://", "redis://cache:port", "redis://cache:99999", "redis://[::1", "host=a port=1"]
)
def test_what_is_no_such_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is no URL of Valkey; expected redis://host:port or rediss://host:port"):
        read(url, title="Valkey", schemes=SCHEMES)


@pytest.mark.parametrize(
    "url",
    [
        "redis://prod-1",
        "redis://cache.staging.example.com",
        "redis://cache/production",
        "redis://x.PROD",
        "redis://live.db",
    ],
)
def test_what_is_called_staging_or_production_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="marks a server that others depend on"):
        read(url, title="Valkey", schemes=SCHEMES)


@pytest.mark.parametrize("url", ["redis://products.test", "redis://reproduction", "redis://oliver-dev"])
def test_a_word_within_a_word_is_not(url: str) -> None:
    assert read(url, title="Valkey", schemes=SCHEMES)


def test_so_is_what_the_configuration_lists() -> None:
    with pytest.raises(UsageError, match=r"lists '\*\.corp' among refused_hosts"):
        read("redis://Cache.Corp", title="Valkey", schemes=SCHEMES, refused_hosts=["db", "*.corp"])


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("a://b:c@d/e", "a://b:***@d/e"),
        ("a://b@d", "a://b@d"),
        ("a://d", "a://d"),
        ("a://[::1]:1", "a://[::1]:1"),
        ("a://b:c@e:f@d", "a://b:***@d"),
        ("b:c@d:port", "b:***@d:port"),
        ("a://:[c@d", "a://:***@d"),
        ("a://b:c/e@d/f", "a://b:***@d/f"),
        ("a://b:c@d/e?x=y:z@w", "a://b:***@d/e?x=y:z@w"),
        ("a://d/e?password=c&x=y", "a://d/e?password=***&x=y"),
        ("a://d/e?sslpassword=c", "a://d/e?sslpassword=***"),
        ("a://d/e?auth_token=c#x", "a://d/e?auth_token=***#x"),
        ("host=d password = 'c c' port=1", "host=d password = *** port=1"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert without_password(url) == shown


def test_nor_is_it_where_a_failing_test_prints_its_values() -> None:
    assert "secret" not in repr(read("redis://me:secret@cache", title="Valkey", schemes=SCHEMES))
