"""Events as they were published: what is expected of them, in tests that await and in tests that do not."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Self

from accord.core.errors import UsageError
from accord.core.polling import PollTimeout, poll_until
from accord.testing.event_findings import EventMissing, EventUnexpected
from accord.testing.event_matching import ANYTHING, Claims, Event, Wanted, event

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType

    from accord.infra.bus.message import Message
    from accord.infra.bus.port import Bus

_ORDERED = " after those before it"


class _Search:
    """One expectation: whether what came so far fulfils it, and what to say if it never does."""

    def __init__(self, claims: Claims, place: str, wanted: Iterable[Any], *, ordered: bool, timeout: float) -> None:
        self._claims = claims
        self._place = place
        self._wanted = [each if isinstance(each, Wanted) else event(each) for each in wanted]
        self._ordered = ordered
        self.timeout = timeout
        self._missing: Wanted | None = None
        self._seen: Sequence[Event] = ()
        if not self._wanted:
            raise UsageError("expected at least one event to wait for; for none there is expect_none()")

    @property
    def description(self) -> str:
        return f"{len(self._wanted)} events on {self._place}"

    def look(self, events: Sequence[Event]) -> list[Event]:
        """The events that fulfil it; empty as long as one is missing."""
        choose = self._claims.in_order if self._ordered else self._claims.in_any_order
        found = choose(self._wanted, events)
        self._seen = list(events)
        if isinstance(found, Wanted):
            self._missing = found
            return []
        return found

    def failed(self, waited: PollTimeout) -> EventMissing:
        """The failure."""
        missing = self._missing or self._wanted[0]
        return EventMissing(
            missing,
            place=self._place,
            timeout=self.timeout,
            seen=self._seen,
            others=self._claims.others(self._seen),
            among=_ORDERED if self._ordered and missing is not self._wanted[0] else "",
            trouble=waited.last_error,
        )


class _Refusal:
    """One expectation that something does not come."""

    def __init__(self, claims: Claims, place: str, wanted: Wanted | None) -> None:
        self._claims = claims
        self._place = place
        self._wanted = wanted
        self.description = f"no other event on {place}"

    def look(self, events: Sequence[Event]) -> list[Event]:
        """Those that break it."""
        others = self._claims.others(events)
        return [each for each in others if self._wanted is None or not self._wanted.mismatches(each)]

    def failed(self, found: list[Event]) -> EventUnexpected:
        """The failure."""
        return EventUnexpected(found, place=self._place, wanted=self._wanted)


class Capture(ABC):
    """Expectations about events, in a test that awaits them. An event fulfils one expectation and no further one."""

    place: str

    def __init__(self) -> None:
        self._claims = Claims()

    @abstractmethod
    async def events(self) -> list[Event]:
        """All that came so far, in order."""

    async def expect(
        self,
        content: Any = ANYTHING,
        *,
        subject: str | None = None,
        key: str | None = None,
        headers: Mapping[str, Any] | None = None,
        timeout: float = 10.0,  # noqa: ASYNC109 - how long to wait is what is said here
    ) -> Event:
        """Wait for an event and return it; the arguments are those of ``event``.

        Args:
            content: the content, with matchers where only its shape matters; objects may have more keys.
            subject: where it is published, or a pattern.
            key: the key by which it is ordered.
            headers: some of its headers.
            timeout: seconds to wait at most.

        Raises:
            EventMissing: it did not come; shows what came, and what was nearest.
        """
        wanted = event(content, subject=subject, key=key, headers=headers)
        return (await self._until(_Search(self._claims, self.place, [wanted], ordered=True, timeout=timeout)))[0]

    async def expect_in_order(self, *wanted: Any, timeout: float = 10.0) -> list[Event]:  # noqa: ASYNC109 - as above
        """Wait for events in this order; others may come between. Each is a content, or made by ``event``."""
        return await self._until(_Search(self._claims, self.place, wanted, ordered=True, timeout=timeout))

    async def expect_all(self, *wanted: Any, timeout: float = 10.0) -> list[Event]:  # noqa: ASYNC109 - as above
        """Wait for events in any order, a different one for each."""
        return await self._until(_Search(self._claims, self.place, wanted, ordered=False, timeout=timeout))

    async def expect_none(self, content: Any = ANYTHING, *, subject: str | None = None, within: float = 0.5) -> None:
        """Fail if such an event has come, or comes within some seconds, beside those expected before.

        Raises:
            EventUnexpected: it did.
        """
        await self._refuse(_Refusal(self._claims, self.place, event(content, subject=subject)), within)

    async def no_other(self, *, within: float = 0.0) -> None:
        """Fail if any event has come that was not expected.

        Raises:
            EventUnexpected: shows them.
        """
        await self._refuse(_Refusal(self._claims, self.place, None), within)

    async def _until(self, search: _Search) -> list[Event]:
        async def look() -> list[Event]:
            return search.look(await self.events())

        try:
            return await poll_until(look, description=search.description, timeout=search.timeout)
        except PollTimeout as waited:
            raise search.failed(waited) from waited.last_error

    async def _refuse(self, refusal: _Refusal, within: float) -> None:
        async def look() -> list[Event]:
            return refusal.look(await self.events())

        try:
            found = await poll_until(look, description=refusal.description, timeout=within)
        except PollTimeout as waited:
            if waited.last_error is not None:
                raise waited.last_error from None
            return
        raise refusal.failed(found)


class SyncCapture(ABC):
    """The same expectations in a test that does not await."""

    place: str

    def __init__(self) -> None:
        self._claims = Claims()

    @abstractmethod
    def events(self) -> list[Event]:
        """All that came so far, in order."""

    def expect(
        self,
        content: Any = ANYTHING,
        *,
        subject: str | None = None,
        key: str | None = None,
        headers: Mapping[str, Any] | None = None,
        timeout: float = 10.0,
    ) -> Event:
        """Wait for an event and return it: see :meth:`Capture.expect`."""
        wanted = event(content, subject=subject, key=key, headers=headers)
        return self._until(_Search(self._claims, self.place, [wanted], ordered=True, timeout=timeout))[0]

    def expect_in_order(self, *wanted: Any, timeout: float = 10.0) -> list[Event]:
        """Wait for events in this order; others may come between."""
        return self._until(_Search(self._claims, self.place, wanted, ordered=True, timeout=timeout))

    def expect_all(self, *wanted: Any, timeout: float = 10.0) -> list[Event]:
        """Wait for events in any order, a different one for each."""
        return self._until(_Search(self._claims, self.place, wanted, ordered=False, timeout=timeout))

    def expect_none(self, content: Any = ANYTHING, *, subject: str | None = None, within: float = 0.5) -> None:
        """Fail if such an event has come, or comes within some seconds, beside those expected before."""
        self._refuse(_Refusal(self._claims, self.place, event(content, subject=subject)), within)

    def no_other(self, *, within: float = 0.0) -> None:
        """Fail if any event has come that was not expected."""
        self._refuse(_Refusal(self._claims, self.place, None), within)

    def _until(self, search: _Search) -> list[Event]:
        try:
            return poll_until(
                lambda: search.look(self.events()), description=search.description, timeout=search.timeout
            )
        except PollTimeout as waited:
            raise search.failed(waited) from waited.last_error

    def _refuse(self, refusal: _Refusal, within: float) -> None:
        try:
            found = poll_until(lambda: refusal.look(self.events()), description=refusal.description, timeout=within)
        except PollTimeout as waited:
            if waited.last_error is not None:
                raise waited.last_error from None
            return
        raise refusal.failed(found)


class EventCapture(Capture):
    """What is published on a bus, or beside it on its broker, from now on. As a context manager it is sure to see all.

    A bus in memory is seen from the moment this is made; one that has to connect, from its start.
    """

    def __init__(self, bus: Bus, pattern: str = ">") -> None:
        """Watch.

        Args:
            bus: any bus; it is not changed.
            pattern: the subjects to see: ``orders.*`` for one word, ``orders.>`` for one or more.

        Raises:
            UsageError: it is no pattern.
        """
        super().__init__()
        self.place = repr(pattern)
        self._bus = bus
        self._events: list[Event] = []
        bus.observe(pattern, self._take)

    async def events(self) -> list[Event]:
        """All that came so far, in order."""
        await self._bus.start()
        return list(self._events)

    def _take(self, message: Message) -> None:
        self._events.append(Event(message.subject, message.content, message.key, message.headers))

    async def __aenter__(self) -> Self:
        await self._bus.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None
