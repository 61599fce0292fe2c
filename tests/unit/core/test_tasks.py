"""A task ends even if it loses a cancellation."""

import asyncio

import pytest

from accord.core import tasks
from accord.core.tasks import end_tasks


async def loses_one(lost: list[str]) -> None:
    """As a client whose wait_for had its answer at the moment of the cancellation."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        lost.append("once")
    await asyncio.Event().wait()


async def fails() -> None:
    try:
        await asyncio.Event().wait()
    finally:
        raise ValueError("while it ended")


async def test_every_task_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_AGAIN", 0.0)
    lost: list[str] = []
    begun = [
        asyncio.create_task(loses_one(lost)),
        asyncio.create_task(fails()),
        asyncio.create_task(asyncio.Event().wait()),
    ]
    await asyncio.sleep(0)
    await end_tasks(begun)
    assert [task.done() for task in begun] == [True] * 3
    assert lost == ["once"]


async def test_nothing_to_end_is_fine() -> None:
    await end_tasks([])
