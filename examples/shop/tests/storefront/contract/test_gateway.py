"""A shop front as a consumer of the gateway: what customers do, and every way in which it may be refused."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx
import pytest
from gateway_calls import carts, orders, stock, users
from gateway_calls.call import JSON, refusal

from accord import match
from shop.storefront.answers import Address, Line, Order, OrderStatus, Session
from shop.storefront.errors import (
    ConflictError,
    InvalidError,
    LogInNeededError,
    NotThereError,
    PaymentDeclinedError,
    RefusedError,
    TryLaterError,
)
from shop.storefront.gateway_client import GatewayClient

LATER = {**JSON, "Retry-After": match.regex(r"\d+", "7")}
PENS = Line("prod-1", 2)
PENDING = Order("order-1", OrderStatus.PENDING, (PENS,))

Act = Callable[[GatewayClient], object]
Agreed = Callable[..., AbstractContextManager[GatewayClient]]


@pytest.fixture
def agreed(pact: Any) -> Agreed:
    """One interaction with the gateway, and a client to make it with.

    The states are those of the services behind it, in the words of the gateway's contracts with them.
    """

    @contextmanager
    def interaction(
        what: str,
        request: str,
        status: int,
        answer: Any,
        *,
        state: str | None = None,
        body: Any = None,
        by: str | None = "customer-1",
        headers: Any = JSON,
    ) -> Iterator[GatewayClient]:
        contract = pact("Storefront", "Gateway")
        method, _, path = request.partition(" ")
        token = {"Authorization": match.from_provider_state("Bearer ${token}", "Bearer a.b.c")} if by else {}
        sent = {"headers": token} if body is None else {"headers": {**token, **JSON}, "body": body}
        agreed = contract
        for each in (f"{by} is logged in" if by else None, state):
            agreed = agreed.given(each) if each else agreed
        agreed.upon_receiving(what).with_request(method, path, **sent).will_respond_with(
            status, headers=headers, body=answer
        )
        with contract.in_process() as transport, httpx.Client(transport=transport) as http:
            yield GatewayClient(http, "http://gateway", "a.b.c" if by else None)

    return interaction


def test_logs_in(agreed: Agreed) -> None:
    with agreed(
        "a log-in", "POST /api/auth/login", 200, users.SESSION, state=users.ADA, body=users.LOG_IN, by=None
    ) as gateway:
        assert gateway.log_in("ada@example.com", "correct horse") == Session("user-1", "a.b.c")


def test_browses(agreed: Agreed) -> None:
    with agreed(
        "a look at a product", "GET /api/inventory/prod-1", 200, stock.LEVEL, state=stock.IN_STOCK, by=None
    ) as gateway:
        assert gateway.available("prod-1") == 5


def test_looks_into_the_cart(agreed: Agreed) -> None:
    with agreed("a look into the cart", "GET /api/cart", 200, carts.cart(0), state=carts.FULL) as gateway:
        assert gateway.cart() == (PENS,)


def test_fills_the_cart(agreed: Agreed) -> None:
    with agreed(
        "a product for the cart", "POST /api/cart/items", 200, carts.cart(), state=carts.EMPTY, body=carts.PENS
    ) as gateway:
        assert gateway.put_into_cart("prod-1", 2) == (PENS,)


def test_orders(agreed: Agreed) -> None:
    body = {"items": [orders.LINE]}
    with agreed("an order", "POST /api/orders", 201, orders.order(), state=orders.IN_STOCK, body=body) as gateway:
        assert gateway.order([PENS]) == PENDING


def test_orders_what_is_in_the_cart(agreed: Agreed) -> None:
    body = {"shippingAddress": orders.FORMER_ADDRESS}
    with agreed(
        "an order of the cart", "POST /api/orders", 201, orders.order(), state=orders.IN_CART, body=body
    ) as gateway:
        assert gateway.order_cart(Address("123 Test St", "Test City", "12345")) == PENDING


def test_sees_an_order(agreed: Agreed) -> None:
    with agreed("a look at an order", "GET /api/orders/order-1", 200, orders.order(), state=orders.PENDING) as gateway:
        assert gateway.order_of("order-1") == PENDING


def test_sees_all_orders(agreed: Agreed) -> None:
    answer = match.each_like(orders.order(), min=0)
    with agreed("a look at one's orders", "GET /api/orders", 200, answer, state=orders.PENDING) as gateway:
        assert gateway.orders() == [PENDING]


def test_pays(agreed: Agreed) -> None:
    path = "POST /api/orders/order-1/pay"
    with agreed("a payment", path, 200, orders.PAID, state=orders.PENDING, body=orders.PAYMENT) as gateway:
        gateway.pay("order-1", "tok_visa")


def test_cancels(agreed: Agreed) -> None:
    path, body = "POST /api/orders/order-1/cancel", {"reason": "changed my mind"}
    with agreed("a cancellation", path, 200, orders.order("cancelled"), state=orders.PENDING, body=body) as gateway:
        assert gateway.cancel("order-1", "changed my mind").status == "cancelled"


def log_in(gateway: GatewayClient) -> object:
    return gateway.log_in("ada@example.com", "wrong password")


def cancel(gateway: GatewayClient) -> object:
    return gateway.cancel("order-1", "changed my mind")


REFUSED: dict[str, tuple[dict[str, Any], Act, type[RefusedError], str]] = {
    "POST /api/cart/items 400": (
        {"state": carts.EMPTY, "body": {**carts.PENS, "quantity": 0}},
        lambda gateway: gateway.put_into_cart("prod-1", 0), InvalidError, "validation_error",
    ),
    "POST /api/orders 400": (
        {"state": orders.IN_STOCK, "body": {"items": []}},
        lambda gateway: gateway.order([]), InvalidError, "validation_error",
    ),
    "POST /api/auth/login 401": (
        {"state": users.ADA, "body": {**users.LOG_IN, "password": "wrong password"}, "by": None},
        log_in, LogInNeededError, "unauthorized",
    ),
    "GET /api/cart 401": ({"by": None}, GatewayClient.cart, LogInNeededError, "unauthorized"),
    "POST /api/orders/order-1/pay 402": (
        {"state": orders.NO_MONEY, "body": orders.PAYMENT},
        lambda gateway: gateway.pay("order-1", "tok_visa"), PaymentDeclinedError, "INSUFFICIENT_FUNDS",
    ),
    "GET /api/inventory/prod-9 404": (
        {"state": "nothing is held for order-9", "by": None},
        lambda gateway: gateway.available("prod-9"), NotThereError, "not_found",
    ),
    "GET /api/orders/order-1 404": (
        {"state": orders.PENDING, "by": "customer-2"},
        lambda gateway: gateway.order_of("order-1"), NotThereError, "not_found",
    ),
    "POST /api/orders 409": (
        {"state": orders.IN_STOCK, "body": {"items": [{**orders.LINE, "quantity": 6}]}},
        lambda gateway: gateway.order([Line("prod-1", 6)]), ConflictError, "insufficient_inventory",
    ),
    "POST /api/orders/order-1/pay 409": (
        {"state": orders.CANCELLED, "body": orders.PAYMENT},
        lambda gateway: gateway.pay("order-1", "tok_visa"), ConflictError, "invalid_state",
    ),
    "POST /api/orders/order-1/cancel 409": (
        {"state": orders.COMPLETED, "body": {"reason": "changed my mind"}}, cancel, ConflictError, "invalid_state",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_is_refused(agreed: Agreed, case: str) -> None:
    terms, act, kind, code = REFUSED[case]
    request, _, status = case.rpartition(" ")
    with agreed(f"{request}, refused by {status}", request, int(status), refusal(code, "Not so"), **terms) as gateway:
        with pytest.raises(kind, match="Not so") as refused:
            act(gateway)
        assert refused.value.code == code


AN_ORDER = {"items": [orders.LINE]}
LATER_ON: dict[str, tuple[dict[str, Any], Act, str, float]] = {
    "GET /api/cart 429": (
        {"state": "customer-1 has come too often", "headers": LATER}, GatewayClient.cart, "rate_limited", 7,
    ),
    "POST /api/orders 503": (
        {"state": "OrderService is away", "headers": LATER, "body": AN_ORDER},
        lambda gateway: gateway.order([PENS]), "service_unavailable", 7,
    ),
    "GET /api/cart 504": (
        {"state": "CartService is too slow", "headers": LATER}, GatewayClient.cart, "gateway_timeout", 7,
    ),
    "POST /api/orders 503, for InventoryService is away": (
        {"state": "InventoryService is away", "body": AN_ORDER},
        lambda gateway: gateway.order([PENS]), "service_unavailable", 1,
    ),
    "GET /api/orders/order-1 500": (
        {"state": "the database of OrderService is broken"},
        lambda gateway: gateway.order_of("order-1"), "internal_error", 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LATER_ON)
def test_is_told_to_come_later(agreed: Agreed, case: str) -> None:
    terms, act, code, wait = LATER_ON[case]
    method, path, status = case.partition(",")[0].split(" ")
    with agreed(
        f"{method} {path}, answered by {status}", f"{method} {path}", int(status), refusal(code, "Not now"), **terms
    ) as gateway:
        with pytest.raises(TryLaterError, match="Not now") as later:
            act(gateway)
        assert (later.value.code, later.value.wait) == (code, wait)
