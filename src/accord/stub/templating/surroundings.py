"""What a rendering gets from outside: clock, randomness, time zone, permissions and limits."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one rendering may do."""

    steps: int = 100_000
    """Helper calls and rounds of a block."""
    characters: int = 10_000_000
    """Length of the output and of any value on the way to it."""
    nesting: int = 50
    """Blocks and sub-expressions inside each other."""
    template: int = 1_000_000
    """Characters of a template's own text."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Clock, randomness and permissions of a rendering."""

    now: Callable[[], datetime] = _now
    """The moment, with its time zone."""
    random: random.Random = field(default_factory=random.Random)
    zone: tzinfo | None = None
    """The zone in which a date without one is written by a format; None is the machine's."""
    permitted_system_values: tuple[str, ...] = ()
    """Patterns of environment variables that systemValue may read, as WireMock's --permitted-system-keys."""
    limits: Limits = Limits()
