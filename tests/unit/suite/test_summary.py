"""The judgement on a run: rows, shape, the slowest tests and what to do about each."""

from __future__ import annotations

import pytest

from accord.suite.levels import DEFAULT_LEVELS
from accord.suite.records import TestRecord, advice, duration, explain, over_budget
from accord.suite.shape import shape_of
from accord.suite.summary import as_json, as_text, summarize

UNIT, INTEGRATION = DEFAULT_LEVELS[0], DEFAULT_LEVELS[1]


def record(name: str, level: str | None = "unit", **times: object) -> TestRecord:
    return TestRecord(name, level, **times)  # type: ignore[arg-type]  # of mixed kinds on purpose


@pytest.mark.parametrize(
    ("counts", "shape"),
    [
        ({"unit": 70, "integration": 15, "contract": 10, "component": 4, "e2e": 1}, "pyramid"),
        ({"unit": 20, "integration": 40, "component": 20, "e2e": 3}, "diamond"),
        ({"unit": 20, "component": 60, "e2e": 3}, "diamond"),
        ({"unit": 5, "integration": 10, "e2e": 40}, "ice-cream cone"),
        ({"e2e": 12}, "ice-cream cone"),
        ({"unit": 50, "integration": 2, "e2e": 30}, "hourglass"),
        ({"unit": 12}, "pyramid"),
        ({"unit": 3, "e2e": 4}, "few"),
        ({"smoke": 20}, "other"),
        ({}, "few"),
    ],
)
def test_a_shape_is_named_by_how_tests_are_spread(counts: dict[str, int], shape: str) -> None:
    assert shape_of(counts).name == shape
    assert shape_of(counts).meaning


def test_a_budget_is_about_the_call_alone() -> None:
    assert not over_budget(record("a", setup=3.0, call=0.0005, teardown=3.0), UNIT)
    assert over_budget(record("a", call=0.002), UNIT)
    assert not over_budget(record("a", call=0.002, outcome="skipped"), UNIT)


@pytest.mark.parametrize(
    ("test", "level", "says"),
    [
        (record("a", setup=1.0, call=0.1), UNIT, "Its set-up is what takes long"),
        (record("a", call=0.1, teardown=1.0), UNIT, "Its tear-down is what takes long"),
        (record("a", call=1.0, waiting=0.9), UNIT, "hand in a double"),
        (record("a", "integration", call=2.0, waiting=1.9), INTEGRATION, "poll_until instead of a fixed sleep"),
        (record("a", call=1.0, waiting=0.1), UNIT, "It computes: fewer or smaller examples"),
        (record("a", "integration", call=2.0), INTEGRATION, "move what needs nothing outside to the unit level"),
    ],
)
def test_the_advice_follows_where_the_time_went(test: TestRecord, level: object, says: str) -> None:
    assert says in advice(test, level)  # type: ignore[arg-type]  # a Level


def test_over_budget_is_explained_with_where_the_time_went() -> None:
    assert explain(record("a", setup=0.002, call=0.02, waiting=0.015, teardown=0.0001), UNIT).startswith(
        "took 20 ms, and a test of the level 'unit' has 1 ms "
        "(set-up 2 ms, call 20 ms of which waiting 15 ms, tear-down 0.1 ms). It waits"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 ms"),
        (0.00021, "0.21 ms"),
        (0.001, "1 ms"),
        (0.031, "31 ms"),
        (1.44, "1.4 s"),
        (30, "30 s"),
        (125, "2 min 5 s"),
        (900, "15 min"),
    ],
)
def test_times_are_written_for_people(value: float, text: str) -> None:
    assert duration(value) == text


def test_the_table_has_a_row_for_each_level_with_tests_and_one_for_all() -> None:
    records = [
        *(record(f"u{number}", call=0.0001) for number in range(9)),
        record("slow", call=0.02, waiting=0.019),
        record("i", "integration", call=0.5, outcome="failed"),
        record("s", "integration", outcome="skipped"),
        record("nowhere", None),
    ]
    summary = summarize(records, DEFAULT_LEVELS, coverage={"unit": 81.4}, total_coverage=90.0)
    assert [(row.level, row.tests, row.failed, row.skipped, row.over) for row in summary.rows] == [
        ("unit", 10, 0, 0, 1),
        ("integration", 2, 1, 1, 0),
    ]
    text = as_text(summary, DEFAULT_LEVELS, slowest=False)
    assert text[0].split() == ["level", "tests", "time", "share", "budget", "over", "budget", "coverage"]
    assert text[1].split() == ["unit", "10", "21", "ms", "83%", "30", "s", "1", "81", "%"]
    assert text[2].split() == [
        "integration",
        "2,",
        "1",
        "failed,",
        "1",
        "skipped",
        "500",
        "ms",
        "17%",
        "2",
        "min",
        *"--",
    ]
    assert text[3].split() == ["all", "12", "521", "ms", "100%", "90", "%"]
    assert text[4] == "shape: pyramid (many fast tests below, few slow ones on top)"
    assert text[5].startswith("1 test belongs to no level: put them into a folder named unit, integration")
    assert text[6:] == [
        "slowest, measured by the budgets of their levels:",
        f"  slow {explain(records[9], UNIT)}",
    ]


def test_the_slowest_stand_by_the_budgets_of_their_levels_not_by_the_clock() -> None:
    records = [record("unit", call=0.0009), record("integration", "integration", call=0.5)]
    assert [test.test for test in summarize(records, DEFAULT_LEVELS).slowest] == ["unit", "integration"]


def test_at_most_ten_are_named() -> None:
    records = [record(f"t{number}", call=number / 1000) for number in range(1, 30)]
    assert [test.test for test in summarize(records, DEFAULT_LEVELS).slowest] == [f"t{n}" for n in range(29, 19, -1)]


def test_too_many_end_to_end_tests_are_said() -> None:
    summary = summarize([record(f"e{number}", "e2e") for number in range(11)], DEFAULT_LEVELS)
    assert summary.notes[0].startswith("11 tests at the level 'e2e', and 10 are its limit: keep the critical journeys")


def test_a_level_over_its_own_budget_is_marked() -> None:
    summary = summarize([record("u")], DEFAULT_LEVELS, walls={"unit": 31.0})
    assert not summary.rows[0].within_budget
    assert "30 s exceeded" in as_text(summary, DEFAULT_LEVELS, slowest=False)[1]


def test_the_json_carries_the_same() -> None:
    records = [record("slow", call=0.02, waiting=0.019), record("i", "integration", call=0.5)]
    document = as_json(summarize(records, DEFAULT_LEVELS), DEFAULT_LEVELS)
    assert document["levels"][0] == {
        "level": "unit",
        "tests": 1,
        "failed": 0,
        "skipped": 0,
        "seconds": 0.02,
        "share": 0.5,
        "budget": 30.0,
        "over": 1,
        "coverage": None,
        "within_budget": True,
    }
    assert document["shape"] == {
        "name": "few",
        "meaning": "too few tests to have a shape",
        "shares": {"unit": 0.5, "integration": 0.5},
    }
    slowest = document["slowest"][0]
    assert (slowest["test"], slowest["over_budget"], slowest["waiting"]) == ("slow", True, 0.019)
    assert slowest["advice"].startswith("It waits")


def test_a_record_survives_json() -> None:
    test = record("a", setup=0.5, call=0.25, waiting=0.125, outcome="failed")
    assert TestRecord.from_json(test.as_json()) == test


def test_a_run_without_levels_has_nothing_to_say() -> None:
    assert as_text(summarize([], DEFAULT_LEVELS), DEFAULT_LEVELS, slowest=True) == []
