from __future__ import annotations

import pytest

from accord.contract.bodies import MISSING, Body, is_json, is_xml
from accord.core.errors import DocumentError


def test_a_body_knows_whether_anything_is_there() -> None:
    assert not MISSING.is_present
    assert Body.of_bytes(b"").state == "empty"
    assert Body.of_bytes(b"x").is_present
    assert Body.of_json(None).is_present


def test_json_is_written_compact_and_in_utf_8() -> None:
    assert Body.of_json({"a": [1, "ä"]}).data == '{"a":[1,"ä"]}'.encode()


def test_half_a_surrogate_pair_stays_an_escape() -> None:
    assert Body.of_json("\ud800").data == b'"\\ud800"'
    assert Body.of_json("\ud800").json() == "\ud800"


def test_bytes_that_are_no_json_say_so() -> None:
    with pytest.raises(DocumentError, match="is not valid JSON"):
        Body.of_bytes(b"{]", "application/json").json()


def test_of_a_key_twice_the_last_counts_as_in_every_parser() -> None:
    assert Body.of_bytes(b'{"a":1,"a":2}').json() == {"a": 2}


@pytest.mark.parametrize(
    ("data", "declared", "expected"),
    [
        (b"{}", None, "application/json"),
        (b" [1]", None, "application/json"),
        (b"<?xml version='1.0'?><a/>", None, "application/xml"),
        (b"plain", None, "text/plain"),
        (b"plain", "Application/JSON; charset=utf-8", "application/json"),
        (b"", None, None),
    ],
)
def test_the_media_type_is_the_declared_one_else_a_guess(
    data: bytes, declared: str | None, expected: str | None
) -> None:
    assert Body.of_bytes(data, declared).media_type() == expected


def test_bodies_are_equal_by_content_not_by_how_they_were_made() -> None:
    made, received = Body.of_json({"a": 1}), Body.of_bytes(b'{"a":1}', "application/json")
    assert made == received
    assert hash(made) == hash(received)
    assert made != Body.of_bytes(b'{"a":2}', "application/json")
    assert made != "something else"


def test_text_that_is_not_utf_8_is_shown_with_replacements() -> None:
    assert Body.of_bytes(b"a\xff").text() == "a\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("media_type", ["application/json", "application/hal+json", "application/json-rpc"])
def test_relatives_of_json_are_json(media_type: str) -> None:
    assert is_json(media_type)


def test_other_types_are_not_json_and_xml_is_told() -> None:
    assert not is_json("text/plain")
    assert not is_json(None)
    assert is_xml("application/soap+xml")
    assert not is_xml(None)


def test_a_body_keeps_its_content_under_another_type() -> None:
    assert Body.of_text("a").with_content_type("text/csv").media_type() == "text/csv"
