"""How long a response waits: fixed, or drawn from a distribution."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.stub.problems import invalid, refuse_unknown, shown

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

MOST_SECONDS = 24 * 3600.0
"""A delay is never longer than this, whatever a distribution yields."""

_FIELDS = {
    "fixed": ("milliseconds",),
    "lognormal": ("median", "sigma", "maxValue"),
    "uniform": ("lower", "upper"),
}


@dataclass(frozen=True, slots=True)
class Delay:
    """A distribution of delays.

    Attributes:
        kind: fixed, lognormal or uniform.
        first: milliseconds, the median or the lower end.
        second: sigma or the upper end.
        most: milliseconds that a lognormal delay is drawn again beyond, or None.
    """

    kind: str
    first: float
    second: float = 0.0
    most: float | None = None

    def seconds(self, source: random.Random) -> float:
        """One delay."""
        if self.kind == "fixed":
            drawn = self.first
        elif self.kind == "uniform":
            drawn = source.uniform(self.first, self.second)
        else:
            drawn = math.exp(min(source.gauss(0.0, 1.0) * self.second, 50.0)) * self.first
            if self.most is not None:
                drawn = min(drawn, self.most)
        return min(max(drawn, 0.0) / 1000.0, MOST_SECONDS)


@dataclass(frozen=True, slots=True)
class Dribble:
    """A body in chunks over a time.

    Attributes:
        chunks: how many, at least one.
        seconds: over how long.
    """

    chunks: int
    seconds: float


def read_delay(document: Any, pointer: str) -> Delay:
    """A ``delayDistribution``.

    Raises:
        MappingError: no such kind, or a figure that is missing or wrong.
    """
    kind = document.get("type") if isinstance(document, dict) else None
    if kind not in _FIELDS:
        raise invalid(pointer, f"known type ids = [{', '.join(_FIELDS)}], seen {shown(repr(kind))}")
    refuse_unknown(document, ("type", *_FIELDS[kind]), pointer)
    figures = [number(document, name, pointer) for name in _FIELDS[kind] if name != "maxValue"]
    most = number(document, "maxValue", pointer) if document.get("maxValue") is not None else None
    if kind == "uniform" and figures[0] > figures[1]:
        raise invalid(pointer, f"lower ({figures[0]:g}) must not be above upper ({figures[1]:g})")
    first, second = (*figures, 0.0)[:2]
    return Delay(kind, first, second, most)


def read_dribble(document: Any, pointer: str) -> Dribble:
    """A ``chunkedDribbleDelay``.

    Raises:
        MappingError: a figure that is missing or wrong.
    """
    if not isinstance(document, dict):
        raise invalid(pointer, f"an object is expected, seen {shown(repr(document))}")
    refuse_unknown(document, ("numberOfChunks", "totalDuration"), pointer)
    chunks, duration = number(document, "numberOfChunks", pointer), number(document, "totalDuration", pointer)
    return Dribble(max(1, min(int(chunks), 10_000)), min(max(duration, 0.0) / 1000.0, MOST_SECONDS))


def number(document: Mapping[str, Any], name: str, pointer: str) -> float:
    """A figure of a document.

    Raises:
        MappingError: it is missing or no number.
    """
    value = document.get(name)
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}", value.strip()):  # as WireMock takes it
        return float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise invalid(f"{pointer}/{name}", f"a number is expected, seen {shown(repr(value))}")
    return float(value)
