"""PaymentService as a consumer of OrderService: what it needs of an order.

Document B, "Order Service Contract (Consumer: Payment Service)", in its own texts.
"""

from decimal import Decimal
from typing import Any

import pytest

from accord import match
from shop.kit.remote import RemoteServiceError
from shop.payments.adapters.order_client import HttpOrderClient
from shop.payments.domain.errors import OrderNotFoundError

HEADERS = {"Accept": "application/json", "Authorization": match.like("Bearer valid-token")}
JSON = {"Content-Type": "application/json"}


# Document B, "should return order details for a valid order ID"
async def test_reads_the_details_of_an_order(pact: Any) -> None:
    contract = pact("PaymentService", "OrderService")
    (
        contract.given("an order with ID order-123 exists")
        .upon_receiving("a request for order details")
        .with_request("GET", "/api/orders/order-123", headers=HEADERS)
        .will_respond_with(
            200,
            headers=JSON,
            body={
                "id": match.string("order-123"),
                "customerId": match.string("customer-456"),
                "status": match.string("pending"),
                "totalAmount": match.decimal(45.00),
                "items": match.each_like(
                    {
                        "productId": match.string("prod-1"),
                        "quantity": match.integer(2),
                        "unitPrice": match.decimal(10.00),
                    },
                ),
                "placedAt": match.iso8601("2025-01-15T10:30:00.000Z"),
            },
        )
    )
    with contract.in_process() as transport:
        async with HttpOrderClient("http://orders", transport=transport) as client:
            order = await client.get_order("order-123")
    assert order.id == "order-123"
    assert order.total_amount == Decimal("45.00")
    assert len(order.items) == 1


# Document B, "should return 404 for non-existent order"
async def test_is_told_that_there_is_no_such_order(pact: Any) -> None:
    contract = pact("PaymentService", "OrderService")
    (
        contract.given("no order with ID order-999 exists")
        .upon_receiving("a request for a non-existent order")
        .with_request("GET", "/api/orders/order-999", headers=HEADERS)
        .will_respond_with(
            404,
            headers=JSON,
            body={"error": match.string("not_found"), "message": match.string("Order not found")},
        )
    )
    with contract.in_process() as transport:
        async with HttpOrderClient("http://orders", transport=transport) as client:
            with pytest.raises(OrderNotFoundError, match="Order not found"):
                await client.get_order("order-999")


@pytest.mark.parametrize(
    ("state", "what", "token", "status"),
    [
        ("an order with ID order-123 exists", "a request for order details with an unknown token", "forged-token", 401),
        ("the database of OrderService is broken", "a request for order details that crashes", "valid-token", 500),
    ],
)
async def test_is_told_nothing_of_an_order(pact: Any, state: str, what: str, token: str, status: int) -> None:
    contract = pact("PaymentService", "OrderService")
    (
        contract.given(state)
        .upon_receiving(what)
        .with_request("GET", "/api/orders/order-123", headers={**HEADERS, "Authorization": f"Bearer {token}"})
        .will_respond_with(status, headers=JSON, body={"error": match.string("a_code")})
    )
    with contract.in_process() as transport:
        async with HttpOrderClient("http://orders", token=token, transport=transport) as client:
            with pytest.raises(RemoteServiceError, match=f"{status} to GET"):
                await client.get_order("order-123")
