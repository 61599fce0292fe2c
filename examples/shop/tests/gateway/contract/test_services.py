"""Gateway as a consumer of the services behind it: what it passes on for its callers, through the whole gateway."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from accord import match
from shop.kit.tokens import DEVELOPMENT_SECRET, issue
from shop.kit.wire import utc_now

JSON = {"Content-Type": "application/json"}
CUSTOMER = {"X-User-Id": "customer-1"}
ADA = "user user-1 is Ada of ada@example.com with the password 'correct horse'"
IN_STOCK = "product prod-1 costs 10.00 and 5 are available"
PENDING = "customer-1 has the pending order order-1 of 20.00"
PAYMENT = {"paymentMethod": {"type": "card", "token": "tok_visa"}}
ORDER = {
    "id": match.string("order-1"),
    "orderId": match.string("order-1"),
    "status": match.string("pending"),
}


def token_of(user_id: str, *roles: str) -> dict[str, str]:
    token = issue(user_id, roles, secret=DEVELOPMENT_SECRET, now=utc_now(), lifetime=timedelta(hours=1))
    return {"Authorization": f"Bearer {token}"}


def refusal(code: str, message: str) -> dict[str, Any]:
    return {"error": code, "message": match.string(message)}


CALLS = [
    pytest.param(
        "UserService", ADA, "a log-in", "POST", "/api/auth/login", None,
        {"email": "ada@example.com", "password": "correct horse"},
        200, {"accessToken": match.string("a.b.c"), "userId": match.string("user-1")}, id="log-in",
    ),
    pytest.param(
        "UserService", ADA, "a log-in with a wrong password", "POST", "/api/auth/login", None,
        {"email": "ada@example.com", "password": "wrong password"},
        401, refusal("unauthorized", "Wrong email address or password"), id="wrong password",
    ),
    pytest.param(
        "UserService", ADA, "a request for oneself", "GET", "/api/users/user-1", "user-1", None,
        200, {"id": "user-1", "name": match.string("Ada"), "email": match.string("ada@example.com")}, id="oneself",
    ),
    pytest.param(
        "UserService", ADA, "a payment method to keep", "PUT", "/api/users/user-1/payment-method", "user-1",
        {"type": "card", "token": "tok_visa"}, 200, {"type": "card", "token": "tok_visa"}, id="payment method",
    ),
    pytest.param(
        "UserService", "nobody is registered", "a registration", "POST", "/api/users", None,
        {"name": "Ada", "email": "ada@example.com", "password": "correct horse"},
        201, {"id": match.string("user-1"), "name": "Ada", "email": "ada@example.com"}, id="registration",
    ),
    pytest.param(
        "UserService", ADA, "a registration with a taken address", "POST", "/api/users", None,
        {"name": "Ada", "email": "ada@example.com", "password": "correct horse"},
        409, refusal("email_taken", "This email address is registered already"), id="taken",
    ),
    pytest.param(
        "CartService", "the cart of customer-1 is empty", "a product put into the cart", "POST", "/api/cart/items",
        "customer-1", {"productId": "prod-1", "quantity": 2},
        200, {"items": [{"productId": "prod-1", "quantity": 2}]}, id="into the cart",
    ),
    pytest.param(
        "CartService", "the cart of customer-1 is empty", "nothing put into the cart", "POST", "/api/cart/items",
        "customer-1", {"productId": "prod-1", "quantity": 0},
        400, refusal("validation_error", "body.quantity"), id="nothing into the cart",
    ),
    pytest.param(
        "OrderService", IN_STOCK, "an order of 2 of prod-1", "POST", "/api/orders", "customer-1",
        {"items": [{"productId": "prod-1", "quantity": 2}]}, 201, ORDER, id="order",
    ),
    pytest.param(
        "OrderService", IN_STOCK, "an order of nothing", "POST", "/api/orders", "customer-1", {"items": []},
        400, refusal("validation_error", "Order must have at least one item"), id="order of nothing",
    ),
    pytest.param(
        "OrderService", IN_STOCK, "an order of 6 of prod-1", "POST", "/api/orders", "customer-1",
        {"items": [{"productId": "prod-1", "quantity": 6}]},
        409, refusal("insufficient_inventory", "Insufficient inventory for prod-1"), id="order of too much",
    ),
    pytest.param(
        "OrderService", PENDING, "a request for one's order", "GET", "/api/orders/order-1", "customer-1", None,
        200, ORDER, id="one's order",
    ),
    pytest.param(
        "OrderService", PENDING, "a request for another's order", "GET", "/api/orders/order-1", "customer-2", None,
        404, refusal("not_found", "Order not found"), id="another's order",
    ),
    pytest.param(
        "OrderService", PENDING, "a payment", "POST", "/api/orders/order-1/pay", "customer-1", PAYMENT,
        200, {"paymentStatus": "COMPLETED"}, id="payment",
    ),
    pytest.param(
        "OrderService", f"{PENDING} and no money", "a payment without money", "POST", "/api/orders/order-1/pay",
        "customer-1", PAYMENT,
        402, refusal("INSUFFICIENT_FUNDS", "Payment declined due to insufficient funds"), id="no money",
    ),
    pytest.param(
        "InventoryService", IN_STOCK, "a request for a stock level", "GET", "/api/inventory/prod-1", None, None,
        200, {"productId": "prod-1", "availableQuantity": match.integer(5)}, id="stock level",
    ),
    pytest.param(
        "InventoryService", "nothing is held for order-9", "a request for the stock level of nothing", "GET",
        "/api/inventory/prod-9", None, None, 404, refusal("not_found", "Product not found"), id="no such product",
    ),
]  # fmt: skip


class Call(NamedTuple):
    """One call through the gateway."""

    provider: str
    state: str
    what: str
    method: str
    path: str
    caller: str | None
    body: Any
    status: int
    answer: dict[str, Any]


@pytest.mark.parametrize("call", [pytest.param(Call(*each.values), id=each.id) for each in CALLS])
async def test_passes_on(pact: Any, door: Any, call: Call) -> None:
    contract = pact("Gateway", call.provider)
    request: dict[str, Any] = {"headers": {"X-User-Id": call.caller} if call.caller else {}}
    if call.body is not None:
        request["headers"].update(JSON)
        request["body"] = call.body
    (
        contract.given(call.state)
        .upon_receiving(call.what)
        .with_request(call.method, call.path, **request)
        .will_respond_with(call.status, headers=JSON, body=call.answer)
    )
    with contract.in_process() as transport:
        async with door(transport) as world:
            headers = token_of(call.caller) if call.caller else {}
            response = await world.request(call.method, call.path, json=call.body, headers=headers)
    assert response.status_code == call.status


async def test_staff_fills_the_shelf(pact: Any, door: Any) -> None:
    contract = pact("Gateway", "InventoryService")
    (
        contract.given(IN_STOCK)
        .upon_receiving("7 of prod-1 on the shelf")
        .with_request(
            "PUT",
            "/api/inventory/prod-1",
            headers={**JSON, "Authorization": match.like("Bearer valid-token"), "X-User-Id": "boss"},
            body={"quantity": 7},
        )
        .will_respond_with(200, headers=JSON, body={"productId": "prod-1", "availableQuantity": 7})
    )
    with contract.in_process() as transport:
        async with door(transport) as world:
            response = await world.put("/api/inventory/prod-1", json={"quantity": 7}, headers=token_of("boss", "staff"))
    assert response.json()["availableQuantity"] == 7
