"""The HTTP clients: what they send, and every way an answer can be wrong."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest
from shop_doubles.clients import answering, failing

from shop.kit.remote import RemoteServiceError
from shop.orders.adapters.inventory_client import HttpCatalogue, HttpInventoryClient
from shop.orders.adapters.payment_client import HttpPaymentClient
from shop.orders.domain.errors import InsufficientInventoryError, ItemShortage, PaymentDeclinedError
from shop.orders.service.ports import ItemAvailability, PaymentRequest, Product, RequestedItem

URL = "http://service"
ITEMS = [RequestedItem("prod-1", 2)]
CHARGE = PaymentRequest("12345", Decimal("100.00"), "USD", "customer-123")
RECEIPT = {
    "id": "pay_1",
    "orderId": "12345",
    "status": "COMPLETED",
    "amount": 100.0,
    "processedAt": "2024-01-15T10:30:00Z",
}

CALLS: dict[str, Callable[[httpx.AsyncBaseTransport], Awaitable[Any]]] = {
    "availability": lambda t: HttpInventoryClient(URL, transport=t).check_availability(ITEMS),
    "reserve": lambda t: HttpInventoryClient(URL, transport=t).reserve("order-1", ITEMS),
    "commit": lambda t: HttpInventoryClient(URL, transport=t).commit("order-1"),
    "release": lambda t: HttpInventoryClient(URL, transport=t).release("order-1"),
    "products": lambda t: HttpCatalogue(URL, transport=t).find(["prod-1"]),
    "charge": lambda t: HttpPaymentClient(URL, transport=t).process_payment(CHARGE),
    "refund": lambda t: HttpPaymentClient(URL, transport=t).refund_payment("pay_1"),
}
TROUBLE = {
    "time-out": failing(httpx.ReadTimeout("too slow")),
    "refused": failing(httpx.ConnectError("nobody listens")),
    "500": answering(500, {"error": "internal_error"}),
    "503": answering(503, content=b"<html>"),
    "418": answering(418, {"error": "teapot"}),
}
MALFORMED = {
    "no JSON": answering(200, content=b"<html>"),
    "another shape": answering(200, {"in_stock": True}),
    "a list": answering(200, []),
    "null for a list": answering(200, {"items": None}),
    "words for a number": answering(
        200,
        {
            **RECEIPT,
            "amount": "much",
            "items": [
                {"productId": "p", "name": "n", "unitPrice": "much", "available": True, "availableQuantity": "many"}
            ],
        },
    ),
}


@pytest.mark.parametrize("trouble", TROUBLE)
@pytest.mark.parametrize("call", CALLS)
async def test_every_call_names_the_service_that_gave_no_answer(call: str, trouble: str) -> None:
    with pytest.raises(RemoteServiceError, match=r"^(Inventory|Payment)Service: "):
        await CALLS[call](TROUBLE[trouble])


async def test_a_service_that_answers_byte_by_byte_is_given_up() -> None:
    async def trickle(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    client = HttpInventoryClient(URL, transport=httpx.MockTransport(trickle), timeout=0.01)
    with pytest.raises(RemoteServiceError, match="TimeoutError"):
        await client.commit("order-1")


@pytest.mark.parametrize("malformed", MALFORMED)
@pytest.mark.parametrize("call", ["availability", "products", "charge"])
async def test_an_answer_of_another_shape_is_no_answer(call: str, malformed: str) -> None:
    with pytest.raises(RemoteServiceError):
        await CALLS[call](MALFORMED[malformed])


class Recorder(httpx.AsyncBaseTransport):
    """Answers always the same and keeps the requests."""

    def __init__(self, status: int, body: object = None) -> None:
        self._answer = (status, body)
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status, body = self._answer
        return httpx.Response(status, json=body)


async def test_a_charge_says_what_the_contract_says() -> None:
    recorder = Recorder(200, RECEIPT)
    receipt = await HttpPaymentClient(URL + "/", transport=recorder).process_payment(CHARGE)
    (request,) = recorder.requests
    assert (request.method, str(request.url)) == ("POST", "http://service/payments")
    assert request.headers["content-type"] == "application/json"
    assert b'"amount":100.0' in request.content.replace(b" ", b"")
    assert json.loads(request.content) == {
        "orderId": "12345",
        "amount": 100.0,
        "currency": "USD",
        "customerId": "customer-123",
    }
    assert "idempotency-key" not in request.headers
    assert (receipt.id, receipt.status, receipt.amount) == ("pay_1", "COMPLETED", Decimal(100))


async def test_a_charge_after_a_refusal_goes_under_a_key_of_its_own() -> None:
    recorder = Recorder(200, RECEIPT)
    retried = PaymentRequest("12345", Decimal(100), "USD", "customer-123", attempt=2)
    await HttpPaymentClient(URL, transport=recorder).process_payment(retried)
    assert recorder.requests[0].headers["idempotency-key"] == "charge:12345:2"


async def test_a_refused_charge_says_why() -> None:
    transport = answering(402, {"error": "INSUFFICIENT_FUNDS", "message": "Payment declined"})
    with pytest.raises(PaymentDeclinedError, match="INSUFFICIENT_FUNDS: Payment declined"):
        await HttpPaymentClient(URL, transport=transport).process_payment(CHARGE)


async def test_a_refund_names_the_payment() -> None:
    recorder = Recorder(200, {})
    await HttpPaymentClient(URL, transport=recorder).refund_payment("pay/1")
    assert recorder.requests[0].url.raw_path == b"/api/payments/pay%2F1/refund"


async def test_availability_is_read_line_by_line() -> None:
    recorder = Recorder(200, {"items": [{"productId": "prod-1", "available": False, "availableQuantity": 1}]})
    found = await HttpInventoryClient(URL, transport=recorder).check_availability(ITEMS)
    assert found == [ItemAvailability("prod-1", available=False, available_quantity=1)]
    assert json.loads(recorder.requests[0].content) == {"items": [{"productId": "prod-1", "quantity": 2}]}


async def test_short_stock_is_told_line_by_line() -> None:
    details = [{"productId": "prod-1", "requested": 2, "available": 1}]
    transport = answering(409, {"error": "insufficient_inventory", "message": "short", "details": details})
    with pytest.raises(InsufficientInventoryError) as refusal:
        await HttpInventoryClient(URL, transport=transport).reserve("order-1", ITEMS)
    assert refusal.value.shortages == (ItemShortage("prod-1", 2, 1),)


async def test_a_conflict_of_another_kind_is_no_short_stock() -> None:
    with pytest.raises(RemoteServiceError, match="409"):
        await CALLS["reserve"](answering(409, {"error": "invalid_state", "message": "released"}))


async def test_products_keep_their_exact_prices() -> None:
    recorder = Recorder(200, {"items": [{"productId": "prod-1", "name": "Widget", "unitPrice": 0.1}]})
    found = await HttpCatalogue(URL, transport=recorder).find(["prod-1", "prod-2"])
    assert found == {"prod-1": Product("prod-1", "Widget", Decimal("0.1"))}
    assert recorder.requests[0].url.query == b"id=prod-1&id=prod-2"


async def test_a_client_that_was_handed_in_stays_open() -> None:
    async with httpx.AsyncClient(transport=Recorder(200, {})) as client:
        async with HttpPaymentClient(URL, client=client) as payments:
            await payments.refund_payment("pay_1")
        assert not client.is_closed


async def test_an_own_client_is_closed() -> None:
    async with HttpPaymentClient(URL, transport=Recorder(200)) as payments:
        client = payments._client
    assert client.is_closed
