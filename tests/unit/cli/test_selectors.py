"""Options in groups: what follows a participant is about it."""

from __future__ import annotations

import pytest

from accord.cli.selectors import Group, grouped
from accord.core.errors import UsageError

VALUES = frozenset({"--to", "--hub", "-b"})


@pytest.mark.parametrize(
    ("line", "groups"),
    [
        ("--pacticipant A --version 1", [Group("A", "1")]),
        ("--version 1 --pacticipant A", [Group("A", "1")]),
        ("-a A -e 1 --pacticipant=B --version=2", [Group("A", "1"), Group("B", "2")]),
        ("-a A --latest -a B --latest dev", [Group("A", latest=True), Group("B", tag="dev", latest=True)]),
        ("-a A --latest --tag dev", [Group("A", tag="dev", latest=True)]),
        ("-a A -l dev -a B --branch main", [Group("A", tag="dev", latest=True), Group("B", branch="main")]),
        ("-a A --latest=dev --to prod", [Group("A", tag="dev", latest=True)]),
        ("-a A --main-branch -a B -e 1", [Group("A", main_branch=True), Group("B", "1")]),
        ("--to -a -a A", [Group("A")]),
        ("-aA -e1 -aB -ldev", [Group("A", "1"), Group("B", tag="dev", latest=True)]),
    ],
)
def test_a_line_is_taken_apart(line: str, groups: list[Group]) -> None:
    found = grouped(line.split(), VALUES)
    assert [found.first, *found.beside] == groups


def test_ignored_ones_have_versions_too_and_the_rest_is_left_alone() -> None:
    line = "-a A -e 1 --ignore B --version 2 --ignore C --to prod --dry-run --hub=http://x"
    found = grouped(line.split(), VALUES)
    assert (found.first, found.beside) == (Group("A", "1"), [])
    assert found.ignored == [Group("B", "2"), Group("C")]
    assert found.rest == ["--to", "prod", "--dry-run", "--hub=http://x"]


def test_the_first_goes_on_as_ordinary_options() -> None:
    assert Group("A", tag="t", latest=True).arguments() == ["--pacticipant", "A", "--tag", "t", "--latest"]
    assert Group(branch="b", main_branch=True).arguments() == ["--branch", "b", "--main-branch"]


@pytest.mark.parametrize("option", ["--branch main", "--tag dev", "--latest", "-ldev", "--main-branch"])
def test_what_cannot_be_said_of_an_ignored_one_is_not_passed_over(option: str) -> None:
    with pytest.raises(UsageError, match="says nothing of the ignored B"):
        grouped(f"-a A --ignore B {option}".split(), VALUES)
    assert grouped(f"-a A --ignore B -a C {option}".split(), VALUES).beside[0].name == "C"


@pytest.mark.parametrize("line", [["-a", ""], ["--pacticipant="], ["-a", "A", "--version", ""], ["--ignore", ""]])
def test_an_empty_value_is_none(line: list[str]) -> None:
    with pytest.raises(UsageError, match="needs a value"):
        grouped(line, VALUES)


def test_an_option_without_its_value_is_misuse() -> None:
    with pytest.raises(UsageError, match="--version needs a value"):
        grouped(["-a", "A", "--version"], VALUES)
