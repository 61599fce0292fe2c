"""Events that are expected: found, in order, in any order, none, no other; and what a failure says."""

from __future__ import annotations

import datetime as dt

import pytest

from accord import match
from accord.core.errors import UsageError
from accord.infra import MemoryBus, MockBus
from accord.testing import EventCapture, EventMissing, EventUnexpected, event

PLACED = {"id": "o-1", "total": "9.99", "lines": [{"sku": "a"}]}


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus()


async def test_an_event_is_found_by_part_of_its_content_or_by_its_shape(bus: MemoryBus) -> None:
    capture = EventCapture(bus, "orders.*")
    await bus.publish("orders.placed", PLACED, key="o-1", headers={"tenant": "acme"})
    await bus.publish("orders.placed", PLACED | {"id": "o-2"})
    await bus.publish("payments.made", PLACED)
    found = await capture.expect(
        {"id": match.regex(r"o-\d", "o-9"), "total": match.like("1.00")},
        subject="orders.placed", key="o-1", headers={"tenant": match.like("x")},
    )  # fmt: skip
    assert (found.subject, found.content, found.key, found.headers["tenant"]) == (
        "orders.placed",
        PLACED,
        "o-1",
        "acme",
    )
    assert (await capture.expect(match.like({"id": "x"}))).content["id"] == "o-2"
    await capture.no_other()


async def test_each_event_fulfils_one_expectation(bus: MemoryBus) -> None:
    capture = EventCapture(bus)
    await bus.publish("orders.placed", PLACED)
    await capture.expect({"id": "o-1"})
    with pytest.raises(EventMissing, match="All that came had been expected before"):
        await capture.expect({"id": "o-1"})


async def test_a_failure_shows_what_came_what_was_nearest_and_why(bus: MemoryBus) -> None:
    capture = EventCapture(bus, "orders.*")
    await bus.publish("orders.placed", PLACED)
    await bus.publish("orders.cancelled", {"id": "o-1", "total": 1, "lines": []})
    with pytest.raises(EventMissing) as caught:
        await capture.expect({"id": "o-1", "total": "10.00"}, subject="orders.placed", timeout=3)
    text = str(caught.value)
    assert text.startswith(
        'waited 3 s for orders.placed {"id": "o-1", "total": "10.00"} on \'orders.*\'; it did not come'
    )
    assert '2 came:\n  1. orders.placed {"id": "o-1", "total": "9.99"' in text
    assert 'Nearest of the 2 that were not expected before: orders.placed {"id": "o-1"' in text
    assert "  body $.total: " in text
    assert [each.path for each in caught.value.mismatches] == ["$.total"]
    assert caught.value.nearest is not None
    assert caught.value.nearest.subject == "orders.placed"


async def test_a_failure_where_nothing_came_says_so(bus: MemoryBus) -> None:
    with pytest.raises(EventMissing, match=r"waited 10 s for an event on '>'; it did not come\.\nNothing came\."):
        await EventCapture(bus).expect()


async def test_order_is_asked_for_or_not(bus: MemoryBus) -> None:
    first, second = EventCapture(bus), EventCapture(bus)
    for number in (1, 2, 3):
        await bus.publish("steps", {"number": number})
    await first.expect_in_order({"number": 1}, {"number": 3})
    with pytest.raises(EventMissing, match=r"after those before it; .*(\n.*)*It came, but out of order: steps .*1"):
        await second.expect_in_order({"number": 2}, {"number": 1})
    await second.expect_all({"number": 3}, {"number": 1}, {"number": 2})
    await second.no_other()


async def test_any_order_finds_a_different_event_for_each_where_there_is_a_way(bus: MemoryBus) -> None:
    capture = EventCapture(bus)
    await bus.publish("a", {"id": 1})
    await bus.publish("a", {"id": 2})
    found = await capture.expect_all(match.like({"id": 5}), {"id": 1})
    assert [each.content["id"] for each in found] == [2, 1]
    with pytest.raises(EventMissing):
        await capture.expect_all({"id": 1}, timeout=0)


async def test_none_and_no_other_show_what_came(bus: MemoryBus) -> None:
    capture = EventCapture(bus)
    await bus.publish("orders.placed", PLACED)
    await capture.expect_none(subject="orders.cancelled", within=1)
    with pytest.raises(
        EventUnexpected, match=r"an event came on '>' that must not come \(orders.\*\):\n  1. orders.placed"
    ):
        await capture.expect_none(subject="orders.*")
    with pytest.raises(EventUnexpected, match="that no expectation of this test asked for") as caught:
        await capture.no_other()
    assert [each.content for each in caught.value.events] == [PLACED]


async def test_bytes_are_compared_as_bytes_and_null_is_something(bus: MemoryBus) -> None:
    capture = EventCapture(bus)
    await bus.publish("files", b"\x00\x01")
    await bus.publish("nothing", None)
    await capture.expect(b"\x00\x01")
    await capture.expect(None, subject="nothing")
    await bus.publish("files", b"\x00\x02")
    with pytest.raises(EventMissing, match=r"body \$: expected \{.*\}, seen 2 bytes"):
        await capture.expect({"id": 1}, timeout=0)
    with pytest.raises(EventMissing, match=r"expected 1 bytes b'x', seen 2 bytes"):
        await capture.expect(b"x", timeout=0)


async def test_what_a_mocked_bus_was_handed_can_be_expected() -> None:
    bus = MockBus()
    async with EventCapture(bus, "orders.>") as capture:
        await bus.publish("orders.placed", {"id": 1, "at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)})
        await capture.expect({"id": 1})
        await capture.no_other()


async def test_what_is_expected_is_checked_first(bus: MemoryBus) -> None:
    with pytest.raises(UsageError, match="the pattern 'orders placed'"):
        event({}, subject="orders placed")
    with pytest.raises(UsageError, match="at least one event"):
        await EventCapture(bus).expect_all()


async def test_the_test_s_own_bus_is_captured_in_one_word(bus: MemoryBus) -> None:
    async with EventCapture(bus, "orders.placed") as capture:
        await bus.publish("orders.placed", 1)
        assert [each.content for each in await capture.events()] == [1]
