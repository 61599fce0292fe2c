"""What a shop front makes of answers that no contract has."""

import httpx
import pytest
from shop_doubles.clients import answering, failing

from shop.storefront.errors import TryLaterError, UnusableAnswerError
from shop.storefront.gateway_client import GatewayClient


@pytest.mark.parametrize(
    "transport",
    [
        answering(200, content=b"<html>"),
        answering(200, {"id": "order-1"}),
        answering(200, {"orderId": "order-1", "status": "unheard of", "items": []}),
        answering(200, {"orderId": "order-1", "status": "pending", "items": None}),
        answering(200, []),
        answering(400, {"detail": "no"}),
        answering(418, {"error": "teapot", "message": "I am a teapot"}),
    ],
)
def test_an_answer_that_cannot_be_used_is_said_to_be_none(transport: httpx.MockTransport) -> None:
    with httpx.Client(transport=transport) as http, pytest.raises(UnusableAnswerError):
        GatewayClient(http, "http://gateway").order_of("order-1")


def test_a_payment_that_is_not_completed_is_no_payment() -> None:
    with httpx.Client(transport=answering(200, {"paymentStatus": "OPEN"})) as http, pytest.raises(UnusableAnswerError):
        GatewayClient(http, "http://gateway").pay("order-1", "tok_visa")


def test_no_answer_is_worth_another_try() -> None:
    with httpx.Client(transport=failing(httpx.ConnectError("refused"))) as http, pytest.raises(TryLaterError) as later:
        GatewayClient(http, "http://gateway").cart()
    assert (later.value.code, later.value.wait) == ("no_answer", 1)


def test_an_id_stays_one_segment() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        return httpx.Response(404, json={"error": "not_found", "message": "no"})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http, pytest.raises(Exception, match="no"):
        GatewayClient(http, "http://gateway").order_of("../a?b")
    assert asked == ["/api/orders/..%2Fa%3Fb"]
