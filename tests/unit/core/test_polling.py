from __future__ import annotations

import asyncio
from functools import partial

import pytest

from accord.core.errors import UsageError
from accord.core.polling import PollTimeout, eventually, poll_until


class Countdown:
    """A check that gives each answer in turn, and the last one for ever."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self) -> object:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def later(self) -> object:
        return self()


def test_the_first_true_value_is_returned() -> None:
    check = Countdown(None, 0, "ready", "too late")
    assert poll_until(check, description="the answer") == "ready"
    assert check.asked == 3


def test_a_check_that_raises_is_asked_again() -> None:
    assert poll_until(Countdown(AssertionError("empty"), KeyError("x"), [1]), description="a row") == [1]


def test_a_timeout_says_what_was_awaited_and_what_was_seen_last() -> None:
    with pytest.raises(PollTimeout) as caught:
        poll_until(Countdown([]), description="an order to be paid", timeout=0.02)
    assert "waited 0.02 s for an order to be paid" in str(caught.value)
    assert "returned []" in str(caught.value)
    assert caught.value.last_value == []
    assert caught.value.attempts >= 2


def test_a_timeout_shows_the_last_exception_as_its_cause() -> None:
    with pytest.raises(PollTimeout, match="raised ValueError: no such order") as caught:
        poll_until(Countdown(ValueError("no such order")), description="an order", timeout=0.02)
    assert isinstance(caught.value.__cause__, ValueError)
    assert isinstance(caught.value, AssertionError)


def test_a_timeout_of_zero_still_checks_once() -> None:
    check = Countdown(False)
    with pytest.raises(PollTimeout):
        poll_until(check, description="anything", timeout=0)
    assert check.asked == 1


@pytest.mark.parametrize(("timeout", "interval"), [(-1, 0.1), (1, 0)])
def test_figures_that_make_no_sense_are_refused(timeout: float, interval: float) -> None:
    with pytest.raises(UsageError, match="timeout must be"):
        poll_until(Countdown(True), description="anything", timeout=timeout, interval=interval)


async def test_an_asynchronous_check_is_awaited() -> None:
    assert await poll_until(Countdown(None, ValueError(), 7).later, description="seven") == 7


async def test_a_plain_function_that_returns_an_awaitable_counts_as_asynchronous() -> None:
    check = Countdown(None, 7)
    assert await poll_until(lambda: check.later(), description="seven") == 7  # noqa: PLW0108 - the subject
    assert check.asked == 2


async def test_an_asynchronous_timeout_shows_the_last_value() -> None:
    with pytest.raises(PollTimeout, match="returned 0"):
        await poll_until(Countdown(0).later, description="a message", timeout=0.02)


async def test_an_asynchronous_check_that_hangs_is_given_up() -> None:
    async def hang() -> bool:
        await asyncio.Event().wait()
        return True

    with pytest.raises(PollTimeout, match="did not return in time"):
        await poll_until(hang, description="a message", timeout=0.02)


async def test_cancelling_the_waiting_task_is_not_swallowed() -> None:
    task = asyncio.ensure_future(poll_until(Countdown(False).later, description="for ever", timeout=60))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_plain_function_that_returns_an_awaitable_is_awaited_once_even_when_no_time_is_given() -> None:
    check = Countdown(7)
    assert await poll_until(lambda: check.later(), description="seven", timeout=0) == 7  # noqa: PLW0108 - the subject
    assert check.asked == 1


def test_eventually_returns_what_the_assertion_returns_though_it_is_not_true() -> None:
    tries: list[int] = []

    def settled() -> int:
        tries.append(1)
        assert len(tries) > 2, "not yet"
        return 0

    assert eventually(settled) == 0
    assert len(tries) == 3


def test_eventually_shows_the_last_error() -> None:
    def never() -> None:
        raise AssertionError("still open")

    with pytest.raises(PollTimeout, match=r"waited 0 s for never.*raised AssertionError: still open"):
        eventually(never, timeout=0)


async def test_eventually_takes_asynchronous_assertions_and_partials_of_them() -> None:
    async def settled() -> str:
        return ""

    assert await eventually(settled) == ""
    assert await eventually(partial(settled)) == ""


def test_a_failure_shows_both_the_last_value_and_the_last_error() -> None:
    answers = iter([["pending"], ZeroDivisionError("gone")])

    def check() -> bool:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return False

    with pytest.raises(PollTimeout, match=r"raised ZeroDivisionError: gone; a check last returned False"):
        poll_until(check, timeout=0.001, interval=1)


async def test_a_synchronous_check_that_blocked_the_event_loop_is_told_so() -> None:
    with pytest.raises(PollTimeout) as caught:
        poll_until(lambda: False, timeout=0.01)
    assert "make the check asynchronous" in caught.value.__notes__[0]


def test_without_an_event_loop_nothing_is_said_of_one() -> None:
    with pytest.raises(PollTimeout) as caught:
        poll_until(lambda: False, timeout=0.01)
    assert not hasattr(caught.value, "__notes__")
