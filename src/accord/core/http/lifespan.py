"""The lifespan of an ASGI application: its start-up before the first request and its shutdown after the last."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from accord.core.errors import AccordError, UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_GRACE_SECONDS = 5.0


class Lifespan:
    """Runs the lifespan protocol in a task of its own, which lives from start-up to shutdown.

    The task survives between two runs of its event loop, so start-up, calls and shutdown may each be a
    ``run_until_complete()`` of their own, on one loop.

    Attributes:
        state: what the application left for its requests, or None when it does not support lifespans.
    """

    def __init__(self, app: Callable[..., Awaitable[object]]) -> None:
        self.state: dict[str, Any] | None = None
        self._app = app
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._outgoing: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._asked = False

    async def startup(self, time_limit: float | None) -> None:
        """Start the application; one that does not know lifespans needs none.

        Args:
            time_limit: in seconds, or None for no limit.

        Raises:
            AccordError: the application tried to start and failed, or took too long.
            UsageError: it is started already.
        """
        if self._task is not None:
            raise UsageError("The application is started already. Shut it down before it is started again.")
        self._incoming, self._outgoing, self._asked = asyncio.Queue(), asyncio.Queue(), False
        self._loop = asyncio.get_running_loop()
        state: dict[str, Any] = {}
        self._incoming.put_nowait({"type": "lifespan.startup"})
        self._task = self._loop.create_task(self._run(state), name="accord-lifespan")
        message = await self._next_message("start up", time_limit)
        if message is None:
            await self._settle_unsupported()
        elif message["type"] == "lifespan.startup.failed":
            await self._fail("start up", message.get("message", ""))
        else:
            self.state = state

    async def shutdown(self, time_limit: float | None) -> None:
        """Shut the application down, if it was started.

        Args:
            time_limit: in seconds, or None for no limit.

        Raises:
            AccordError: the application failed while it ran or shut down, or took too long.
        """
        task = self._task
        if task is None:
            return
        self.check_loop()
        if not task.done():
            self._incoming.put_nowait({"type": "lifespan.shutdown"})
            message = await self._next_message("shut down", time_limit)
            if message is not None and message["type"] == "lifespan.shutdown.failed":
                await self._fail("shut down", message.get("message", ""))
        self._task = self.state = None
        await _ended(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            raise _failure("shut down", "", error) from error

    def check_loop(self) -> None:
        """Refuse another event loop than the one the application was started on.

        Raises:
            UsageError: it is another one; what the application opened at start-up belongs to the first.
        """
        if self._task is not None and self._loop is not asyncio.get_running_loop():
            raise UsageError(
                "The application was started on another event loop than the one now running. "
                "Start it, call it and shut it down on one loop."
            )

    async def _run(self, state: dict[str, Any]) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": state}
        await self._app(scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        self._asked = True
        return await self._incoming.get()

    async def _send(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if not kind.startswith(("lifespan.startup.", "lifespan.shutdown.")):
            self._asked = False  # it answers a request: the application does not look at the kind of its scope
            raise RuntimeError(f"A lifespan scope takes lifespan messages; seen: {kind!r}")
        self._outgoing.put_nowait(message)

    async def _next_message(self, step: str, time_limit: float | None) -> dict[str, Any] | None:
        """What the application says next; None when it ends without a word."""
        task = self._task
        assert task is not None and self._loop is not None  # noqa: S101, PT018 - set by startup()
        message = self._loop.create_task(self._outgoing.get())
        try:
            await asyncio.wait({task, message}, timeout=time_limit, return_when=asyncio.FIRST_COMPLETED)
            if message.done():
                return message.result()
            if not self._outgoing.empty():
                return self._outgoing.get_nowait()
            if task.done():
                return None
        except asyncio.CancelledError:
            await self._abort(task)
            raise
        finally:
            message.cancel()
        await self._abort(task)
        raise AccordError(
            f"The application did not {step} within {time_limit:g} s: its lifespan still runs. "
            f"Look at what its lifespan function waits for, or allow it more time."
        )

    async def _settle_unsupported(self) -> None:
        """The application ended its lifespan unstarted: fine where it does not know lifespans, else a failure."""
        task, self._task = self._task, None
        assert task is not None  # noqa: S101 - set by startup()
        if task.cancelled():
            return
        error = task.exception()  # read also when ignored, else asyncio complains of it later
        if error is not None and self._asked:
            raise _failure("start up", "", error) from error

    async def _fail(self, step: str, said: str) -> None:
        task, self._task, self.state = self._task, None, None
        assert task is not None  # noqa: S101 - set by startup()
        await _ended(task)
        error = None if task.cancelled() else task.exception()
        raise _failure(step, said, error) from error

    async def _abort(self, task: asyncio.Task[None]) -> None:
        self._task = self.state = None
        task.cancel()
        await _ended(task)
        if not task.cancelled():
            task.exception()


async def _ended(task: asyncio.Task[None]) -> None:
    """Wait for an application that has had its last word; one that lingers is cancelled."""
    _, pending = await asyncio.wait({task}, timeout=_GRACE_SECONDS)
    if pending:
        task.cancel()
        await asyncio.wait(pending, timeout=_GRACE_SECONDS)


def _failure(step: str, said: str, error: BaseException | None) -> AccordError:
    # Frameworks send their whole traceback; its last line names the error, and the cause carries the rest.
    reason = said.strip().rpartition("\n")[2]
    if not reason and error is not None:
        reason = f"{type(error).__name__}: {error}"
    hint = "" if step == "shut down" else " If its lifespan is not wanted here, switch it off: lifespan=False."
    return AccordError(f"The application failed to {step}: {reason or 'it gave no reason'}.{hint}")
