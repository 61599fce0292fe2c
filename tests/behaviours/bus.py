"""What a bus does, as one suite for all of them; which of them cannot show what, and the table of it in docs/events.md.

A behaviour that a bus cannot show is expected to fail there, strictly: the table stays true when a bus learns it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from accord.core.errors import UsageError
from accord.core.polling import PollTimeout, poll_until
from accord.infra.bus.port import MessageTooLargeError
from accord.infra.bus.redelivery import ATTEMPTS, GROUP, REASON, Redelivery

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.infra.bus.message import Message
    from accord.infra.bus.port import Bus

KINDS = ("mock", "memory", "nats", "kafka", "rabbitmq")
QUICK = Redelivery(attempts=3, delay=0.02)
NOT_SHOWN = (AssertionError, UsageError, pytest.fail.Exception)


def shows(what: str, *, but: str = "") -> Callable[[Any], Any]:
    """Say what a test shows, and which buses do not show it."""
    lacking = tuple(but.split())
    assert set(lacking) <= set(KINDS)

    def mark(test: Any) -> Any:
        test.what, test.lacking = what, lacking
        return test

    return mark


def table() -> str:
    """What each bus can and cannot show, in Markdown."""
    tests = [each for each in vars(BusBehaviours).values() if hasattr(each, "what")]
    lines = [f"| a test can show that | {' | '.join(KINDS)} |", "|---" * (len(KINDS) + 1) + "|"]
    lines += [
        f"| {each.what} | {' | '.join('-' if kind in each.lacking else 'yes' for kind in KINDS)} |" for each in tests
    ]
    return "\n".join(lines)


async def until(check: Callable[[], bool], *, seconds: float = 10.0, description: str = "") -> None:
    """Poll while the bus's tasks run: a synchronous check alone would hold the event loop."""

    async def ask() -> bool:
        return check()

    await poll_until(ask, timeout=seconds, description=description or "what the test waits for")


class Taken:
    """A handler that writes down what it gets, and fails where it is told to."""

    def __init__(self, *, fails: Callable[[Message], bool] = lambda _: False) -> None:
        self.messages: list[Message] = []
        self._fails = fails

    async def __call__(self, message: Message) -> None:
        self.messages.append(message)
        await asyncio.sleep(0)
        if self._fails(message):
            raise ValueError(f"no room for {message.content}")

    @property
    def contents(self) -> list[Any]:
        return [each.content for each in self.messages]

    async def until(self, count: int) -> None:
        await until(lambda: len(self.messages) >= count, description=f"{count} deliveries")


class BusBehaviours:
    """Subclasses say by a marker which bus it is."""

    @pytest.fixture(autouse=True)
    def expect_what_it_lacks(self, request: pytest.FixtureRequest) -> None:
        kind = request.node.get_closest_marker("bus").args[0]
        if kind in request.function.lacking:
            request.applymarker(pytest.mark.xfail(strict=True, raises=NOT_SHOWN, reason=f"{kind} cannot show this"))

    @shows("a message was published, with this content")
    async def test_published(self, bus: Bus) -> None:
        seen: list[Message] = []
        bus.observe("orders.*", seen.append)
        await bus.start()
        await bus.publish("orders.placed", {"id": 1})
        await bus.publish("payments.made", {"id": 2})
        await until(lambda: [(each.subject, each.content) for each in seen] == [("orders.placed", {"id": 1})])

    @shows("it was published once, however often it was delivered", but="mock")
    async def test_published_once(self, bus: Bus) -> None:
        seen: list[Message] = []
        bus.observe(">", seen.append)
        for group in ("billing", "stock"):
            handler = Taken(fails=lambda message: message.attempt == 1)
            await bus.subscribe("orders.placed", handler, group=group, redelivery=QUICK)
        await bus.publish("orders.placed", {"id": 1})
        await until(lambda: bool(seen))
        await bus.settled()
        assert [each.subject for each in seen] == ["orders.placed"]

    @shows("publishing on a subject that nobody listens to is no error")
    async def test_nobody_listens(self, bus: Bus) -> None:
        await bus.publish("orders.placed", {"id": 1})
        await bus.settled()

    @shows("what cannot be turned into bytes is refused", but="mock")
    async def test_not_bytes(self, bus: Bus) -> None:
        with pytest.raises(UsageError, match=r"'orders.placed': expected bytes or what JSON can hold, seen dict"):
            await bus.publish("orders.placed", {"id": object()})

    @shows("a message that is too large is refused", but="mock")
    async def test_large(self, bus: Bus) -> None:
        taken = Taken()
        await bus.subscribe("orders.placed", taken, group="billing")
        with pytest.raises(MessageTooLargeError, match=f"this bus takes {bus.max_bytes:,}") as caught:
            await bus.publish("orders.placed", b"x" * (bus.max_bytes + 1))
        assert caught.value.size == caught.value.limit + 1
        await bus.publish("orders.placed", b"x" * 1_000_000)
        await bus.settled()
        assert [len(each.data) for each in taken.messages] == [1_000_000]

    @shows("a handler gets it, as bytes and not as the publisher's object", but="mock")
    async def test_delivery(self, bus: Bus) -> None:
        taken, others = Taken(), Taken()
        await bus.subscribe("orders.placed", taken, group="billing")
        await bus.subscribe("orders.placed", others, group="stock")
        order = {"id": 1, "lines": [1, 2], "at": "Zürich"}
        await bus.publish("orders.placed", order)
        await bus.publish("orders.placed", b"\x00\xff")
        order["lines"] = "changed afterwards"
        await bus.settled()
        assert sorted(taken.contents, key=str) == [b"\x00\xff", {"id": 1, "lines": [1, 2], "at": "Zürich"}]
        first, second = (
            next(each for each in group.messages if each.content != b"\x00\xff") for group in (taken, others)
        )
        assert first.content is not second.content
        assert first.id == second.id != ""

    @shows("headers, key and trace arrive, and the trace goes on", but="mock")
    async def test_headers(self, bus: Bus) -> None:
        billed = Taken()

        async def bill(message: Message) -> None:
            await bus.publish("payments.made", {"order": message.content["id"]}, headers={"tenant": "Zürich"})

        await bus.subscribe("payments.made", billed, group="mail")
        await bus.subscribe("orders.placed", bill, group="billing")
        trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        await bus.publish("orders.placed", {"id": 7}, key="order-7", headers={"traceparent": trace})
        await billed.until(1)
        (message,) = billed.messages
        assert message.headers["tenant"] == "Zürich"
        assert message.headers["content-type"] == "application/json"
        assert message.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"
        assert message.headers["traceparent"] != trace
        assert message.key is None

    @shows("a pattern gets every subject that it stands for", but="mock")
    async def test_patterns(self, bus: Bus) -> None:
        one, more = Taken(), Taken()
        for subject in (
            "orders.placed",
            "orders.paid.late",
            "orders",
        ):  # where subjects have to be made, they are there
            await bus.publish(subject, "before")
        await bus.subscribe("orders.*", one, group="billing")
        await bus.subscribe("orders.>", more, group="audit")
        for subject in ("orders.placed", "orders.paid.late", "orders"):
            await bus.publish(subject, subject)
        await until(lambda: "orders.placed" in one.contents)
        await until(lambda: {"orders.placed", "orders.paid.late"} <= set(more.contents))
        await bus.settled()
        assert {each.subject for each in one.messages} == {"orders.placed"}
        assert {each.subject for each in more.messages} == {"orders.placed", "orders.paid.late"}

    @shows("every group gets every message", but="mock")
    async def test_groups(self, bus: Bus) -> None:
        billing, stock = Taken(), Taken()
        await bus.subscribe("orders.placed", billing, group="billing")
        await bus.subscribe("orders.placed", stock, group="stock")
        for number in range(3):
            await bus.publish("orders.placed", number, key="order")
        await bus.settled()
        assert billing.contents == stock.contents == [0, 1, 2]

    @shows("the members of a group share its messages", but="mock")
    async def test_competing(self, bus: Bus) -> None:
        members = [Taken(), Taken()]
        for member in members:
            await bus.subscribe("orders.placed", member, group="billing")
        for number in range(20):
            await bus.publish("orders.placed", number, key=f"order-{number}")
        await bus.settled()
        assert sorted(members[0].contents + members[1].contents) == list(range(20))
        assert all(member.messages for member in members)

    @shows("a handler that failed gets the message again, with the number of the attempt", but="mock")
    async def test_redelivery(self, bus: Bus) -> None:
        taken = Taken(fails=lambda message: message.attempt < 3)
        await bus.subscribe("orders.placed", taken, group="billing", redelivery=QUICK)
        await bus.publish("orders.placed", {"id": 1})
        await bus.settled()
        assert [(each.attempt, each.content) for each in taken.messages] == [(n, {"id": 1}) for n in (1, 2, 3)]

    @shows("what was taken does not come again", but="mock")
    async def test_acknowledged(self, bus: Bus) -> None:
        first, second = Taken(), Taken()
        member = await bus.subscribe("orders.placed", first, group="billing")
        await bus.publish("orders.placed", 1)
        await bus.settled()
        await member.close()
        await bus.subscribe("orders.placed", second, group="billing")
        await bus.publish("orders.placed", 2)
        await bus.settled()
        assert (first.contents, second.contents) == ([1], [2])

    @shows("after the last attempt it is a dead letter, and the next one has its turn", but="mock")
    async def test_dead_letter(self, bus: Bus) -> None:
        taken, dead = Taken(fails=lambda message: message.content == "bad"), Taken()
        await bus.subscribe("dead.orders.placed", dead, group="operators")
        await bus.subscribe("orders.placed", taken, group="billing", redelivery=QUICK)
        await bus.publish("orders.placed", "bad", key="order-1", headers={"tenant": "acme"})
        await bus.publish("orders.placed", "good", key="order-1")
        await dead.until(1)
        await bus.settled()
        assert taken.contents == ["bad", "bad", "bad", "good"]
        (letter,) = dead.messages
        assert (letter.subject, letter.content, letter.key) == ("dead.orders.placed", "bad", "order-1")
        assert letter.headers["tenant"] == "acme"
        assert letter.headers[GROUP] == "billing"

    @shows("a dead letter says why", but="mock rabbitmq")
    async def test_reason(self, bus: Bus) -> None:
        dead = Taken()
        await bus.subscribe("dead.orders.placed", dead, group="operators")
        await bus.subscribe("orders.placed", Taken(fails=lambda _: True), group="billing", redelivery=QUICK)
        await bus.publish("orders.placed", "bad")
        await dead.until(1)
        assert dead.messages[0].headers.get(REASON) == "ValueError: no room for bad"
        assert dead.messages[0].headers[ATTEMPTS] == "3"

    @shows("messages of a key keep their order, also when one is delivered again", but="mock")
    async def test_order(self, bus: Bus) -> None:
        taken = Taken(fails=lambda message: message.content == 1 and message.attempt == 1)
        await bus.subscribe("orders.placed", taken, group="billing", redelivery=QUICK)
        for number in range(4):
            await bus.publish("orders.placed", number, key="order-1")
        await bus.settled()
        assert taken.contents == [0, 1, 1, 2, 3]

    @shows("a key's order is kept by several members too", but="mock rabbitmq")
    async def test_order_of_members(self, bus: Bus) -> None:
        events: list[str] = []

        async def slow(message: Message) -> None:
            events.append(f"{message.content} begins")
            if message.content == 1:
                with contextlib.suppress(PollTimeout):
                    await until(lambda: "2 begins" in events, seconds=0.5)
            events.append(f"{message.content} ends")

        for _ in range(2):
            await bus.subscribe("orders.placed", slow, group="billing")
        await bus.publish("orders.placed", 1, key="order-1")
        await bus.publish("orders.placed", 2, key="order-1")
        await bus.settled()
        assert events == ["1 begins", "1 ends", "2 begins", "2 ends"]

    @shows("a handler's process that dies before it acknowledges: another gets the message", but="mock")
    async def test_crash(self, bus: Bus) -> None:
        begun, taken = asyncio.Event(), Taken()

        async def dies(message: Message) -> None:
            begun.set()
            await asyncio.Event().wait()

        member = await bus.subscribe("orders.placed", dies, group="billing")
        await bus.publish("orders.placed", {"id": 1})
        await begun.wait()
        await member.kill()
        await bus.subscribe("orders.placed", taken, group="billing")
        await taken.until(1)
        await bus.settled()
        assert taken.contents == [{"id": 1}]

    @shows("attempts are counted across such a death", but="mock kafka")
    async def test_attempts_of_the_dead(self, bus: Bus) -> None:
        begun, taken = asyncio.Event(), Taken()

        async def dies(message: Message) -> None:
            begun.set()
            await asyncio.Event().wait()

        member = await bus.subscribe("orders.placed", dies, group="billing")
        await bus.publish("orders.placed", {"id": 1})
        await begun.wait()
        await member.kill()
        await bus.subscribe("orders.placed", taken, group="billing")
        await taken.until(1)
        assert taken.messages[0].attempt == 2

    @shows("a group that comes later gets what was published before", but="mock memory rabbitmq")
    async def test_later(self, bus: Bus) -> None:
        taken = Taken()
        await bus.publish("orders.placed", 1, key="order-1")
        await bus.subscribe("orders.placed", taken, group="billing")
        await bus.publish("orders.placed", 2, key="order-1")
        await until(lambda: 2 in taken.contents)
        assert taken.contents == [1, 2]

    @shows("a process that is started again goes on where it was", but="mock memory")
    async def test_resume(self, bus: Bus, open_bus: Callable[[], Bus]) -> None:
        first, second = Taken(), Taken()
        await bus.subscribe("orders.placed", first, group="billing")
        await bus.publish("orders.placed", 1, key="order-1")
        await bus.settled()
        await bus.stop()
        async with open_bus() as other:
            await other.publish("orders.placed", 2, key="order-1")
            await other.subscribe("orders.placed", second, group="billing")
            await second.until(1)
            await other.settled()
        assert (first.contents, second.contents) == ([1], [2])
