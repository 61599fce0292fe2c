"""A mocked bus: it writes down what was published, and that is all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError
from accord.infra.bus.message import Message
from accord.infra.bus.port import Bus, Observer, Subscription
from accord.infra.bus.subjects import check_subject

if TYPE_CHECKING:
    from collections.abc import Mapping


class MockedMessage(Message):
    """What was handed to a mocked bus: the very object, which may be something that could never be sent."""

    __slots__ = ("given",)
    given: Any

    @property
    def content(self) -> Any:
        """What was handed over."""
        return self.given


class MockBus(Bus):
    """Records what is published and delivers nothing. The fastest way, and the one that shows least.

    Attributes:
        published: the messages, in order; ``content`` is the very object that was handed over.
    """

    kind = "mock"

    def __init__(self) -> None:
        """Make one."""
        super().__init__()
        self.published: list[MockedMessage] = []

    async def publish(
        self, subject: str, payload: Any, *, key: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        """Write it down. Nothing is serialised, so nothing is noticed that could not be."""
        check_subject(subject)
        message = MockedMessage(subject, b"", key, dict(headers or {}), str(len(self.published) + 1))
        object.__setattr__(message, "given", payload)
        self.published.append(message)
        await self.send(message)

    async def _open(self) -> None:
        pass

    async def _close(self) -> None:
        pass

    async def _send(self, message: Message) -> None:
        for observer in self._observers:
            observer.tell(message)

    async def _join(self, subscription: Subscription) -> None:
        raise UsageError(
            f"subscribe({subscription.pattern!r}): a mocked bus delivers nothing, it only records what was published. "
            'Take another one: @pytest.mark.bus("memory")'
        )

    async def _watch(self, observer: Observer) -> None:
        """It is told in :meth:`_send`."""

    async def _unfinished(self) -> int:
        return 0
