"""No secret gets into a recording: by its name, by its look, or as an echo of one seen before."""

from __future__ import annotations

from typing import Any

import pytest

from accord.core.scrubbing import Scrubber

CARD = "4111 1111 1111 1111"


@pytest.mark.parametrize(
    "name",
    ["Authorization", "Cookie", "Set-Cookie", "X-API-Key", "api_key", "access_token", "refreshToken", "password",
     "clientSecret", "X-Auth-Token", "cvv", "cardNumber", "session_id"],
)  # fmt: skip
def test_secrets_go_by_their_name(name: str) -> None:
    scrubber = Scrubber()
    assert scrubber.headers([(name, "abc123")]) == [(name, "scrubbed")]
    assert scrubber.value({"a": [{name: "abc123"}]}) == {"a": [{name: "scrubbed"}]}
    assert scrubber.target(f"/a?{name}=abc123&b=1") == f"/a?{name}=scrubbed&b=1"


@pytest.mark.parametrize("name", ["id", "total", "sku", "Content-Type", "monkey", "author"])
def test_all_else_stays(name: str) -> None:
    assert Scrubber().value({name: "abc123"}) == {name: "abc123"}


def test_further_names_are_configurable() -> None:
    assert Scrubber(["tax_number"]).value({"taxNumber": "DE1", "tax": "DE1"}) == {"taxNumber": "scrubbed", "tax": "DE1"}


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        (f"card {CARD}", "card 0000 0000 0000 0000"),
        (4111111111111111, 0),
        ("4111111111111112", "4111111111111112"),  # its check digit is wrong
        (1792000000000, 1792000000000),  # milliseconds
        ("sent Bearer abcdefgh123", "sent Bearer scrubbed"),
        ("eyJhbGciOi.eyJzdWIi.sig_1", "scrubbed"),
        (True, True),
        (None, None),
        (1.5, 1.5),
    ],
)
def test_secrets_go_by_their_look(value: Any, clean: Any) -> None:
    assert Scrubber().value({"note": value}) == {"note": clean}


def test_an_echo_of_a_secret_is_found_elsewhere() -> None:
    scrubber = Scrubber()
    scrubber.headers([("Authorization", "Basic dXNlcjpwYXNz")])
    assert scrubber.value({"you_sent": "it was dXNlcjpwYXNz"}) == {"you_sent": "it was scrubbed"}


def test_a_secret_may_keep_its_shape() -> None:
    assert Scrubber(keep_shape=True).value({"token": "Ab-12_z"}) == {"token": "Aa-00_a"}
