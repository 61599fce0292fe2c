"""Which hub, by what right."""

from __future__ import annotations

from typing import Any

import pytest

from accord.core.errors import UsageError
from accord.hub.client.access import Access, find_access, need_access


def test_the_option_goes_before_the_environment_and_that_before_the_table() -> None:
    table = {"url": "http://table"}
    variables = {"PACT_BROKER_BASE_URL": "http://variable"}
    found = [
        find_access("http://option", environment=variables, table=table),
        find_access(environment=variables, table=table),
        find_access(environment={}, table=table),
        find_access(environment={}),
    ]
    assert [each and each.url for each in found] == ["http://option", "http://variable", "http://table", None]


@pytest.mark.parametrize(
    ("variables", "token", "name"),
    [
        ({}, None, None),
        ({"PACT_BROKER_TOKEN": "t"}, "t", None),
        ({"ACCORD_HUB_TOKEN": "a", "PACT_BROKER_TOKEN": "t"}, "a", None),
        ({"PACT_BROKER_USERNAME": "u", "PACT_BROKER_PASSWORD": "p"}, None, "u"),
    ],
)
def test_credentials_come_from_the_environment(variables: dict[str, str], token: str | None, name: str | None) -> None:
    access = find_access("http://hub", environment=variables)
    assert access is not None
    assert (access.token, access.username) == (token, name)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://hub.example.org/", "https://hub.example.org"),
        ("https://hub.example.org:8443/pacts/", "https://hub.example.org:8443/pacts"),
        ("http://[::1]:9292", "http://[::1]:9292"),
        ("https://hub.example.org?x=1#y", "https://hub.example.org"),
    ],
)
def test_the_url_is_taken_as_people_write_it(given: str, url: str) -> None:
    assert Access(given).url == url


def test_credentials_in_the_url_are_taken_and_shown_nowhere() -> None:
    access = find_access("https://ci:s%40cret@hub:1", environment={"PACT_BROKER_TOKEN": "other"})
    assert access is not None
    assert (access.url, access.username, access.password, access.token) == ("https://hub:1", "ci", "s@cret", None)
    assert "cret" not in repr(access)
    assert "other" not in repr(Access("http://hub", token="other"))


@pytest.mark.parametrize("url", ["hub", "ftp://hub", "http://", "http://hub:port", "https://ci:secret@:9"])
def test_what_is_no_url_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(UsageError, match="hub's URL") as refused:
        Access(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"token": "abc123"}, "credentials do not belong in a file"),
        ({"adress": "x"}, "unknown key 'adress'; known: url, publish, timeout"),
        ({"url": 5}, "url must be a text, seen 5"),
        ({"publish": "yes"}, "publish must be true or false"),
        ({"timeout": 0}, "timeout must be seconds, more than 0"),
        ({"timeout": True}, "timeout must be seconds"),
    ],
)
def test_a_wrong_table_is_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        find_access("http://hub", environment={}, table=table)
    assert "abc123" not in str(refused.value)


def test_without_a_hub_it_says_where_one_is_named() -> None:
    with pytest.raises(UsageError, match=r"--hub, in PACT_BROKER_BASE_URL, or as `url` in \[tool.accord.hub\]"):
        need_access(None)
