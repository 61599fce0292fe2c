"""Blocking calls beside the loop, in threads that nobody waits for at the end: a service may take minutes to answer."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


async def in_daemon(work: Callable[[], Result]) -> Result:
    """What a function gives or raises, run in a thread of its own.

    ``asyncio.to_thread`` has a handful of threads, which a few slow services take up, and the end of the program waits
    for each of them.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: Exception | None) -> None:
        if future.done():  # cancelled: the server has been stopped
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]  # without an error there is a result

    def run() -> None:
        result, fault = None, None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            fault = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, fault)

    threading.Thread(target=run, name="accord-stub-call", daemon=True).start()
    return await future
