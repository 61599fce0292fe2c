"""How often a caller may come: a bucket of tokens for each, refilled as time goes by."""

from collections import OrderedDict


class RateLimit:
    """Buckets for callers.

    Args:
        per_second: requests a second, in the long run.
        burst: requests at once.
        most_callers: remembered; who came longest ago is forgotten, and begins with a full bucket.
    """

    def __init__(self, per_second: float, burst: int, most_callers: int = 10_000) -> None:
        self._per_second = per_second
        self._burst = burst
        self._most_callers = most_callers
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens left, and when that was

    def take(self, caller: str, now: float) -> float:
        """Count one request.

        Returns:
            The seconds the caller has to wait before the next; 0 when this one may go on.
        """
        tokens, then = self._buckets.pop(caller, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - then) * self._per_second)
        allowed = tokens >= 1
        self._buckets[caller] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self._most_callers:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self._per_second
