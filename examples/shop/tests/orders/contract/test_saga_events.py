"""OrderService as a reader of what its saga's participants say."""

from typing import Any

import pytest
from shop_doubles.contracts import a_message

from accord import match
from shop.kit.envelope import Envelope
from shop.orders.adapters.replies import saga_event
from shop.orders.domain.saga_messages import (
    InventoryCommitted,
    InventoryRefused,
    InventoryReleased,
    PaymentCharged,
    PaymentFailed,
    PaymentRefunded,
    SagaEvent,
)

PAID = "payment pay_1 of order 12345 is completed"
HELD = "2 of product prod-1 are held for order-1"
EVENTS = [
    ("PaymentService", "customer has valid payment method", "payment-charged", {"paymentId": match.string("pay_1")}),
    ("PaymentService", "customer has insufficient funds", "payment-failed", {"reason": match.string("no money")}),
    ("PaymentService", PAID, "payment-refunded", {"paymentId": match.string("pay_1")}),
    ("InventoryService", HELD, "inventory-committed", {}),
    ("InventoryService", "nothing is held for order-9", "inventory-refused", {"reason": match.string("sold out")}),
    ("InventoryService", HELD, "inventory-released", {}),
]
READ: dict[str, SagaEvent] = {
    "payment-charged": PaymentCharged("pay_1"),
    "payment-failed": PaymentFailed("no money"),
    "payment-refunded": PaymentRefunded("pay_1"),
    "inventory-committed": InventoryCommitted(),
    "inventory-refused": InventoryRefused("sold out"),
    "inventory-released": InventoryReleased(),
}


@pytest.mark.parametrize(("provider", "state", "event_type", "data"), EVENTS, ids=[event[2] for event in EVENTS])
def test_reads(pact: Any, provider: str, state: str, event_type: str, data: dict[str, Any]) -> None:
    def read(content: dict[str, Any], _metadata: object) -> None:
        assert saga_event(Envelope.from_dict(content)) == ("order-1", READ[event_type])

    article = "an" if event_type.startswith("inventory") else "a"
    (
        pact("OrderService", provider)
        .given(state)
        .expects_to_receive(f"{article} {event_type} event")
        .with_content(a_message(event_type, {"orderId": match.string("order-1"), **data}))
        .verify(read)
    )
