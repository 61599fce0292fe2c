"""What a shop front makes of answers that no contract has."""

import httpx
import pytest
from shop_doubles.clients import answering, failing

from shop.storefront.errors import NotThereError, TryLaterError, UnusableAnswerError
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
        answering(200, {"orderId": None, "status": "pending", "items": []}),
        answering(200, {"orderId": "order-1", "status": "pending", "items": {}}),
        answering(200, {"orderId": "order-1", "status": "pending", "items": [{"productId": 7, "quantity": 1}]}),
        answering(200, {"orderId": "order-1", "status": "pending", "items": [{"productId": "p", "quantity": 1.9}]}),
        answering(200, {"orderId": "order-1", "status": "pending", "items": [{"productId": "p", "quantity": True}]}),
        answering(200, content=b"[" * 100_000),
        answering(404, content=b"[" * 100_000),
        answering(400, {"error": None, "message": "no"}),
        answering(418, {"error": "teapot", "message": "I am a teapot"}),
    ],
)
def test_an_answer_that_cannot_be_used_is_said_to_be_none(transport: httpx.MockTransport) -> None:
    with httpx.Client(transport=transport) as http, pytest.raises(UnusableAnswerError):
        GatewayClient(http, "http://gateway").order_of("order-1")


@pytest.mark.parametrize("body", [{"userId": None, "accessToken": None}, {"userId": "user-1", "accessToken": 7}, []])
def test_nobody_is_logged_in_by_an_answer_without_texts(body: object) -> None:
    with httpx.Client(transport=answering(200, body)) as http, pytest.raises(UnusableAnswerError):
        GatewayClient(http, "http://gateway").log_in("ada@example.com", "correct horse")


def test_all_orders_are_a_list() -> None:
    with httpx.Client(transport=answering(200, {})) as http, pytest.raises(UnusableAnswerError):
        GatewayClient(http, "http://gateway").orders()


def test_a_payment_that_is_not_completed_is_no_payment() -> None:
    with httpx.Client(transport=answering(200, {"paymentStatus": "OPEN"})) as http, pytest.raises(UnusableAnswerError):
        GatewayClient(http, "http://gateway").pay("order-1", "tok_visa")


def test_no_answer_is_worth_another_try() -> None:
    with httpx.Client(transport=failing(httpx.ConnectError("refused"))) as http, pytest.raises(TryLaterError) as later:
        GatewayClient(http, "http://gateway").cart()
    assert (later.value.code, later.value.wait) == ("no_answer", 1)


@pytest.mark.parametrize(("status", "code"), [(429, "http_429"), (500, "http_500"), (503, "http_503")])
@pytest.mark.parametrize("content", [b"<html>", b"", b"upstream connect error", b"[" * 100_000, b'{"error": 7}'])
def test_a_load_balancer_may_say_later_in_its_own_words(status: int, code: str, content: bytes) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=content, headers={"Retry-After": "5"}))
    with httpx.Client(transport=transport) as http, pytest.raises(TryLaterError, match=str(status)) as later:
        GatewayClient(http, "http://gateway").cart()
    assert (later.value.code, later.value.wait) == (code, 5)


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_what_would_ask_for_another_path_is_no_id(name: str) -> None:
    with httpx.Client(transport=failing(httpx.ConnectError("this was sent"))) as http:
        gateway = GatewayClient(http, "http://gateway")
        for ask in (gateway.available, gateway.order_of):
            with pytest.raises(NotThereError, match="nothing has the id"):
                ask(name)


def test_an_id_stays_one_segment() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        return httpx.Response(404, json={"error": "not_found", "message": "no"})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http, pytest.raises(NotThereError, match="no"):
        GatewayClient(http, "http://gateway").order_of("../a?b")
    assert asked == ["/api/orders/..%2Fa%3Fb"]
