"""The levels: their defaults, one's own, and which a test belongs to."""

from __future__ import annotations

import pytest

from accord.core.errors import UsageError
from accord.suite.level_settings import read_levels, seconds
from accord.suite.levels import DEFAULT_LEVELS, GUARDS, level_of

NAMES = frozenset(level.name for level in DEFAULT_LEVELS)


def test_the_five_levels_stand_in_the_order_in_which_they_run() -> None:
    assert [level.name for level in read_levels({})] == ["unit", "integration", "contract", "component", "e2e"]


@pytest.mark.parametrize(
    ("name", "test_budget", "budget", "hard_stop"),
    [
        ("unit", 0.001, 30, None),
        ("integration", 1, 120, None),
        ("contract", 5, 60, None),
        ("component", 30, 300, None),
        ("e2e", 300, 900, 60),
    ],
)
def test_each_level_has_its_budgets(name: str, test_budget: float, budget: float, hard_stop: float | None) -> None:
    level = next(level for level in DEFAULT_LEVELS if level.name == name)
    assert (level.test_budget, level.budget, level.hard_stop) == (test_budget, budget, hard_stop)


@pytest.mark.parametrize(
    ("occasion", "runs"),
    [
        ("commit", ["unit", "integration", "contract"]),
        ("pr", ["unit", "integration", "contract", "component"]),
        ("deploy", ["e2e"]),
        ("schedule", ["unit", "integration", "contract", "component", "e2e"]),
        ("release", ["unit", "integration", "contract", "component", "e2e"]),
    ],
)
def test_each_occasion_runs_its_levels(occasion: str, runs: list[str]) -> None:
    assert [level.name for level in DEFAULT_LEVELS if occasion in level.when] == runs


def test_every_level_refuses_hosts_outside_and_the_unit_level_refuses_everything() -> None:
    assert all("hosts" in level.guards for level in DEFAULT_LEVELS)
    assert DEFAULT_LEVELS[0].guards == set(GUARDS)


def test_a_setting_changes_a_level_and_leaves_the_rest_of_it() -> None:
    integration = read_levels({"integration": {"budget": "3 min", "when": ["pr"]}})[1]
    assert (integration.budget, integration.test_budget, integration.when) == (180, 1, ("pr",))


def test_a_level_of_ones_own_runs_last_or_where_it_says() -> None:
    levels = read_levels({"smoke": {"budget": 60}, "fast": {"after": "unit", "guards": ["network"]}})
    assert [level.name for level in levels] == ["unit", "fast", "integration", "contract", "component", "e2e", "smoke"]
    assert levels[1].guards == {"network"}


@pytest.mark.parametrize(
    ("parts", "markers", "level"),
    [
        (("tests", "unit", "orders"), (), "unit"),
        (("tests", "unit", "contract"), (), "unit"),
        (("contract", "tests", "orders", "unit"), (), "unit"),
        (("contract", "unit"), (), "unit"),
        (("unit", "tests"), (), None),
        (("tests", "orders", "component"), ("slow",), "component"),
        (("tests", "unit"), ("integration",), "integration"),
        (("tests",), ("contract",), "contract"),
        (("tests", "unittests"), (), None),
        ((), (), None),
    ],
)
def test_a_tests_level_is_its_marker_or_a_folder_above_it(
    parts: tuple[str, ...], markers: tuple[str, ...], level: str | None
) -> None:
    assert level_of(parts, markers, NAMES) == level


@pytest.mark.parametrize(
    ("value", "expected"), [("1 ms", 0.001), ("30s", 30), ("2 min", 120), ("1.5 h", 5400), (0.25, 0.25), (3, 3)]
)
def test_durations_are_numbers_of_seconds_or_texts(value: object, expected: float) -> None:
    assert seconds(value, "here") == pytest.approx(expected)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"unit": 3}, r"\[tool.accord.levels\] unit: expected a table"),
        ({"unit": {"budjet": 3}}, "unknown key 'budjet'; did you mean 'budget'"),
        ({"unit": {"budget": "soon"}}, r"unit budget: expected a duration above zero such as '30 s'.*seen 'soon'"),
        ({"unit": {"budget": -1}}, "above zero"),
        ({"unit": {"budget": True}}, "seen True"),
        ({"unit": {"when": ["commits"]}}, "unknown word 'commits'; did you mean 'commit'"),
        ({"unit": {"when": 3}}, "expected a list of commit, pr"),
        ({"unit": {"guards": ["nothing"]}}, "unknown word 'nothing'; known: hosts"),
        ({"unit": {"on_over_budget": "explode"}}, "known: warn, fail"),
        ({"unit": {"coverage": 101}}, "per cent from 0 to 100, seen 101"),
        ({"unit": {"most_tests": "ten"}}, "expected a count of tests"),
        ({"unit": {"workers": "auto"}}, "expected a count of processes"),
        ({"smoke": {"after": "smog"}}, "expected the name of another level .* seen 'smog'"),
        ({"not a word": {}}, "must be a word"),
    ],
)
def test_what_cannot_be_a_level_is_refused_with_the_nearest_word(table: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_levels(table)
