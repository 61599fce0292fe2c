"""What the saga's participants say, read from their messages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from shop.kit.consumer import Handler, Reply, data_of
from shop.kit.envelope import Envelope
from shop.kit.wire import WireModel
from shop.orders.domain.saga_messages import (
    InventoryCommitted,
    InventoryRefused,
    InventoryReleased,
    PaymentCharged,
    PaymentFailed,
    PaymentRefunded,
    SagaEvent,
)
from shop.orders.service.sagas import OrderSagas

READS: Final = ("payments.events", "inventory.events")
PASSED_OVER: Final = frozenset({"inventory-reserved"})  # orders hold stock when they are placed, over HTTP


class _OfOrder(WireModel):
    order_id: str


class _Paid(_OfOrder):
    payment_id: str


class _Refused(_OfOrder):
    reason: str


def saga_event(message: Envelope) -> tuple[str, SagaEvent]:
    """The order a message is about, and what has happened.

    Raises:
        MalformedEnvelopeError: a field is missing or of the wrong kind.
    """
    return _READINGS[message.event_type](message)


def _charged(message: Envelope) -> tuple[str, SagaEvent]:
    paid = data_of(message, _Paid)
    return paid.order_id, PaymentCharged(paid.payment_id)


def _refunded(message: Envelope) -> tuple[str, SagaEvent]:
    paid = data_of(message, _Paid)
    return paid.order_id, PaymentRefunded(paid.payment_id)


def _failed(message: Envelope) -> tuple[str, SagaEvent]:
    refused = data_of(message, _Refused)
    return refused.order_id, PaymentFailed(refused.reason)


def _no_stock(message: Envelope) -> tuple[str, SagaEvent]:
    refused = data_of(message, _Refused)
    return refused.order_id, InventoryRefused(refused.reason)


def _committed(message: Envelope) -> tuple[str, SagaEvent]:
    return data_of(message, _OfOrder).order_id, InventoryCommitted()


def _released(message: Envelope) -> tuple[str, SagaEvent]:
    return data_of(message, _OfOrder).order_id, InventoryReleased()


_READINGS: Final[Mapping[str, Callable[[Envelope], tuple[str, SagaEvent]]]] = {
    "payment-charged": _charged,
    "payment-failed": _failed,
    "payment-refunded": _refunded,
    "inventory-committed": _committed,
    "inventory-refused": _no_stock,
    "inventory-released": _released,
}


def handlers(sagas: OrderSagas) -> dict[str, Handler]:
    """For each type of message the handler that tells the order's saga."""

    async def tell(message: Envelope) -> Sequence[Reply]:
        order_id, event = saga_event(message)
        await sagas.tell(order_id, event)
        return ()  # what the saga asks for next is stored with it

    return dict.fromkeys(_READINGS, Handler(tell))
