"""One implementation for sync and async code: a generator that yields the calls to make, and two drivers for it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Generator, Mapping

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make; its result is sent back, awaited first where it is awaitable, and its exception is thrown in."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)

    def make(self) -> Any:
        """Call the function."""
        return self.function(*self.arguments, **self.keywords)


@dataclass(frozen=True, slots=True)
class Gather:
    """Steps to take side by side; their results are sent back in order. Where one raises, the first is thrown in."""

    steps: tuple[Generator[Call, Any, Any], ...]


def drive(steps: Generator[Call | Gather, Any, T]) -> T:
    """Run to the end in sync code. An event loop is made when the first awaitable comes, and closed at the end.

    A function that is called runs outside the loop: it may use asyncio.run() itself.
    """
    runner: asyncio.Runner | None = None
    try:
        call = next(steps)
        while True:
            try:
                value = _gathered(call) if isinstance(call, Gather) else call.make()
                if inspect.isawaitable(value):
                    if runner is None:
                        import asyncio  # noqa: PLC0415 - a provider without async parts needs none

                        runner = asyncio.Runner()
                    value = runner.get_loop().run_until_complete(value)
            except BaseException as error:  # noqa: BLE001 - all is thrown into the steps, which know what to do
                call = steps.throw(error)
            else:
                call = steps.send(value)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]  # a generator's return value is untyped here
    finally:
        if runner is not None:
            runner.close()


async def adrive(steps: Generator[Call | Gather, Any, T]) -> T:
    """Run to the end in async code, on the running loop."""
    try:
        call = next(steps)
        while True:
            try:
                value = _gathered(call) if isinstance(call, Gather) else call.make()
                if inspect.isawaitable(value):
                    value = await value
            except BaseException as error:  # noqa: BLE001 - as above
                call = steps.throw(error)
            else:
                call = steps.send(value)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]  # as above


async def _gathered(gather: Gather) -> list[Any]:
    import asyncio  # noqa: PLC0415 - as above

    return await asyncio.gather(*(adrive(each) for each in gather.steps))
