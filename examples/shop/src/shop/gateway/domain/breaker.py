"""A circuit breaker: a neighbour that fails again and again is left alone for a while."""

from dataclasses import dataclass
from enum import StrEnum


class BreakerState(StrEnum):
    """Whether calls go through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(slots=True)
class Breaker:
    """Opens after so many failures in a row; after a pause one call tries whether the neighbour is back.

    Args:
        failures_to_open: in a row.
        pause: seconds.
    """

    failures_to_open: int = 5
    pause: float = 10.0
    _failures: int = 0
    _opened_at: float | None = None
    _trying_since: float | None = None

    def state(self, now: float) -> BreakerState:
        """Whether calls go through now."""
        if self._opened_at is None:
            return BreakerState.CLOSED
        return BreakerState.HALF_OPEN if now >= self._opened_at + self.pause else BreakerState.OPEN

    def allows(self, now: float) -> bool:
        """Whether a call may be made; the one that may while the breaker is half open is counted as the try."""
        match self.state(now):
            case BreakerState.CLOSED:
                return True
            case BreakerState.OPEN:
                return False
            case BreakerState.HALF_OPEN:
                # A try whose end nobody reported (its caller went away) does not keep the breaker shut for ever.
                if self._trying_since is not None and now < self._trying_since + self.pause:
                    return False
                self._trying_since = now
                return True

    def succeeded(self) -> None:
        """A call went well."""
        self._failures, self._opened_at, self._trying_since = 0, None, None

    def failed(self, now: float) -> None:
        """A call got no answer, or one that says the neighbour is broken."""
        self._failures += 1
        if self._trying_since is not None or self._failures >= self.failures_to_open:
            self._opened_at, self._trying_since = now, None

    def wait(self, now: float) -> float:
        """Seconds until a call may be tried."""
        return 0.0 if self._opened_at is None else max(0.0, self._opened_at + self.pause - now)
