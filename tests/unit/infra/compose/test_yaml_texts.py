"""YAML as text: what stands there is what is read, and no document grows beyond its bounds."""

from __future__ import annotations

import pytest

from accord.core.errors import DocumentError
from accord.infra.compose.yaml_texts import MAX_VALUES, parse_yaml_texts

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGING_BOMB = "a: &a {k: v}\n" + "\n".join(
    f"{name}: &{name} {{<<: [{','.join([f'*{before}'] * 9)}]}}"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 0123", {"a": "0123"}),
        ("a: 22:22", {"a": "22:22"}),
        ("a: yes", {"a": "yes"}),
        ("a: 3.80", {"a": "3.80"}),
        ("a: 2026-11-22", {"a": "2026-11-22"}),
        ("a:", {"a": None}),
        ("a: ~", {"a": None}),
        ("a: ''", {"a": ""}),
        ("a: 'null'", {"a": "null"}),
        ("- 5433:5432", ["5433:5432"]),
    ],
)
def test_a_scalar_is_the_text_that_stands_there(text: str, expected: object) -> None:
    assert parse_yaml_texts(text, source="f") == expected


def test_merge_keys_give_way_to_what_stands_there_and_to_what_is_merged_before() -> None:
    text = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2, d: 2}\nz:\n  <<: [*x, *y]\n  c: 3\n"
    assert parse_yaml_texts(text, source="f")["z"] == {"a": "1", "b": "1", "c": "3", "d": "2"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, f"f: holds more than {MAX_VALUES} values, with its aliases written out (line 1)"),
        (MERGING_BOMB, f"f: holds more than {MAX_VALUES} values, with its aliases written out (line 1)"),
        ("a: &a [*a]", "f: holds an alias of what it stands in (line 1)"),
        ("[" * 51 + "]" * 51, "f: is nested deeper than 50 levels (line 1)"),
        ("[" * 1000 + "]" * 1000, "f: is nested deeper than 50 levels"),
        ("a: 1\nb: 2\na: 3", "f: has the key 'a' twice; remove one of them (line 3)"),
        ("? [a]\n: b", "f: has a key that is no text (line 1)"),
        ("a: {<<: text}", "f: merges (<<) something that is no mapping (line 1)"),
        ("", "f: is empty; a compose file with `services:` was expected"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_yaml_texts(text, source="f")
    assert str(caught.value) == message


def test_a_tag_makes_no_object() -> None:
    assert parse_yaml_texts("a: !!python/object/apply:os.system ['true']", source="f") == {"a": ["true"]}
