"""What a group has still to be given, without an event loop."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from accord.infra.bus.deliveries import Deliveries, Delivery
from accord.infra.bus.message import Message


def message(number: int, key: str | None = None) -> Message:
    return Message("orders.placed", b"%d" % number, key)


def taken(deliveries: Deliveries, now: float = 0.0) -> Delivery:
    delivery = deliveries.take(now)
    assert delivery is not None
    return delivery


def test_a_key_waits_for_the_one_before_it_and_others_do_not() -> None:
    deliveries = Deliveries()
    deliveries.add([message(1, "a"), message(2, "a"), message(3, "b"), message(4)])
    first, second, third = (taken(deliveries) for _ in range(3))
    assert [each.message.data for each in (first, second, third)] == [b"1", b"3", b"4"]
    assert deliveries.take(0.0) is None
    deliveries.done(first)
    assert taken(deliveries).message.data == b"2"
    assert len(deliveries) == 3


def test_what_failed_comes_when_it_is_due_and_its_key_waits_as_long() -> None:
    deliveries = Deliveries()
    deliveries.add([message(1, "a"), message(2, "a")])
    deliveries.again(taken(deliveries, 0.0), due=5.0)
    assert deliveries.take(4.9) is None
    assert deliveries.next_due() == 5.0
    second = taken(deliveries, 5.0)
    assert (second.message.data, second.message.attempt, second.attempts) == (b"1", 2, 2)
    assert deliveries.next_due() is None


def test_what_a_member_had_when_it_went_is_the_next_and_counts_as_an_attempt() -> None:
    deliveries = Deliveries()
    deliveries.add([message(1), message(2)])
    deliveries.back(taken(deliveries))
    assert [taken(deliveries).message.data for _ in range(2)] == [b"1", b"2"]
    deliveries.add([message(3)])
    deliveries.back(taken(deliveries))
    assert taken(deliveries).message.attempt == 2


@given(
    st.lists(st.sampled_from(["a", "b", None]), max_size=30),
    st.lists(st.sampled_from(["done", "again", "back"]), max_size=60),
)
def test_whatever_happens_all_are_finished_once_and_each_key_in_order(keys: list[str | None], fates: list[str]) -> None:
    deliveries, now, finished = Deliveries(), 0.0, []
    deliveries.add([message(number, key) for number, key in enumerate(keys)])
    remaining = iter(fates)
    while len(deliveries):
        delivery = deliveries.take(now)
        if delivery is None:
            due = deliveries.next_due()
            assert due is not None
            now = due
            continue
        fate = next(remaining, "done")
        if fate == "again":
            deliveries.again(delivery, now + 1)
        elif fate == "back":
            deliveries.back(delivery)
        else:
            deliveries.done(delivery)
            finished.append(delivery.message)
    assert sorted(int(each.data) for each in finished) == list(range(len(keys)))
    for key in ("a", "b"):
        numbers = [int(each.data) for each in finished if each.key == key]
        assert numbers == sorted(numbers)
