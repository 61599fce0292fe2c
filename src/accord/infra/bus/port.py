"""The port: what the code under test publishes on and subscribes to, whatever stands behind it."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Self

from accord.core.errors import UsageError
from accord.core.polling import poll_until
from accord.core.tasks import end_tasks
from accord.infra.bus.message import Message, outgoing
from accord.infra.bus.redelivery import Redelivery
from accord.infra.bus.subjects import check_pattern, check_subject, matches

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from accord.infra.bus.redelivery import Handler

logger = logging.getLogger(__name__)


class MessageTooLargeError(UsageError):
    """A message is larger than the bus takes.

    Attributes:
        size: of the message, in bytes.
        limit: what the bus takes, in bytes.
    """

    def __init__(self, subject: str, size: int, limit: int) -> None:
        super().__init__(
            f"a message on {subject!r} has {size:,} bytes, and this bus takes {limit:,}. Put what is large where both "
            "sides can fetch it, and publish a reference to it."
        )
        self.size = size
        self.limit = limit


class Subscription:
    """A member of a group, with its handler. :meth:`Bus.subscribe` makes it."""

    def __init__(self, pattern: str, group: str, handler: Handler, redelivery: Redelivery) -> None:
        self.pattern = pattern
        self.group = group
        self.handler = handler
        self.redelivery = redelivery
        self.task: asyncio.Task[None] | None = None
        self.crashed = False

    async def close(self) -> None:
        """Take no more messages; what is being handled goes back to the group."""
        task, self.task = self.task, None
        if task is not None:
            await end_tasks([task])

    async def kill(self) -> None:
        """End as if the process had died: what is being handled is never acknowledged, and delivered to another."""
        self.crashed = True
        await self.close()


class Observer:
    """Someone who sees what is published from now on and takes nothing away. :meth:`Bus.observe` makes it."""

    def __init__(self, pattern: str, listener: Callable[[Message], None]) -> None:
        self.pattern = pattern
        self.listener = listener

    def tell(self, message: Message) -> None:
        """Tell of a message, if it is one of the pattern's."""
        if matches(self.pattern, message.subject):
            self.listener(message)


class Bus(ABC):
    """Publishes messages, and delivers them to groups of handlers at least once.

    A handler that returns has taken the message; one that raises gets it again, and after the last attempt it goes to
    ``dead.SUBJECT``. Messages with the same key reach a group one after the other. For asyncio.
    """

    kind: str
    max_bytes: int = 1024 * 1024

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []
        self._observers: list[Observer] = []
        self._watched: set[Observer] = set()
        self._running = False
        self._starting = asyncio.Lock()

    async def start(self) -> Self:
        """Connect; whoever publishes or subscribes starts it too."""
        async with self._starting:
            if not self._running:
                await self._open()
                self._running = True
            for observer in [each for each in self._observers if each not in self._watched]:
                self._watched.add(observer)
                await self._watch(observer)
        return self

    async def stop(self) -> None:
        """End every subscription and disconnect. What is being handled goes back to its group."""
        if not self._running:
            return
        for subscription in self._subscriptions:
            await subscription.close()
        self._subscriptions.clear()
        self._watched.clear()
        self._running = False
        await self._close()

    async def publish(
        self, subject: str, payload: Any, *, key: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        """Publish; when this returns the bus has the message.

        Args:
            subject: words with dots between: ``orders.placed``.
            payload: bytes, or what JSON can hold.
            key: messages of a subject with the same key keep their order.
            headers: texts to go with it; ``traceparent`` continues the trace of the message being handled.

        Raises:
            UsageError: the subject, the payload or a header cannot be sent; MessageTooLargeError for its size.
        """
        check_subject(subject)
        message = outgoing(subject, payload, key, headers)
        await self.send(message)

    async def send(self, message: Message) -> None:
        """Publish a message that is made already."""
        if not self._running or len(self._watched) < len(self._observers):
            await self.start()
        if len(message.data) > self.max_bytes:
            raise MessageTooLargeError(message.subject, len(message.data), self.max_bytes)
        await self._send(message)

    async def subscribe(
        self, subject: str, handler: Handler, *, group: str, redelivery: Redelivery | None = None
    ) -> Subscription:
        """Give a group's messages to a handler, one at a time.

        Args:
            subject: a subject, or a pattern: ``orders.*``, ``orders.>``.
            handler: called with each Message; sync or async.
            group: each group gets every message; the handlers of one group share them.
            redelivery: what becomes of messages whose handler raised; three attempts 0.1 s apart by default.

        Raises:
            UsageError: the subject or the group cannot be, or this bus delivers nothing.
        """
        check_pattern(subject)
        if not group:
            raise UsageError(f"subscribe({subject!r}): expected the name of a group, seen {group!r}")
        await self.start()
        subscription = Subscription(subject, group, handler, redelivery or Redelivery())
        await self._join(subscription)
        await asyncio.sleep(0)  # its task begins: from now on it tidies up after itself, however soon it is ended
        self._subscriptions.append(subscription)
        return subscription

    def observe(self, pattern: str, listener: Callable[[Message], None]) -> Observer:
        """See every message from now on, from the next ``start()`` on where the bus has to connect."""
        check_pattern(pattern)
        observer = Observer(pattern, listener)
        self._observers.append(observer)
        return observer

    async def settled(self, *, timeout: float = 10.0) -> None:  # noqa: ASYNC109 - how long to wait is what is said here
        """Wait until all that was published has been taken by every group, or has become a dead letter.

        Raises:
            PollTimeout: it was not in time.
        """
        await self.start()
        await poll_until(self._is_settled, description=f"the {self.kind} bus to have delivered all", timeout=timeout)

    async def _is_settled(self) -> bool:
        return await self._unfinished() == 0

    @abstractmethod
    async def _open(self) -> None:
        """Connect."""

    @abstractmethod
    async def _close(self) -> None:
        """Disconnect; subscriptions have ended."""

    @abstractmethod
    async def _send(self, message: Message) -> None:
        """Publish."""

    @abstractmethod
    async def _join(self, subscription: Subscription) -> None:
        """Make it a member of its group and start its task."""

    @abstractmethod
    async def _watch(self, observer: Observer) -> None:
        """Tell the observer from now on."""

    @abstractmethod
    async def _unfinished(self) -> int:
        """How many deliveries are still to come or under way."""

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
