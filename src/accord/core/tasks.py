"""Ending tasks of asyncio for certain."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_AGAIN = 5.0  # seconds


async def end_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until each has ended; what they raise is passed over.

    One that goes on is asked again every few seconds: up to Python 3.11 ``asyncio.wait_for``, which clients of brokers
    use, loses a cancellation that comes at the same moment as its answer, and whoever waited would wait for ever.
    """
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        done, waiting = await asyncio.wait(waiting, timeout=_AGAIN)
        for task in done:
            if not task.cancelled():
                task.exception()  # else asyncio says at the end that nobody asked
