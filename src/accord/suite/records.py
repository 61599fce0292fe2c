"""What became of each test and where its time went; budgets are judged on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.suite.levels import Level

Outcome = Literal["passed", "failed", "skipped", "error"]


@dataclass(slots=True)
class TestRecord:
    """One test of one run. Times in seconds.

    Attributes:
        test: the test's name as its runner has it, such as ``tests/unit/test_money.py::test_rounds``.
        level: its level; None if it has none.
        outcome: error means that its set-up or tear-down failed.
        setup: its fixtures' set-up.
        call: the test itself; budgets are about this.
        teardown: its fixtures' tear-down.
        waiting: how much of the call went by without computing: asleep, or waiting for somebody's answer.
        examples: how many examples the call may have tried; a property (Hypothesis) is many tests in one.
    """

    test: str
    level: str | None
    outcome: Outcome = "passed"
    setup: float = 0.0
    call: float = 0.0
    teardown: float = 0.0
    waiting: float = 0.0
    examples: int = 1

    __test__ = False  # pytest is not to collect it where a test imports it

    @property
    def total(self) -> float:
        """Set-up, call and tear-down together."""
        return self.setup + self.call + self.teardown

    def as_json(self) -> dict[str, Any]:
        """As it stands in ``--json``, with times to the microsecond."""
        return {name: round(value, 6) if isinstance(value, float) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> TestRecord:
        """What ``as_json`` made."""
        return cls(**document)


def over_budget(record: TestRecord, level: Level) -> bool:
    """Whether the test's call took longer than its level allows; what was skipped or never called is not judged."""
    return record.outcome in {"passed", "failed"} and record.call > level.test_budget * record.examples


def explain(record: TestRecord, level: Level) -> str:
    """Why a test is over its budget, and where its time went."""
    examples = f" for each of its {record.examples} examples" if record.examples > 1 else ""
    return (
        f"took {duration(record.call)}, and a test of the level {level.name!r} has "
        f"{duration(level.test_budget)}{examples} "
        f"({spent(record)}). {advice(record, level)}"
    )


def spent(record: TestRecord) -> str:
    """Where a test's time went."""
    return (
        f"set-up {duration(record.setup)}, call {duration(record.call)} of which waiting {duration(record.waiting)}, "
        f"tear-down {duration(record.teardown)}"
    )


_MOSTLY = 0.5  # of the time, to say that something is where it goes
_OUTSIDE = frozenset({"network", "sleep"})


def advice(record: TestRecord, level: Level) -> str:
    """What to do about a slow test, by where its time goes."""
    if record.setup > _MOSTLY * record.total:
        return (
            "Its set-up is what takes long: share the costly part (scope='session', a database template), keep the rest"
        )
    if record.teardown > _MOSTLY * record.total:
        return "Its tear-down is what takes long: drop and stop in the background, or once for all tests"
    if record.waiting > _MOSTLY * record.call:
        if level.guards >= _OUTSIDE:
            return (
                "It waits: find for what (a lock, a thread) and hand in a double, or move it to the integration level"
            )
        return (
            "It waits for an answer: poll_until instead of a fixed sleep, a shorter time-out, a resource that is nearer"
        )
    if level.guards >= _OUTSIDE:
        return "It computes: fewer or smaller examples; if it tests several functions at once, test each"
    return "It computes: less data, or move what needs nothing outside to the unit level"


def duration(seconds: float) -> str:
    """A time for people: ``0.21 ms``, ``31 ms``, ``1.4 s``, ``2 min 5 s``."""
    milliseconds = seconds * 1000
    if milliseconds < 10:  # noqa: PLR2004 - from here on decimals say nothing
        return f"{milliseconds:.2g} ms" if milliseconds >= 0.01 else "0 ms"  # noqa: PLR2004 - shorter is nothing
    if seconds < 1:
        return f"{milliseconds:.0f} ms"
    if seconds < 100:  # noqa: PLR2004 - as above
        return f"{seconds:.1f} s".replace(".0 s", " s")
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
