"""OrderService as a consumer of PaymentService: what it needs of a charge.

Document A, "Order Service - Payment Service Contract", in its own texts.
"""

from decimal import Decimal
from typing import Any

import pytest

from accord import match
from shop.orders.adapters.payment_client import HttpPaymentClient
from shop.orders.domain.errors import PaymentDeclinedError
from shop.orders.service.ports import PaymentRequest

JSON = {"Content-Type": "application/json"}


# Document A, "should process payment successfully"
async def test_charges_a_customer(pact: Any) -> None:
    contract = pact("OrderService", "PaymentService")
    (
        contract.given("customer has valid payment method")
        .upon_receiving("a request to process payment")
        .with_request(
            "POST",
            "/payments",
            headers=JSON,
            body={"orderId": "12345", "amount": 100.00, "currency": "USD", "customerId": "customer-123"},
        )
        .will_respond_with(
            200,
            headers=JSON,
            body={
                "id": match.like("pay_abc123"),
                "orderId": "12345",
                "status": "COMPLETED",
                "amount": 100.00,
                "processedAt": match.like("2024-01-15T10:30:00Z"),
            },
        )
    )
    with contract.in_process() as transport:
        async with HttpPaymentClient("http://payments", transport=transport) as client:
            result = await client.process_payment(PaymentRequest("12345", Decimal("100.00"), "USD", "customer-123"))
    assert result.status == "COMPLETED"
    assert result.order_id == "12345"


# Document A, "should handle payment failure"
async def test_is_told_that_the_customer_has_too_little(pact: Any) -> None:
    contract = pact("OrderService", "PaymentService")
    (
        contract.given("customer has insufficient funds")
        .upon_receiving("a request to process payment")
        .with_request(
            "POST",
            "/payments",
            headers=JSON,
            body={"orderId": "12345", "amount": 10000.00, "currency": "USD", "customerId": "customer-456"},
        )
        .will_respond_with(
            402,
            headers=JSON,
            body={
                "error": "INSUFFICIENT_FUNDS",
                "message": match.like("Payment declined due to insufficient funds"),
            },
        )
    )
    with contract.in_process() as transport:
        async with HttpPaymentClient("http://payments", transport=transport) as client:
            with pytest.raises(PaymentDeclinedError, match="INSUFFICIENT_FUNDS"):
                await client.process_payment(PaymentRequest("12345", Decimal("10000.00"), "USD", "customer-456"))


async def test_pays_back(pact: Any) -> None:
    contract = pact("OrderService", "PaymentService")
    (
        contract.given("payment pay_1 of order 12345 is completed")
        .upon_receiving("a request to refund payment pay_1")
        .with_request("POST", "/api/payments/pay_1/refund")
        .will_respond_with(200)
    )
    with contract.in_process() as transport:
        async with HttpPaymentClient("http://payments", transport=transport) as client:
            await client.refund_payment("pay_1")
