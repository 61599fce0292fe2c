import pytest

from shop.gateway.domain.rate_limit import RateLimit


def test_a_burst_is_let_through_and_then_it_trickles() -> None:
    limit = RateLimit(per_second=2, burst=3)
    assert [limit.take("ada", 0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert limit.take("ada", 0.5) == 0
    assert limit.take("ada", 0.5) == 0.5


def test_a_bucket_is_never_more_than_full() -> None:
    limit = RateLimit(per_second=1, burst=2)
    limit.take("ada", 0)
    assert [limit.take("ada", 1000) for _ in range(3)] == [0, 0, 1]


def test_callers_do_not_share_a_bucket() -> None:
    limit = RateLimit(per_second=1, burst=1)
    assert limit.take("ada", 0) == 0
    assert limit.take("bob", 0) == 0
    assert limit.take("ada", 0) == 1


def test_who_is_refused_does_not_wait_longer_for_it() -> None:
    limit = RateLimit(per_second=1, burst=1)
    waits = [limit.take("ada", now) for now in (0, 0.25, 0.5)]
    assert waits == [0, pytest.approx(0.75), pytest.approx(0.5)]


def test_only_so_many_callers_are_remembered() -> None:
    limit = RateLimit(per_second=1, burst=1, most_callers=2)
    for name in ("ada", "bob", "cy"):
        limit.take(name, 0)
    assert limit.take("ada", 0) == 0
    assert limit.take("cy", 0) == 1
