import pytest

from shop.gateway.domain.breaker import Breaker, BreakerState


def opened(at: float = 100.0) -> Breaker:
    breaker = Breaker(failures_to_open=3, pause=10)
    for _ in range(3):
        breaker.failed(at)
    return breaker


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    breaker = Breaker(failures_to_open=3)
    breaker.failed(1)
    breaker.failed(2)
    breaker.succeeded()
    breaker.failed(3)
    breaker.failed(4)
    assert breaker.allows(4)
    breaker.failed(5)
    assert breaker.state(5) is BreakerState.OPEN
    assert not breaker.allows(5)


@pytest.mark.parametrize(("now", "wait"), [(100, 10), (104, 6), (110, 0), (200, 0)])
def test_it_says_how_long_it_stays_open(now: float, wait: float) -> None:
    assert opened().wait(now) == wait


def test_after_the_pause_one_call_tries() -> None:
    breaker = opened()
    assert not breaker.allows(109.9)
    assert breaker.state(110) is BreakerState.HALF_OPEN
    assert breaker.allows(110)
    assert not breaker.allows(110)


def test_a_good_try_closes_it() -> None:
    breaker = opened()
    breaker.allows(110)
    breaker.succeeded()
    assert breaker.state(110) is BreakerState.CLOSED
    assert breaker.wait(110) == 0


def test_a_bad_try_opens_it_again() -> None:
    breaker = opened()
    breaker.allows(110)
    breaker.failed(111)
    assert breaker.state(120) is BreakerState.OPEN
    assert breaker.state(121) is BreakerState.HALF_OPEN


def test_a_try_whose_end_nobody_told_is_not_waited_for_for_ever() -> None:
    breaker = opened()
    assert breaker.allows(110)
    assert not breaker.allows(119)
    assert breaker.allows(120)
