"""Which levels run, and in how many processes."""

import pytest

from accord.core.errors import UsageError
from accord.suite.levels import DEFAULT_LEVELS, Level
from accord.suite.runner import choose, workers_of


@pytest.mark.parametrize(
    ("names", "occasion", "chosen"),
    [
        ([], None, ["unit", "integration", "contract", "component", "e2e"]),
        (["unit"], None, ["unit"]),
        (["contract", "unit"], None, ["unit", "contract"]),
        ([], "commit", ["unit", "integration", "contract"]),
        ([], "deploy", ["e2e"]),
        (["unit", "component"], "commit", ["unit"]),
    ],
)
def test_levels_are_chosen_by_name_and_by_occasion(names: list[str], occasion: str | None, chosen: list[str]) -> None:
    assert [level.name for level in choose(DEFAULT_LEVELS, names, occasion)] == chosen


@pytest.mark.parametrize(
    ("names", "occasion", "message"),
    [
        (["unti"], None, "there is no level 'unti'; this project has unit, integration"),
        ([], "monday", "there is no occasion 'monday'; known: commit, pr"),
        (["unit"], "deploy", "no level of unit runs on the occasion 'deploy'"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(names: list[str], occasion: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        choose(DEFAULT_LEVELS, names, occasion)


@pytest.mark.parametrize(
    ("wanted", "allowed", "workers"),
    [
        ("4", None, "4"),
        ("auto", None, "auto"),
        ("4", 2, "2"),
        ("1", 2, "1"),
        ("auto", 2, "auto --maxprocesses 2"),
        ("4", 0, "0"),
        ("auto", 0, "0"),
    ],
)
def test_a_level_allows_so_many_processes(wanted: str, allowed: int | None, workers: str) -> None:
    assert workers_of(Level("e2e", 1.0, 1.0, workers=allowed), wanted) == ["-n", *workers.split()]
