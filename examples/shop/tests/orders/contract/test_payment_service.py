"""OrderService as a consumer of PaymentService: what it needs of a charge.

Document A, "Order Service - Payment Service Contract", in its own texts.
"""

from decimal import Decimal
from typing import Any

import pytest

from accord import match
from shop.kit.remote import RemoteServiceError
from shop.orders.adapters.payment_client import HttpPaymentClient
from shop.orders.domain.errors import PaymentDeclinedError
from shop.orders.domain.saga_messages import PaymentMethod
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


PAID = "payment pay_1 of order 12345 is completed"
VALID = "customer has valid payment method"
AGAIN = {"Idempotency-Key": "charge:12345:1"}
CARD = PaymentMethod("card", "tok_visa")


def charge(**changes: Any) -> dict[str, Any]:
    return {"orderId": "12345", "amount": 100.00, "currency": "USD", "customerId": "customer-123", **changes}


def wanted(order_id: str = "12345", amount: float = 100.00, **more: Any) -> PaymentRequest:
    return PaymentRequest(order_id, Decimal(str(amount)), "USD", "customer-123", **more)


RECEIPT = {
    "id": match.string("pay_2"),
    "orderId": match.string("12345"),
    "status": "COMPLETED",
    "amount": match.decimal(100.00),
    "processedAt": match.iso8601("2024-01-15T10:30:00.000Z"),
}
BY_CARD = {"paymentMethod": {"type": "card", "token": "tok_visa"}}


@pytest.mark.parametrize(
    ("what", "headers", "more"),
    [
        ("a charge of any order", {}, {}),
        ("a charge after one that was declined", AGAIN, {}),
        ("a charge to a card", {}, BY_CARD),
        ("a charge to a card, after one that was declined", AGAIN, BY_CARD),
    ],
)
async def test_charges(pact: Any, what: str, headers: dict[str, str], more: dict[str, Any]) -> None:
    contract = pact("OrderService", "PaymentService")
    (
        contract.given(VALID)
        .upon_receiving(what)
        .with_request("POST", "/payments", headers={**JSON, **headers}, body=charge(**more))
        .will_respond_with(200, headers=JSON, body=RECEIPT)
    )
    with contract.in_process() as transport:
        async with HttpPaymentClient("http://payments", transport=transport) as client:
            receipt = await client.process_payment(wanted(attempt=len(headers), method=CARD if more else None))
    assert receipt.status == "COMPLETED"


async def test_is_told_that_the_card_is_declined(pact: Any) -> None:
    contract = pact("OrderService", "PaymentService")
    (
        contract.given("customer has insufficient funds")
        .upon_receiving("a charge to a card without money")
        .with_request(
            "POST",
            "/payments",
            headers=JSON,
            body=charge(amount=10000.00, customerId="customer-456", **BY_CARD),
        )
        .will_respond_with(402, headers=JSON, body={"error": "INSUFFICIENT_FUNDS", "message": match.string("No money")})
    )
    request = PaymentRequest("12345", Decimal("10000.00"), "USD", "customer-456", method=CARD)
    with contract.in_process() as transport:
        async with HttpPaymentClient("http://payments", transport=transport) as client:
            with pytest.raises(PaymentDeclinedError, match="INSUFFICIENT_FUNDS"):
                await client.process_payment(request)


@pytest.mark.parametrize(
    ("state", "what", "changes", "status"),
    [
        (VALID, "a charge of another amount than the order's", {"amount": 99.00}, 400),
        (VALID, "a charge for an order that is not there", {"orderId": "99999"}, 404),
        (PAID, "another charge under the same key", {"amount": 90.00}, 409),
        ("OrderService is away", "a charge that nobody can check", {}, 503),
        ("the database of PaymentService is broken", "a charge that crashes", {}, 500),
    ],
)
async def test_says_that_nothing_was_charged(
    pact: Any, state: str, what: str, changes: dict[str, Any], status: int
) -> None:
    body = charge(**changes)
    contract = pact("OrderService", "PaymentService")
    (
        contract.given(state)
        .upon_receiving(what)
        .with_request("POST", "/payments", headers=JSON, body=body)
        .will_respond_with(status, headers=JSON, body={"error": match.string("a_code")})
    )
    with contract.in_process() as transport:
        async with HttpPaymentClient("http://payments", transport=transport) as client:
            with pytest.raises(RemoteServiceError, match=f"{status} to POST /payments"):
                await client.process_payment(wanted(body["orderId"], body["amount"]))


async def test_cannot_pay_back_what_was_never_charged(pact: Any) -> None:
    contract = pact("OrderService", "PaymentService")
    (
        contract.given(VALID)
        .upon_receiving("a request to refund payment pay_9, which is not there")
        .with_request("POST", "/api/payments/pay_9/refund")
        .will_respond_with(404)
    )
    with contract.in_process() as transport:
        async with HttpPaymentClient("http://payments", transport=transport) as client:
            with pytest.raises(RemoteServiceError, match="404 to POST"):
                await client.refund_payment("pay_9")
