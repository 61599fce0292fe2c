"""OrderService as a consumer of PaymentService: the card that a customer gives with `/pay` is the one that is charged."""

from decimal import Decimal
from typing import Any

from accord import match
from shop.orders.adapters.payment_client import HttpPaymentClient
from shop.orders.domain.saga_messages import PaymentMethod
from shop.orders.service.ports import PaymentRequest

JSON = {"Content-Type": "application/json"}


async def test_charges_the_card_that_the_customer_gives(pact: Any) -> None:
    contract = pact("OrderService", "PaymentService")
    (
        contract.given("customer has valid payment method")
        .upon_receiving("a request to process payment by card")
        .with_request(
            "POST",
            "/payments",
            headers=JSON,
            body={
                "orderId": "12345",
                "amount": 100.00,
                "currency": "USD",
                "customerId": "customer-123",
                "paymentMethod": {"type": "card", "token": "tok_visa"},
            },
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
    card = PaymentMethod("card", "tok_visa")
    request = PaymentRequest("12345", Decimal("100.00"), "USD", "customer-123", method=card)
    with contract.in_process() as transport:
        async with HttpPaymentClient("http://payments", transport=transport) as client:
            result = await client.process_payment(request)
    assert (result.order_id, result.status) == ("12345", "COMPLETED")
