"""The judgement on a run: the table of levels, the shape, and the slowest tests; as values, as text and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from accord.suite.records import TestRecord, advice, duration, explain, over_budget
from accord.suite.shape import Shape, shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accord.suite.levels import Level

SLOWEST = 10
_WORTH_NAMING = 0.1  # of a test's budget: what takes less is nobody's concern


@dataclass(frozen=True)
class LevelRow:
    """One level of a run.

    Attributes:
        level: its name.
        tests: how many ran; those skipped are counted too.
        failed: how many failed or had an error.
        skipped: how many did not run.
        seconds: all its tests together; the time on the clock where the level ran by itself.
        share: of all tests, from 0 to 1.
        budget: what the level may take, in seconds.
        over: tests over their own budget.
        coverage: lines and branches covered, in per cent; None where nobody measured.
    """

    level: str
    tests: int
    failed: int
    skipped: int
    seconds: float
    share: float
    budget: float
    over: int
    coverage: float | None = None

    @property
    def within_budget(self) -> bool:
        """Whether the level kept its own budget."""
        return self.seconds <= self.budget


@dataclass(frozen=True)
class Summary:
    """A run, judged.

    Attributes:
        rows: the levels that have tests, in their order.
        shape: the suite's shape.
        slowest: at most ten tests, the slowest by budget first: a unit test of 20 ms stands before a component test
            of 2 s.
        unassigned: how many tests belong to no level.
        notes: what else is worth saying, one sentence each.
        coverage: over all levels, in per cent; None where nobody measured.
    """

    rows: tuple[LevelRow, ...]
    shape: Shape
    slowest: tuple[TestRecord, ...]
    unassigned: int
    notes: tuple[str, ...]
    coverage: float | None = None


def summarize(
    records: Sequence[TestRecord],
    levels: Sequence[Level],
    *,
    walls: Mapping[str, float] | None = None,
    coverage: Mapping[str, float] | None = None,
    total_coverage: float | None = None,
) -> Summary:
    """Judge a run.

    Args:
        records: every test of the run.
        levels: the project's levels.
        walls: seconds on the clock by level, for levels that ran by themselves.
        coverage: per cent by level.
        total_coverage: per cent over all.
    """
    assigned = [record for record in records if record.level is not None]
    rows = tuple(
        _row(level, mine, len(assigned), (walls or {}).get(level.name), (coverage or {}).get(level.name))
        for level in levels
        if (mine := [record for record in assigned if record.level == level.name])
    )
    by_name = {level.name: level for level in levels}
    slowest = sorted(assigned, key=lambda record: _part_of_budget(record, by_name), reverse=True)
    return Summary(
        rows=rows,
        shape=shape_of({row.level: row.tests for row in rows}),
        slowest=tuple(slowest[:SLOWEST]),
        unassigned=len(records) - len(assigned),
        notes=tuple(_notes(rows, by_name, len(records) - len(assigned))),
        coverage=total_coverage,
    )


def as_text(summary: Summary, levels: Sequence[Level], *, slowest: bool) -> list[str]:
    """The summary for people, line by line.

    Args:
        summary: the judged run.
        levels: the project's levels.
        slowest: whether to name the slowest tests though all keep their budgets.
    """
    lines = _table(summary)
    if summary.shape.name != "few":
        lines.append(f"shape: {summary.shape.name} ({summary.shape.meaning})")
    lines += summary.notes
    by_name = {level.name: level for level in levels}
    over = any(over_budget(record, by_name[str(record.level)]) for record in summary.slowest)
    if summary.slowest and (slowest or over):
        lines.append("slowest, measured by the budgets of their levels:")
        for record in summary.slowest:
            level = by_name[str(record.level)]
            if over_budget(record, level):
                lines.append(f"  {record.test} {explain(record, level)}")
            elif slowest and _part_of_budget(record, by_name) > _WORTH_NAMING:
                lines.append(f"  {record.test} took {duration(record.call)} of {duration(level.test_budget)}")
    return lines


def as_json(summary: Summary, levels: Sequence[Level]) -> dict[str, Any]:
    """The summary for programs; times in seconds."""
    by_name = {level.name: level for level in levels}
    return {
        "levels": [
            {name: round(value, 6) if isinstance(value, float) else value for name, value in asdict(row).items()}
            | {"within_budget": row.within_budget}
            for row in summary.rows
        ],
        "shape": {
            "name": summary.shape.name,
            "meaning": summary.shape.meaning,
            "shares": {name: round(share, 4) for name, share in summary.shape.shares.items()},
        },
        "slowest": [
            record.as_json()
            | {
                "budget": by_name[str(record.level)].test_budget,
                "over_budget": over_budget(record, by_name[str(record.level)]),
                "advice": advice(record, by_name[str(record.level)]),
            }
            for record in summary.slowest
        ],
        "unassigned": summary.unassigned,
        "notes": list(summary.notes),
        "coverage": summary.coverage,
    }


def _part_of_budget(record: TestRecord, levels: Mapping[str, Level]) -> float:
    return record.call / (levels[str(record.level)].test_budget * record.examples)


def _row(level: Level, records: list[TestRecord], total: int, wall: float | None, coverage: float | None) -> LevelRow:
    return LevelRow(
        level=level.name,
        tests=len(records),
        failed=sum(record.outcome in {"failed", "error"} for record in records),
        skipped=sum(record.outcome == "skipped" for record in records),
        seconds=sum(record.total for record in records) if wall is None else wall,
        share=len(records) / total,
        budget=level.budget,
        over=sum(over_budget(record, level) for record in records),
        coverage=coverage,
    )


def _table(summary: Summary) -> list[str]:
    if not summary.rows:
        return []
    cells = [["level", "tests", "time", "share", "budget", "over budget", "coverage"]]
    for row in summary.rows:
        tests = str(row.tests) + (f", {row.failed} failed" if row.failed else "")
        tests += f", {row.skipped} skipped" if row.skipped else ""
        cells.append(
            [
                row.level,
                tests,
                duration(row.seconds),
                f"{row.share:.0%}",
                duration(row.budget) + ("" if row.within_budget else " exceeded"),
                str(row.over) if row.over else "-",
                "-" if row.coverage is None else f"{row.coverage:.0f} %",
            ]
        )
    if len(summary.rows) > 1:
        seconds, count = sum(row.seconds for row in summary.rows), sum(row.tests for row in summary.rows)
        covered = "-" if summary.coverage is None else f"{summary.coverage:.0f} %"
        cells.append(["all", str(count), duration(seconds), "100%", "", "", covered])
    if all(line[-1] in {"coverage", "-"} for line in cells):
        cells = [line[:-1] for line in cells]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def _notes(rows: Sequence[LevelRow], levels: Mapping[str, Level], unassigned: int) -> list[str]:
    notes = []
    for row in rows:
        most = levels[row.level].most_tests
        if most is not None and row.tests > most:
            notes.append(
                f"{row.tests} tests at the level {row.level!r}, and {most} are its limit: keep the critical journeys, "
                "move the rest down to component and contract tests"
            )
    if unassigned:
        which = "1 test belongs" if unassigned == 1 else f"{unassigned} tests belong"
        notes.append(
            f"{which} to no level: put them into a folder named {', '.join(levels)}, or mark them "
            f"(@pytest.mark.{next(iter(levels), 'unit')})"
        )
    return notes
