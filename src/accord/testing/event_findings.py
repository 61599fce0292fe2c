"""The failures of expectations about events: what was expected, what came, what was nearest and why it is not it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.testing.event_matching import Event, Wanted, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.contract.mismatches import Mismatch

_MISMATCHES = 10


class EventMissing(AssertionError):  # noqa: N818 - a finding of the test, not a broken tool: it reads as what happened
    """An event that was expected did not come.

    Attributes:
        wanted: what was expected, in words.
        seen: all events that came, in order.
        nearest: the one that differs least; None when none came that was not expected before.
        mismatches: in what it differs.
    """

    def __init__(
        self,
        wanted: Wanted,
        *,
        place: str,
        timeout: float,
        seen: Sequence[Event],
        others: Sequence[Event],
        among: str = "",
        trouble: BaseException | None = None,
    ) -> None:
        self.wanted = str(wanted)
        self.seen = list(seen)
        self.nearest = nearest(wanted, others)
        self.mismatches: list[Mismatch] = wanted.mismatches(self.nearest) if self.nearest is not None else []
        lines = [f"waited {timeout:g} s for {wanted} on {place}{among}; it did not come."]
        lines.append(f"{len(seen)} came:\n{listed(seen)}" if seen else "Nothing came.")
        if trouble is not None:
            lines.append(f"Looking for them failed: {type(trouble).__name__}: {trouble}")
        lines += self._explained(others)
        super().__init__("\n".join(lines))

    def _explained(self, others: Sequence[Event]) -> list[str]:
        if self.nearest is None:
            return ["All that came had been expected before."] if self.seen else []
        if not self.mismatches:
            return [f"It came, but out of order: {self.nearest}"]
        more = len(self.mismatches) - _MISMATCHES
        return [
            f"Nearest of the {len(others)} that were not expected before: {self.nearest}",
            *(f"  {each}" for each in self.mismatches[:_MISMATCHES]),
            *([f"  … and {more} more differences"] if more > 0 else []),
        ]


class EventUnexpected(AssertionError):  # noqa: N818 - as above
    """An event came that should not.

    Attributes:
        events: those.
    """

    def __init__(self, events: Sequence[Event], *, place: str, wanted: Wanted | None) -> None:
        self.events = list(events)
        what = "that no expectation of this test asked for" if wanted is None else f"that must not come ({wanted})"
        count = "an event" if len(events) == 1 else f"{len(events)} events"
        super().__init__(f"{count} came on {place} {what}:\n{listed(self.events)}")
