"""The client of OrderService: what it sends, and every way an answer can be wrong."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
from shop_doubles.clients import answering, failing
from shop_doubles.moments import NOON

from shop.kit.remote import RemoteServiceError
from shop.payments.adapters.order_client import HttpOrderClient
from shop.payments.domain.errors import OrderNotFoundError
from shop.payments.service.ports import OrderDetails, OrderLine

URL = "http://orders"
ORDER: dict[str, Any] = {
    "id": "order-123",
    "customerId": "customer-456",
    "status": "pending",
    "totalAmount": 45.1,
    "items": [{"productId": "prod-1", "quantity": 2, "unitPrice": 10.0}],
    "placedAt": "2025-01-15T10:30:00.000Z",
}


async def test_reads_an_order_exactly() -> None:
    order = await HttpOrderClient(URL, transport=answering(200, ORDER)).get_order("order-123")
    line = OrderLine("prod-1", 2, Decimal(10))
    assert order == OrderDetails("order-123", "customer-456", "pending", Decimal("45.1"), (line,), NOON)


async def test_shows_its_token_and_asks_for_json() -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json=ORDER)

    await HttpOrderClient(URL, token="s3cret", transport=httpx.MockTransport(answer)).get_order("a/b")
    assert requests[0].url.raw_path == b"/api/orders/a%2Fb"
    assert requests[0].headers["authorization"] == "Bearer s3cret"
    assert requests[0].headers["accept"] == "application/json"


async def test_an_unknown_order_is_told_apart() -> None:
    transport = answering(404, {"error": "not_found", "message": "Order not found"})
    with pytest.raises(OrderNotFoundError, match="Order not found"):
        await HttpOrderClient(URL, transport=transport).get_order("order-999")


@pytest.mark.parametrize("field", ORDER)
async def test_an_order_without_a_field_is_no_answer_and_names_it(field: str) -> None:
    transport = answering(200, {name: value for name, value in ORDER.items() if name != field})
    with pytest.raises(RemoteServiceError, match=f"OrderService: the answer lacks the field '{field}'"):
        await HttpOrderClient(URL, transport=transport).get_order("order-123")


@pytest.mark.parametrize(
    "transport",
    [
        failing(httpx.ReadTimeout("too slow")),
        failing(httpx.ConnectError("nobody listens")),
        answering(500, {}),
        answering(401, {"error": "unauthorized", "message": "no"}),
        answering(200, content=b"<html>"),
        answering(200, []),
    ],
)
async def test_every_other_answer_is_no_answer(transport: httpx.AsyncBaseTransport) -> None:
    with pytest.raises(RemoteServiceError, match="OrderService"):
        await HttpOrderClient(URL, transport=transport).get_order("order-123")
