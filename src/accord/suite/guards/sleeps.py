"""Functions that sleep, wrapped: Python reports no audit event for them (``time.sleep`` does from 3.13 on only)."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from accord.suite.guards.guard import GUARD

if TYPE_CHECKING:
    from types import ModuleType

REAL_SLEEP = time.sleep
_EVENT_WAIT = threading.Event.wait


class Sleep:
    """Stands for ``time.sleep``; an object and not a function, so that it does not bind as a method of a class."""

    __name__ = __qualname__ = "sleep"
    __module__ = "time"
    __doc__ = REAL_SLEEP.__doc__
    __wrapped__ = REAL_SLEEP

    def __call__(self, seconds: float, /) -> None:
        _check(seconds)
        REAL_SLEEP(seconds)

    def __repr__(self) -> str:
        return repr(REAL_SLEEP)

    def __reduce__(self) -> str:
        return "sleep"  # pickled by its name, as the original is


def wrap_time(module: ModuleType) -> dict[str, Any]:
    """What to put in place of ``time.sleep``."""
    del module
    return {"sleep": Sleep()}


def wrap_asyncio(module: ModuleType) -> dict[str, Any]:
    """What to put in place of ``asyncio.sleep``, which anyio calls too."""
    original = module.sleep

    async def sleep(delay: float, result: Any = None) -> Any:
        _check(delay)
        return await original(delay, result)

    sleep.__wrapped__ = original  # type: ignore[attr-defined]
    sleep.__module__, sleep.__doc__ = original.__module__, original.__doc__
    return {"sleep": sleep}


def event_wait(self: threading.Event, timeout: float | None = None) -> bool:
    """Stands for ``threading.Event.wait``."""
    # Thread.start() waits for its thread by an event; that is no sleep.
    if GUARD.forbidden is not None and not self.is_set() and sys._getframe(1).f_globals is not vars(threading):  # noqa: SLF001 - the cheapest way to the caller
        _check(timeout)
    return _EVENT_WAIT(self, timeout)


def _check(seconds: float | None) -> None:
    forbidden = GUARD.forbidden
    if forbidden is not None and "sleep" in forbidden and (seconds is None or seconds > 0):
        GUARD.breach("sleep", "sleeps until it is woken" if seconds is None else f"sleeps {seconds:g} s")
