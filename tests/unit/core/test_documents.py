from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from accord.core.documents import MAX_DEPTH, json_bytes, parse_json, parse_json_body, read_json_file
from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

SYNTAX = [
    ('{"a": 1', "ends in the middle of a value"),
    ('{"a": "', "is it truncated?"),
    ('{"a": }', "is not valid JSON: Expecting value at line 1, column 7"),
    ("[1,\n2,]", "at line 2"),
    ("NaN", "NaN is not a JSON number"),
    ("[-Infinity]", "-Infinity is not a JSON number"),
    ("[" * 100_000, f"is nested deeper than {MAX_DEPTH} levels"),
    ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), f"is nested deeper than {MAX_DEPTH} levels"),
    ('{"a":' * 5000 + "1" + "}" * 5000, f"is nested deeper than {MAX_DEPTH} levels"),
    ("[" + "1" * 5000 + "]", "an integer of more digits than any program reads"),
]


@pytest.mark.parametrize(("text", "message"), SYNTAX, ids=range(len(SYNTAX)))
def test_what_is_not_json_is_refused_with_the_place(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_json(text, source="p.json")
    assert str(caught.value).startswith("p.json: ")
    assert message in str(caught.value)
    assert caught.value.source == "p.json"


@pytest.mark.parametrize(("text", "message"), SYNTAX, ids=range(len(SYNTAX)))
def test_bodies_are_refused_for_the_same_reasons(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_json_body(text.encode())
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing_at_all_is_told_as_such(text: str) -> None:
    with pytest.raises(DocumentError, match="is empty"):
        parse_json(text)


@pytest.mark.parametrize(
    ("data", "seen"),
    [('{"a": "ä"}'.encode("latin-1"), "byte 0xe4 at offset 7"), ("{}".encode("utf-16"), "UTF-16")],
)
def test_another_encoding_is_told(data: bytes, seen: str) -> None:
    with pytest.raises(DocumentError, match=seen):
        parse_json(data)


def test_a_byte_order_mark_is_fine() -> None:
    assert parse_json(b"\xef\xbb\xbf[1]") == [1]
    assert parse_json_body(b"\xef\xbb\xbf[1]") == [1]


def test_a_key_twice_is_refused_in_documents_and_the_last_counts_in_bodies() -> None:
    with pytest.raises(DocumentError, match="has the key 'b' twice in one object"):
        parse_json('{"a": 1, "x": {"b": 1, "c": 2, "b": 3}}')
    assert parse_json_body(b'{"b": 1, "b": 3}') == {"b": 3}


def test_a_key_twice_in_a_large_object_is_found_without_comparing_all_with_all() -> None:
    keys = [f'"{number}": 0' for number in range(100_000)]
    with pytest.raises(DocumentError, match="has the key '99999' twice"):
        parse_json("{" + ",".join([*keys, keys[-1]]) + "}")


def test_nesting_up_to_the_limit_is_fine() -> None:
    assert parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)


def test_a_missing_file_is_told_with_what_to_look_at(tmp_path: Path) -> None:
    (tmp_path / "web-orders.json").write_text("{}")
    with pytest.raises(DocumentError, match=r"no such file; did you mean web-orders\.json\?"):
        read_json_file(tmp_path / "web-order.json")
    with pytest.raises(DocumentError, match=r"no such file; check the name; its folder is /"):
        read_json_file(tmp_path / "quite-another")
    with pytest.raises(DocumentError, match=r"there is no folder .*pacts either: check the path, which is seen from /"):
        read_json_file(tmp_path / "pacts" / "a.json")


def test_a_file_is_read_or_named_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with pytest.raises(DocumentError, match=r"a\.json: no such file"):
        read_json_file(path)
    with pytest.raises(DocumentError, match="is a folder; a file was expected"):
        read_json_file(tmp_path)
    path.write_text("[1, 2]")
    assert read_json_file(path) == [1, 2]
    with pytest.raises(DocumentError, match=r"is 0\.0 MB; the limit is"):
        read_json_file(path, max_bytes=5)


@pytest.mark.parametrize("value", [{"a": [1, None, "ä", 1.5]}, "\ud800", []])
def test_what_is_written_is_read_as_the_same(value: object) -> None:
    assert json.loads(json_bytes(value)) == value
    assert json.loads(json_bytes(value, indent=2)) == value
