from __future__ import annotations

from typing import Any

import pytest

from accord.core.errors import UsageError
from accord.core.hosts import is_loopback
from accord.faults.addresses import split_address, through, upstream_of
from accord.faults.between import Faults
from accord.faults.errors import FaultProxyError
from accord.faults.toxics import ATTRIBUTES, read_toxic


@pytest.mark.parametrize("kind", ATTRIBUTES)
def test_a_toxic_says_all_its_attributes_as_toxiproxy_does(kind: str) -> None:
    toxic = read_toxic({"type": kind})
    assert toxic.to_json() == {
        "attributes": dict.fromkeys(ATTRIBUTES[kind], 0),
        "name": f"{kind}_downstream",
        "type": kind,
        "stream": "downstream",
        "toxicity": 1,
    }
    assert read_toxic(toxic.to_json()) == read_toxic({**toxic.to_json(), "toxicity": 1.0})


def test_what_is_given_is_kept_and_what_is_changed_is_merged() -> None:
    document = {"type": "latency", "name": "slow", "stream": "UPSTREAM", "toxicity": 0.5, "attributes": {"latency": 9},
                "connections": {"first": 3}, "schedule": {"after": 1, "for": 2, "every": 5}, "seed": 4}  # fmt: skip
    toxic = read_toxic(document)
    assert toxic.to_json() == {**document, "attributes": {"latency": 9, "jitter": 0}}
    changed = toxic.changed({"attributes": {"jitter": 2}, "toxicity": 1, "name": "other", "seed": None})
    assert changed.to_json() == {**toxic.to_json(), "attributes": {"latency": 9, "jitter": 2}, "toxicity": 1}


@pytest.mark.parametrize(("document", "said"), [
    ([], "must be an object"), ("x", "must be an object"), (None, "must be an object"),
    ({}, "invalid toxic type"), ({"type": 5}, "invalid toxic type"), ({"type": "slow"}, "invalid toxic type"),
    ({"type": "latency", "stream": "side"}, "stream was invalid, can be either upstream or downstream"),
    ({"type": "latency", "stream": 5}, "stream was invalid"),
    ({"type": "latency", "attribute": {}}, "did you mean 'attributes'?"),
    ({"type": "latency", "attributes": {"latncy": 5}}, "did you mean 'latency'?"),
    ({"type": "latency", "attributes": {"rate": 5}}, "it has latency, jitter"),
    ({"type": "latency", "attributes": [5]}, "attributes must be an object"),
    ({"type": "latency", "attributes": {"latency": "5"}}, "whole number from 0, not '5'"),
    ({"type": "latency", "attributes": {"latency": -5}}, "whole number from 0, not -5"),
    ({"type": "latency", "attributes": {"latency": 1.5}}, "whole number from 0, not 1.5"),
    ({"type": "latency", "attributes": {"latency": True}}, "whole number from 0, not True"),
    ({"type": "latency", "attributes": {"latency": 10**30}}, "whole number"),
    ({"type": "latency", "toxicity": 2}, "toxicity must be a number from 0 to 1, not 2"),
    ({"type": "latency", "toxicity": "1"}, "toxicity must be"),
    ({"type": "latency", "name": "x" * 201}, "name must be"),
    ({"type": "latency", "name": 5}, "name must be"),
    ({"type": "slicer", "attributes": {"average_size": 5, "size_variation": 5}}, "less than average_size"),
    ({"type": "refuse", "connections": {"every": 0}}, "at least 1"),
    ({"type": "refuse", "connections": {"frist": 1}}, "did you mean 'first'?"),
    ({"type": "refuse", "connections": 3}, "connections must be an object"),
    ({"type": "refuse", "schedule": {"after": "1"}}, "number of seconds"),
    ({"type": "refuse", "schedule": {"every": 5}}, "needs schedule.for"),
    ({"type": "refuse", "schedule": {"for": 9, "every": 5}}, "must not be longer"),
    ({"type": "refuse", "seed": "x"}, "seed must be"),
])  # fmt: skip
def test_what_is_wrong_with_a_toxic_is_said(document: Any, said: str) -> None:
    with pytest.raises(FaultProxyError) as caught:
        read_toxic(document)
    assert said in str(caught.value)
    assert caught.value.status == 400


@pytest.mark.parametrize(("target", "upstream", "reached"), [
    ("http://127.0.0.1:8001/api?x=1", "127.0.0.1:8001", "http://127.0.0.1:9/api?x=1"),
    ("http://payments", "payments:80", "http://127.0.0.1:9"),
    ("postgresql://me:secret@localhost:5433/shop", "localhost:5433", "postgresql://me:secret@127.0.0.1:9/shop"),
    ("postgresql+asyncpg://localhost/shop", "localhost:5432", "postgresql+asyncpg://127.0.0.1:9/shop"),
    ("nats://[::1]:4222", "[::1]:4222", "nats://127.0.0.1:9"),
    ("127.0.0.1:6379", "127.0.0.1:6379", "127.0.0.1:9"),
    (":6379", "127.0.0.1:6379", "127.0.0.1:9"),
])  # fmt: skip
def test_the_client_gets_the_same_url_by_way_of_the_link(target: str, upstream: str, reached: str) -> None:
    assert upstream_of(target) == upstream
    assert through(target, "127.0.0.1:9") == reached


@pytest.mark.parametrize(
    "target", ["file:///x", "http://", "unknown://host", "http://h:99999999", "postgresql:///db?host=/tmp"]
)
def test_a_link_needs_a_host_and_a_port(target: str) -> None:
    with pytest.raises(UsageError, match=r"host and port|invalid port"):
        upstream_of(target)


def test_an_error_about_an_address_shows_no_password() -> None:
    with pytest.raises(UsageError) as caught:
        upstream_of("odd://me:secret@host/x")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["x", "", "host:", "host:x", "host:70000", "host:٣"])
def test_an_address_is_host_and_port(address: str) -> None:
    with pytest.raises(FaultProxyError):
        split_address(address)


def test_loopback_is_known_by_its_number() -> None:
    assert all(map(is_loopback, ["127.0.0.1", "127.9.9.9", "::1", "localhost"]))
    assert not any(map(is_loopback, ["0.0.0.0", "::", "10.0.0.1", "example.com"]))  # noqa: S104 - what is refused


def test_a_link_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(UsageError, match=r"no link from 'a' to 'b'; there is none yet. Make it: faults.link\('a', 'b'"):
        Faults().between("a", "b")
    with pytest.raises(UsageError, match="there are orders -> payments"):
        Faults(links={"orders -> payments": "http://127.0.0.1:1"}).between("a", "b")
    with pytest.raises(UsageError, match="named 'orders -> payments', not 'orders'"):
        Faults(links={"orders": "http://127.0.0.1:1"})
    with pytest.raises(UsageError, match="needs a URL, not 5"):
        Faults(links={"orders -> payments": 5})  # type: ignore[dict-item] # what the settings may hold


@pytest.mark.parametrize("target", ["x", 1.5, None])
def test_a_process_is_a_server_a_popen_or_a_number(target: Any) -> None:
    with pytest.raises(UsageError, match="a process is"):
        Faults().process(target)
