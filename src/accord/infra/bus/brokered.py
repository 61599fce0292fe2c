"""What the buses on real brokers have in common: which deliveries are still to come of what was published here."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from abc import abstractmethod
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError, UsageError
from accord.core.tasks import end_tasks
from accord.infra.bus.port import Bus, Subscription
from accord.infra.bus.subjects import matches

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from typing import Any

    from accord.infra.bus.message import Message

logger = logging.getLogger(__name__)


class Ledger:
    """Which group has still to finish which message; nothing of what others publish is in it."""

    def __init__(self) -> None:
        self._open: dict[str, set[str]] = {}

    def published(self, message: Message, groups: set[str]) -> None:
        """These groups will get it."""
        for group in groups:
            self._open.setdefault(group, set()).add(message.id)

    def finished(self, group: str, message: Message) -> None:
        """A group has taken it, or made a dead letter of it."""
        self._open.get(group, set()).discard(message.id)

    def count(self, groups: set[str]) -> int:
        """How many deliveries these groups have still to finish."""
        return sum(len(self._open.get(group, ())) for group in groups)


class BrokeredBus(Bus):
    """A bus on a broker. Its members are tasks that a subclass writes; here is what they tell."""

    def __init__(self) -> None:
        super().__init__()
        self._ledger = Ledger()
        self._tasks: list[asyncio.Task[None]] = []

    async def _send(self, message: Message) -> None:
        groups = {_place(each) for each in self._subscriptions if matches(each.pattern, message.subject)}
        self._ledger.published(message, groups)  # before it is sent: it may be handled before the broker answers us
        try:
            await self._transmit(message)
        except BaseException:
            for group in groups:
                self._ledger.finished(group, message)
            raise

    async def _unfinished(self) -> int:
        alive = [each for each in self._subscriptions if each.task is not None]
        for each in alive:
            if each.task is not None and each.task.done():
                each.task.result()  # a member that broke would never finish: show why
        return self._ledger.count({_place(each) for each in alive}) + await self._backlog(alive)

    def _finished(self, subscription: Subscription, message: Message) -> None:
        self._ledger.finished(_place(subscription), message)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def _end_background(self) -> None:
        await end_tasks(self._tasks)
        self._tasks.clear()

    @abstractmethod
    async def _transmit(self, message: Message) -> None:
        """Give it to the broker; when this returns the broker has it."""

    @abstractmethod
    async def _backlog(self, subscriptions: list[Subscription]) -> int:
        """How many messages the broker still has for these, whoever published them."""


@contextlib.contextmanager
def needing_client(package: str, kind: str) -> Iterator[None]:
    """Say what to install where a client is missing."""
    try:
        yield
    except ImportError as error:
        raise UsageError(
            f"the {kind} bus speaks to its broker by {package}, which is not installed: pip install 'accord[bus]'"
        ) from error


def unreachable(kind: str, where: str, error: BaseException) -> ResourceError:
    """The error of a broker that does not answer."""
    return ResourceError(f"the {kind} bus cannot use the broker at {where}: {type(error).__name__}: {error}")


def _place(subscription: Subscription) -> str:
    return f"{subscription.group} {subscription.pattern}"
