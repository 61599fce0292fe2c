"""Variables in compose files, and the files that set them."""

from __future__ import annotations

import pytest

from accord.core.errors import UsageError
from accord.infra.compose.variables import Variables, read_assignments

SET = Variables({"A": "a", "EMPTY": "", "B_1": "b"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A", "a"),
        ("${A}-$B_1.", "a-b."),
        ("$$A", "$A"),
        ("${NO:-x}", "x"),
        ("${NO-x}", "x"),
        ("${EMPTY:-x}", "x"),
        ("${EMPTY-x}", ""),
        ("${A:-x}", "a"),
        ("${A:+x}", "x"),
        ("${EMPTY:+x}", ""),
        ("${EMPTY+x}", "x"),
        ("${NO+x}", ""),
        ("${A:?must be}", "a"),
        ("${NO:-${ALSO_NO:-${A}}}", "a"),
        ("${NO:-}", ""),
        ("no variable", "no variable"),
    ],
)
def test_a_text_is_filled(text: str, expected: str) -> None:
    assert SET.fill(text, "here") == expected


def test_texts_within_mappings_and_lists_are_filled_and_keys_are_not() -> None:
    assert SET.fill({"$A": ["$A", None, {"x": "$B_1"}]}, "here") == {"$A": ["a", None, {"x": "b"}]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "$NO",
            (
                "here: the variable NO is not set and has no default. Set it in the environment or in .env beside the "
                "file, or write ${NO:-} where an empty text is meant."
            ),
        ),
        ("${NO:?say which}", "here: the variable NO is not set: say which"),
        ("${EMPTY:?}", "here: the variable EMPTY is not set: the file says that it must be set"),
        ("${A", "here: ${ without its } in '${A'"),
        ("${1}", "here: ${1} names no variable; expected ${NAME} or ${NAME:-default}"),
        ("${A!x}", "here: ${A!x} is not understood; expected ${A}, or :- - :? ? :+ + after the name"),
        ("5 $", "here: a single $ in '5 $'; write $$ for the sign itself, or ${NAME}"),
        ("${A:-" * 1500 + "}" * 1500, "here: variables within variables too deep to be read"),
        ("$A" * 6000, "here: a text of 12000 characters; at most 10000 are read"),
    ],
)
def test_what_cannot_be_filled_is_said(text: str, message: str) -> None:
    variables = Variables({"A": ""}) if text.startswith("${A:-${A") else SET
    with pytest.raises(UsageError) as caught:
        variables.fill(text, "here")
    assert str(caught.value) == message


def test_a_file_of_variables_is_read_as_docker_reads_it() -> None:
    text = "# comment\nA=1\nexport B = two words # comment\n\nC='$A # kept'\nD=\"line\\nnext\" # comment\nE=\nF=a#b\n"
    assert read_assignments(text, source=".env") == {
        "A": "1", "B": "two words", "C": "$A # kept", "D": "line\nnext", "E": "", "F": "a#b",
    }  # fmt: skip


def test_a_line_that_sets_nothing_is_named_and_not_shown() -> None:
    with pytest.raises(UsageError) as caught:
        read_assignments("A=1\nsecret words\n", source=".env")
    assert str(caught.value) == ".env, line 2: expected NAME=value, or a comment with #"
