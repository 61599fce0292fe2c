"""Waiting for something to become true, without sleeping blindly.

One function serves synchronous and asynchronous checks; the decisions (has it come, how long to pause, when to give
up, what to say) are in :class:`_Attempts`, so neither form has its own copy of them.
"""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any, TypeVar, overload

from accord.core.clock import VirtualClock, clock
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

T = TypeVar("T")

_GROWTH = 1.5  # each pause is this much longer: quick answers are seen quickly, long waits do not burn a core
_LONGEST_PAUSE = 0.25  # seconds
_LAST_CHANCE = 0.05  # seconds an asynchronous check gets when the time is already up


class PollTimeout(AssertionError):  # noqa: N818 - a finding of the test, not a broken tool: it reads as what happened
    """What was waited for did not come in time.

    Attributes:
        description: what was waited for.
        timeout: how long, in seconds.
        attempts: how often the check was made.
        last_value: what the last check that returned gave back; None if none did.
        last_error: what the last check that failed raised; None if none did.
    """

    def __init__(
        self, description: str, *, timeout: float, attempts: int, last_value: object, last_error: BaseException | None
    ) -> None:
        seen = f"a check last returned {last_value!r}"
        if last_error is not None:
            raised = f"a check last raised {type(last_error).__name__}: {last_error}"
            seen = f"{raised}; {seen}" if last_value is not None else raised
        super().__init__(f"waited {timeout:g} s for {description}; it did not come ({attempts} checks). Seen: {seen}")
        self.description = description
        self.timeout = timeout
        self.attempts = attempts
        self.last_value = last_value
        self.last_error = last_error


@overload
def poll_until(
    check: Callable[[], Awaitable[T]], *, description: str = "", timeout: float = 10.0, interval: float = 0.005
) -> Awaitable[T]: ...


@overload
def poll_until(
    check: Callable[[], T], *, description: str = "", timeout: float = 10.0, interval: float = 0.005
) -> T: ...


def poll_until(
    check: Callable[[], Any], *, description: str = "", timeout: float = 10.0, interval: float = 0.005
) -> Any | Awaitable[Any]:
    """Call ``check`` until what it returns is true, and return that.

    A check that raises counts as "not yet", so a check may assert. It is made at least once, and once more at the
    very end. When ``check`` is asynchronous, await what this returns.

    Args:
        check: what to ask, again and again; takes nothing. An asynchronous check that hangs is cancelled in time.
        description: what is waited for, to complete the sentence "waited 10 s for …"; the check's name by default.
        timeout: how long to wait at most, in seconds.
        interval: the first pause between two checks, in seconds; later pauses grow up to 0.25 s.

    Raises:
        PollTimeout: it did not come in time; shows the last value or the last exception.
        UsageError: ``timeout`` is negative or ``interval`` is not positive.
    """
    description = description or getattr(check, "__name__", "the condition").replace("<lambda>", "the condition")
    if timeout < 0 or interval <= 0:
        raise UsageError(
            f"poll_until for {description}: timeout must be 0 or more and interval above 0 seconds, "
            f"not timeout={timeout!r}, interval={interval!r}"
        )
    attempts = _Attempts(description, timeout, interval)
    if inspect.iscoroutinefunction(check):
        return _named(_poll_async(check, attempts, None))
    while not attempts.over:
        try:
            value = check()
        except Exception as error:  # noqa: BLE001 - whatever the check raises means "not yet"; the timeout shows it
            attempts.failed(error)
        else:
            if inspect.isawaitable(value):  # a lambda or partial around an asynchronous check
                return _named(_poll_async(check, attempts, value))
            if attempts.came(value):
                return value
        attempts.block()
    raise attempts.timed_out()


@overload
def eventually(
    assertion: Callable[[], Awaitable[T]], *, description: str = "", timeout: float = 10.0, interval: float = 0.005
) -> Awaitable[T]: ...


@overload
def eventually(
    assertion: Callable[[], T], *, description: str = "", timeout: float = 10.0, interval: float = 0.005
) -> T: ...


def eventually(
    assertion: Callable[[], Any], *, description: str = "", timeout: float = 10.0, interval: float = 0.005
) -> Any | Awaitable[Any]:
    """Call a function with assertions until it raises nothing, and return what it returns, be it true or not.

    Takes what ``poll_until`` takes; when ``assertion`` is asynchronous, await what this returns.

    Raises:
        PollTimeout: it still raised when the time was up; its last error is shown and is the cause.
    """
    description = description or getattr(assertion, "__name__", "the assertion").replace("<lambda>", "the assertion")

    def check() -> Any:
        value = assertion()
        return _in_tuple(value) if inspect.isawaitable(value) else (value,)

    found = poll_until(check, description=description, timeout=timeout, interval=interval)
    return _first(found) if inspect.isawaitable(found) else found[0]


async def _in_tuple(value: Awaitable[T]) -> tuple[T]:
    """A tuple is true whatever is in it."""
    return (await value,)


async def _first(values: Awaitable[tuple[T]]) -> T:
    return (await values)[0]


def _named(polling: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
    """By the name that its caller knows: in Python's warning that nobody awaited it."""
    polling.__qualname__ = "poll_until"  # type: ignore[attr-defined]  # every coroutine of Python has one
    return polling


async def _poll_async(check: Callable[[], Awaitable[T]], attempts: _Attempts, started: Awaitable[T] | None) -> T:
    import asyncio  # noqa: PLC0415 - costs start-up time that the synchronous form need not pay

    while started is not None or not attempts.over:
        limit = asyncio.timeout(max(attempts.remaining, _LAST_CHANCE))
        try:
            async with limit:
                value = await (started if started is not None else check())
        except Exception as error:  # noqa: BLE001 - as above; a cancellation is no Exception and goes through
            attempts.failed(TimeoutError("the check itself did not return in time") if limit.expired() else error)
        else:
            if attempts.came(value):
                return value
        started = None
        await attempts.clock.sleep_async(attempts.next_pause())
    raise attempts.timed_out()


class _Attempts:
    """What has been tried so far, and what to do next."""

    def __init__(self, description: str, timeout: float, interval: float) -> None:
        self.clock = clock()
        self._description = description
        self._timeout = timeout
        self._pause = interval
        self._deadline = self.clock.monotonic() + timeout
        self._last_chance_taken = False
        self._count = 0
        self._value: object = None
        self._error: BaseException | None = None
        self._blocked_a_loop = False

    def block(self) -> None:
        """Wait in a synchronous check; notes whether an event loop has to wait too."""
        events = sys.modules.get("asyncio.events")
        self._blocked_a_loop = events is not None and events._get_running_loop() is not None  # noqa: SLF001 - documented for this use
        self.clock.sleep(self.next_pause())

    @property
    def remaining(self) -> float:
        return self._deadline - self.clock.monotonic()

    @property
    def over(self) -> bool:
        """Whether no check is left; the one at the deadline is always made."""
        if self.remaining > 0:
            return False
        taken, self._last_chance_taken = self._last_chance_taken, True
        return taken

    def came(self, value: object) -> bool:
        self._count += 1
        self._value = value
        return bool(value)

    def failed(self, error: BaseException) -> None:
        self._count += 1
        self._error = error

    def next_pause(self) -> float:
        pause = max(0.0, min(self._pause, self.remaining))
        self._pause = min(self._pause * _GROWTH, _LONGEST_PAUSE)
        return pause

    def timed_out(self) -> PollTimeout:
        """The finding; says so where it was itself in the way of what was awaited."""
        virtual = " (in the virtual time of a unit test)" if isinstance(self.clock, VirtualClock) else ""
        timeout = PollTimeout(
            self._description + virtual,
            timeout=self._timeout,
            attempts=self._count,
            last_value=self._value,
            last_error=self._error,
        )
        if self._blocked_a_loop:
            timeout.add_note(
                "The check is synchronous and an event loop runs in this thread: nothing else of the loop ran "
                "meanwhile. If what is awaited happens there, make the check asynchronous and await poll_until."
            )
        timeout.__cause__ = self._error
        return timeout
