import asyncio

import pytest

from shop.kit.background import background


async def test_work_ends_with_the_block() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with background(work()):
        await asyncio.sleep(0)
    assert ended.is_set()


async def test_work_that_loses_a_cancellation_is_asked_again() -> None:
    lost = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            lost.set()  # as a driver does whose answer comes in the same moment
        await asyncio.Event().wait()

    async with background(work()):
        await asyncio.sleep(0)
    assert lost.is_set()


async def test_what_went_wrong_is_told() -> None:
    async def work() -> None:
        raise LookupError("nobody caught this")

    with pytest.raises(LookupError):
        async with background(work()):
            await asyncio.sleep(0)
