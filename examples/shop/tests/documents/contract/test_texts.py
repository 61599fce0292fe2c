"""The contract examples of both documents are recorded word for word in the shop's pact files."""

import pytest
from shop_doubles.contracts import CONTRACTS

from accord.contract import Contract, HttpInteraction

DOCUMENT_A = [
    ("customer has valid payment method", "a request to process payment", "POST", "/payments", 200),
    ("customer has insufficient funds", "a request to process payment", "POST", "/payments", 402),
]
DOCUMENT_B = [
    ("an order with ID order-123 exists", "a request for order details", "GET", "/api/orders/order-123", 200),
    ("no order with ID order-999 exists", "a request for a non-existent order", "GET", "/api/orders/order-999", 404),
]


@pytest.mark.parametrize(
    ("consumer", "provider", "examples"),
    [("OrderService", "PaymentService", DOCUMENT_A), ("PaymentService", "OrderService", DOCUMENT_B)],
)
def test_every_example_is_recorded(
    consumer: str,
    provider: str,
    examples: list[tuple[str, str, str, str, int]],
) -> None:
    contract = Contract.read(CONTRACTS / f"{consumer}-{provider}.json")
    assert (contract.consumer, contract.provider) == (consumer, provider)
    recorded = [
        (
            each.states[0].name,
            each.description,
            each.request.method,
            each.request.path,
            each.response.status,
        )
        for each in contract.interactions
        if isinstance(each, HttpInteraction)
    ]
    assert set(examples) <= set(recorded)


# Document B, "Order Events Contract (Consumer: Notification Service)"
def test_the_message_is_recorded() -> None:
    contract = Contract.read(CONTRACTS / "NotificationService-OrderService.json")
    recorded = [(each.states[0].name, each.description) for each in contract.interactions]
    assert ("an order has been placed", "an order.placed event") in recorded
