"""What becomes of a message whose handler raised: again after a while, or a dead letter."""

from __future__ import annotations

import inspect
import logging
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from accord.core.errors import UsageError
from accord.infra.bus.message import Message, end_handling, now_handling
from accord.infra.bus.subjects import DEAD

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[Message], Awaitable[None] | None]

logger = logging.getLogger(__name__)

GROUP, REASON, ATTEMPTS = "dead-letter-group", "dead-letter-reason", "dead-letter-attempts"
"""The headers of a dead letter."""

_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Redelivery:
    """How often a group is given a message that its handler cannot take.

    Attributes:
        attempts: deliveries in all, the first one too; after the last the message becomes a dead letter.
        delay: seconds until the second delivery.
        growth: each further delay is so many times the one before.
    """

    attempts: int = 3
    delay: float = 0.1
    growth: float = 1.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.delay < 0 or self.growth <= 0:
            raise UsageError(f"{self}: expected at least 1 attempt, a delay of 0 s or more and a growth above 0")

    def after(self, attempt: int) -> float | None:
        """Seconds to wait after an attempt that failed; None when it was the last."""
        return self.delay * self.growth ** (attempt - 1) if attempt < self.attempts else None


class Verdict(Enum):
    """What to tell the broker."""

    ACKNOWLEDGE = "acknowledge"
    AGAIN = "again"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one delivery: the verdict, the delay in seconds before the next one, and why it failed."""

    verdict: Verdict
    delay: float = 0.0
    reason: str = ""


_DONE = Outcome(Verdict.ACKNOWLEDGE)


async def handle(handler: Handler, message: Message, redelivery: Redelivery) -> Outcome:
    """Call a handler and judge: it returned, or what it raised."""
    token = now_handling(message)
    try:
        result = handler(message)
        if result is not None and inspect.isawaitable(result):
            await result
    except Exception as error:  # noqa: BLE001 - whatever a handler raises means "not done"
        reason = f"{type(error).__name__}: {error}"
        logger.warning("the handler of %r failed at attempt %d: %s", message.subject, message.attempt, reason)
        return failed(message, redelivery, reason)
    finally:
        end_handling(token)
    return _DONE


def failed(message: Message, redelivery: Redelivery, reason: str) -> Outcome:
    """What comes of an attempt that failed."""
    delay = redelivery.after(message.attempt)
    return Outcome(Verdict.DEAD, reason=reason) if delay is None else Outcome(Verdict.AGAIN, delay, reason)


def dead_letter(message: Message, group: str, reason: str) -> Message | None:
    """The dead letter that a message becomes; None for one that is a dead letter already: it is dropped, and logged."""
    if message.subject.startswith(DEAD):
        logger.error("the dead letter %s on %r could not be handled either: dropped", message.id, message.subject)
        return None
    reason = "".join(letter if letter.isprintable() else " " for letter in reason)[:_LONGEST_REASON]
    headers = {**message.headers, GROUP: group, REASON: reason, ATTEMPTS: str(message.attempt)}
    return Message(DEAD + message.subject, message.data, message.key, headers, message.id)
