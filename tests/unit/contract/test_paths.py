from __future__ import annotations

import pytest

from accord.contract.paths import PathSyntaxError, Wildcard, format_path, join, parse_path, weight


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("$", ()),
        ("$.a", ("a",)),
        ("a", ("a",)),
        ("$.a.b[0]", ("a", "b", 0)),
        ("$.items[*].price", ("items", Wildcard.INDEX, "price")),
        ("$.*.price", (Wildcard.FIELD, "price")),
        ("$['odd name']", ("odd name",)),
        ('$["odd.name"][2]', ("odd.name", 2)),
        (r"$['it\'s']", ("it's",)),
        (r"$['back\\slash']", ("back\\slash",)),
        (r"$['plain\d']", ("plain\\d",)),
        ("$.a-b", ("a-b",)),
        ("$.größe", ("größe",)),
    ],
)
def test_an_expression_becomes_its_tokens(text: str, tokens: tuple[object, ...]) -> None:
    expression = parse_path(text)
    assert expression.tokens == tokens
    assert expression.text == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("a.b", "does not start with '$'"),
        ("$x", "expected '.' or '[' at column 2"),
        ("$.", "expected a field name at column 3"),
        ("$..a", "expected a field name at column 3"),
        ("$.a[", "'[' at column 4 is never closed"),
        ("$.a[b]", "expected an index"),
        ("$.a[-1]", "expected an index"),
        ("$.a[²]", "expected an index"),
        ("$['a", "is never closed"),
        ("$['a'", "is never closed"),
    ],
)
def test_a_wrong_expression_names_the_column(text: str, message: str) -> None:
    with pytest.raises(PathSyntaxError) as caught:
        parse_path(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "tokens",
    [(), ("a", 0, "b c"), (Wildcard.FIELD, Wildcard.INDEX), ("it's", "back\\slash", "a.b", "[x]", "")],
)
def test_what_is_written_is_read_as_the_same_tokens(tokens: tuple[object, ...]) -> None:
    assert parse_path(format_path(tokens)).tokens == tokens  # type: ignore[arg-type]  # tokens of a parametrised case


def test_a_child_is_joined_as_an_index_an_identifier_or_a_quoted_name() -> None:
    assert [join("$", 0), join("$.a", "b"), join("$", "b c")] == ["$[0]", "$.a.b", "$['b c']"]


@pytest.mark.parametrize(
    ("token", "fragment", "expected"),
    [
        ("a", "a", 2),
        ("a", "b", 0),
        (0, 0, 2),
        (0, "0", 2),
        (0, 1, 0),
        (Wildcard.FIELD, "a", 1),
        (Wildcard.FIELD, 3, 1),
        (Wildcard.INDEX, 3, 1),
        (Wildcard.INDEX, "3", 1),
        (Wildcard.INDEX, "a", 0),
    ],
)
def test_exact_tokens_weigh_more_than_wildcards(token: object, fragment: str | int, expected: int) -> None:
    assert weight(token, fragment) == expected  # type: ignore[arg-type]  # tokens of a parametrised case
