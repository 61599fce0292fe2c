"""What each kind of toxic does to the bytes and the time of one direction of one connection. No input, no output."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from accord.faults.requests import RequestCounter
from accord.faults.stage import CLOSE, END, RESET, Stage

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Mapping

    from accord.faults.stage import Item
    from accord.faults.toxics import Toxic

_MILLI, _MICRO = 1e-3, 1e-6
_SLICE_OF_BANDWIDTH = 0.1
"""Seconds of data that a bandwidth toxic sends at once."""


class Latency(Stage):
    """Later by latency, more or less jitter."""

    def begin(self, attributes: Mapping[str, int], now: float) -> None:
        del now
        self._latency = attributes.get("latency", 0) * _MILLI
        self._jitter = attributes.get("jitter", 0) * _MILLI

    def received(self, data: bytes, now: float) -> None:
        delay = self._latency
        if self._jitter:
            delay += self._random.uniform(-self._jitter, self._jitter)
        self._leave(data, now + max(delay, 0.0))


class Bandwidth(Stage):
    """So many kilobytes (1,000 bytes) a second; a rate of 0 lets nothing pass."""

    def begin(self, attributes: Mapping[str, int], now: float) -> None:
        self._rate = attributes.get("rate", 0) * 1000
        self._free = now

    def received(self, data: bytes, now: float) -> None:
        if not self._rate:
            self._leave(data, math.inf)
            return
        self._free = max(self._free, now)
        step = max(int(self._rate * _SLICE_OF_BANDWIDTH), 1)
        for start in range(0, len(data), step):
            piece = data[start : start + step]
            self._free += len(piece) / self._rate
            self._leave(piece, self._free)


class SlowClose(Stage):
    """The end comes later."""

    def begin(self, attributes: Mapping[str, int], now: float) -> None:
        del now
        self._delay = attributes.get("delay", 0) * _MILLI

    def ended(self, now: float) -> None:
        self._leave(END, max(now, self._last) + self._delay)


class Timeout(Stage):
    """Data is dropped; the connection is closed when nothing came for a while, or stays open at 0."""

    def begin(self, attributes: Mapping[str, int], now: float) -> None:
        self._timeout = attributes.get("timeout", 0) * _MILLI
        self._deadline = now + self._timeout

    def received(self, data: bytes, now: float) -> None:
        del data
        self._deadline = now + self._timeout

    def ended(self, now: float) -> None:
        self._finish(CLOSE, now)

    @property
    def wakes_at(self) -> float | None:
        return self._deadline if self._timeout and not self._is_over and self._is_scheduled_at(self._deadline) else None

    def _is_scheduled_at(self, moment: float) -> bool:
        schedule = self.toxic.schedule
        return schedule is None or schedule.is_active(moment - self._added)

    def wake(self, now: float) -> None:
        self._finish(CLOSE, now)

    def given_up(self, *, is_removed: bool) -> Iterator[Item]:
        """What was dropped is gone, so the connection cannot go on: it is closed."""
        yield from super().given_up(is_removed=is_removed)
        if is_removed and not self._is_over:
            yield CLOSE


class ResetPeer(Stage):
    """The connection is reset, some time after the first data."""

    def begin(self, attributes: Mapping[str, int], now: float) -> None:
        del now
        self._timeout = attributes.get("timeout", 0) * _MILLI

    def received(self, data: bytes, now: float) -> None:
        del data
        self._finish(RESET, now + self._timeout)

    def ended(self, now: float) -> None:
        self._finish(RESET, now + self._timeout)


class Refuse(Timeout):
    """The connection is reset some time after it was opened, whether data came or not."""

    @property
    def wakes_at(self) -> float | None:
        return None if self._is_over or not self._is_scheduled_at(self._deadline) else self._deadline

    def received(self, data: bytes, now: float) -> None:
        del data, now

    def ended(self, now: float) -> None:
        self._finish(RESET, now)

    def wake(self, now: float) -> None:
        self._finish(RESET, now)


class Slicer(Stage):
    """Data in small pieces, with pauses between."""

    def begin(self, attributes: Mapping[str, int], now: float) -> None:
        self._average = attributes.get("average_size", 0)
        self._variation = attributes.get("size_variation", 0)
        self._delay = attributes.get("delay", 0) * _MICRO
        self._free = now

    def received(self, data: bytes, now: float) -> None:
        self._free = max(self._free, now)
        for piece in self._pieces(data):
            self._leave(piece, self._free)
            self._free += self._delay

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        if not self._average:
            yield data
            return
        start = 0
        while start < len(data):
            size = self._average
            if self._variation:
                size += self._random.randint(-self._variation, self._variation)
            yield data[start : start + max(size, 1)]
            start += max(size, 1)


class LimitData(Stage):
    """The connection is closed after so many bytes."""

    def begin(self, attributes: Mapping[str, int], now: float) -> None:
        del now
        self._left = self._most = attributes.get("bytes", 0)

    def inherit(self, old: Stage) -> None:
        if isinstance(old, LimitData):
            self._left = max(self._most - (old._most - old._left), 0)  # noqa: SLF001 - of the same class

    def received(self, data: bytes, now: float) -> None:
        passed = data[: self._left]
        self._left -= len(passed)
        if passed:
            self._leave(passed, now)
        if not self._left:
            self._finish(CLOSE, now)


class LimitRequests(Stage):
    """The connection is closed when one more HTTP request begins than it may carry."""

    def begin(self, attributes: Mapping[str, int], now: float) -> None:
        del now
        self._most = attributes.get("requests", 0)
        self._counter = RequestCounter()

    def received(self, data: bytes, now: float) -> None:
        if self._counter.count(data) > self._most:
            self._finish(CLOSE, now)
        else:
            self._leave(data, now)


STAGES: dict[str, Callable[[Toxic, random.Random, float, float], Stage]] = {
    "latency": Latency,
    "bandwidth": Bandwidth,
    "slow_close": SlowClose,
    "timeout": Timeout,
    "reset_peer": ResetPeer,
    "slicer": Slicer,
    "limit_data": LimitData,
    "limit_requests": LimitRequests,
    "refuse": Refuse,
}
