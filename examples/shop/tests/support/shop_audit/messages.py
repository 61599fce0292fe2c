"""Who says which message and who reads it, as the services themselves have it in their code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shop.inventory.adapters import messages as inventory
from shop.notifications.adapters import order_events as notifications
from shop.orders.adapters import envelopes, replies
from shop.payments.adapters import messages as payments


@dataclass(frozen=True, slots=True)
class _Wiring:
    """One service at the bus."""

    says: Mapping[str, str] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    passes_over: frozenset[str] = frozenset()


_SERVICES: Final = {
    "OrderService": _Wiring(envelopes.CHANNEL_OF, replies.READS, replies.PASSED_OVER),
    "PaymentService": _Wiring(payments.CHANNEL_OF, payments.READS),
    "InventoryService": _Wiring(inventory.CHANNEL_OF, inventory.READS),
    "NotificationService": _Wiring(reads=notifications.READS, passes_over=notifications.PASSED_OVER),
}


def said_by(event_type: str, channel: str) -> str | None:
    """The participant that says this type of message there."""
    return next((name for name, each in _SERVICES.items() if each.says.get(event_type) == channel), None)


def read_by(event_type: str, channel: str) -> list[str]:
    """The participants that read that channel and do not pass this type over: each needs a contract."""
    return [name for name, each in _SERVICES.items() if channel in each.reads and event_type not in each.passes_over]


def note(traffic: Any, channel: str, message: Mapping[str, Any], *, publisher: str | None = None) -> None:
    """Note a message that was on the bus.

    Args:
        traffic: where to.
        channel: it was in.
        message: its envelope.
        publisher: note only what this participant says; else what anybody says.
    """
    event_type = str(message.get("eventType"))
    provider = said_by(event_type, channel)
    readers = read_by(event_type, channel)
    if provider and readers and publisher in {None, provider}:
        traffic.message(message, provider=provider, readers=readers)
