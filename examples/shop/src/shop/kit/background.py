"""Work in the background, for as long as a block lasts."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

_ASK_AGAIN = 0.1  # seconds


@asynccontextmanager
async def background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run `work` beside the block, and cancel it at its end.

    A cancellation can get lost: Python 3.11's `wait_for`, which drivers use, swallows one that comes together with the
    answer. So the work is asked again until it has ended.
    """
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=_ASK_AGAIN)
        if not task.cancelled():
            task.result()
