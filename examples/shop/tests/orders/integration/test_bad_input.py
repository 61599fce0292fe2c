"""What OrderService refuses, and what it keeps word for word."""

import httpx
import pytest
from shop_doubles.bad_input import HTML, SQL, Bad, bodies, quantities, refuses_all
from shop_doubles.databases import rows
from shop_doubles.orders import FakeInventory
from sqlalchemy.ext.asyncio import AsyncEngine

ADA, EVE = {"X-User-Id": "ada"}, {"X-User-Id": "eve"}
STAFF = {"Authorization": "Bearer s3cret"}
ORDERS = "/api/orders"
LINE = {"productId": "prod-1", "quantity": 1}
CARD = {"paymentMethod": {"type": "card", "token": "tok_visa"}}
NOT_THERE = {"status": 404, "error": "not_found"}
NOBODY = {"status": 401, "error": "unauthorized"}


def order(**changes: object) -> dict[str, object]:
    return {"items": [LINE], **changes}


TABLE = [
    # Without `items` the cart is ordered, so an empty object is a good body: the cart is empty here, which is refused too.
    *bodies("POST", ORDERS, {"items": [LINE]}, ADA),
    *quantities("POST", ORDERS, lambda number: order(items=[{**LINE, "quantity": number}]), ADA),
    Bad("no items", "POST", ORDERS, order(items=[]), ADA),
    Bad("none of a product", "POST", ORDERS, order(items=[{**LINE, "quantity": 0}]), ADA),
    Bad("51 items", "POST", ORDERS, order(items=[LINE] * 51), ADA),
    Bad("a negative price", "POST", ORDERS, order(items=[{**LINE, "unitPrice": -10.0}]), ADA),
    Bad("a price of a fraction of a cent", "POST", ORDERS, order(items=[{**LINE, "unitPrice": 0.001}]), ADA),
    Bad("a price in words", "POST", ORDERS, order(items=[{**LINE, "unitPrice": "10.00"}]), ADA),
    Bad("an absurd price", "POST", ORDERS, order(items=[{**LINE, "unitPrice": 1e300}]), ADA),
    Bad("an unknown product", "POST", ORDERS, order(items=[{**LINE, "productId": SQL}]), ADA, 409,
        "insufficient_inventory"),
    Bad("an unknown discount", "POST", ORDERS, order(discountCode=SQL), ADA),
    Bad("half an address", "POST", ORDERS, order(shippingAddress={"street": "Main"}), ADA),
    Bad("an endless address", "POST", ORDERS,
        order(shippingAddress={"street": "x" * 201, "city": "X", "postalCode": "1"}), ADA),
    Bad("half a payment method", "POST", ORDERS, order(paymentMethod={"type": "card"}), ADA),
    Bad("a list for a product", "POST", ORDERS, order(items=[LINE, ["prod-1", 1]]), ADA),
    Bad("NUL in a product", "POST", ORDERS, order(items=[{**LINE, "productId": "a\0b"}]), ADA),
    Bad("half a surrogate", "POST", ORDERS, b'{"items": [{"productId": "\\ud800", "quantity": 1}]}', ADA),
    Bad("nobody", "POST", ORDERS, order(), {}, **NOBODY),
    Bad("a forged token", "POST", ORDERS, order(), {"Authorization": "Bearer e30.e30.e30"}, **NOBODY),
    Bad("half a token", "GET", ORDERS, None, {"Authorization": "Bearer"}, **NOBODY),
    Bad("another scheme", "GET", ORDERS, None, {"Authorization": "Basic czNjcmV0"}, **NOBODY),
    Bad("more than all", "GET", f"{ORDERS}?limit=101", None, ADA),
    Bad("less than none", "GET", f"{ORDERS}?limit=-1", None, ADA),
    Bad("no number", "GET", f"{ORDERS}?limit=1%3B+DROP+TABLE+orders", None, ADA),
    Bad("SQL for an id", "GET", f"{ORDERS}/1'%20OR%20'1'='1", None, ADA, **NOT_THERE),
    Bad("NUL in an id", "GET", f"{ORDERS}/a%00b", None, ADA),
    Bad("an endless id", "GET", f"{ORDERS}/{'x' * 5000}", None, ADA, **NOT_THERE),
    *bodies("POST", f"{ORDERS}/order-1/pay", CARD, ADA),
    Bad("no such order", "POST", f"{ORDERS}/order-1/pay", CARD, ADA, **NOT_THERE),
    Bad("a reason that is none", "POST", f"{ORDERS}/order-1/cancel", {"reason": " "}, ADA),
    Bad("a customer", "POST", f"{ORDERS}/order-1/confirm", None, ADA, 403, "forbidden"),
    Bad("no such order", "POST", f"{ORDERS}/order-1/confirm", None, STAFF, **NOT_THERE),
    Bad("no such method", "DELETE", ORDERS, None, ADA, 405, "method_not_allowed"),
    # The former form says the text where the current one has a code.
    Bad("no items, in the former form", "POST", "/orders", order(items=[]), ADA,
        error="Order must have at least one item"),
]  # fmt: skip


async def test_what_is_bad_is_refused_and_changes_nothing(
    api: httpx.AsyncClient, engine: AsyncEngine, inventory: FakeInventory
) -> None:
    await refuses_all(api, TABLE)
    left = "SELECT id FROM orders UNION ALL SELECT event_id FROM outbox"
    assert await rows(engine, left) == []
    assert inventory.available == {"prod-1": 100, "prod-2": 50}


async def test_another_customers_order_is_not_there(api: httpx.AsyncClient) -> None:
    order_id = (await api.post(ORDERS, json=order(), headers=ADA)).json()["orderId"]
    of_ada = f"{ORDERS}/{order_id}"
    await refuses_all(
        api,
        [
            Bad("another's", "GET", of_ada, None, EVE, **NOT_THERE),
            Bad("another's", "POST", f"{of_ada}/pay", CARD, EVE, **NOT_THERE),
            Bad("another's", "POST", f"{of_ada}/cancel", None, EVE, **NOT_THERE),
        ],
    )
    assert (await api.get(ORDERS, headers=EVE)).json() == []
    ordered_for = await api.post(ORDERS, json=order(customerId="ada"), headers=EVE)
    assert ordered_for.json()["customerId"] == "eve"  # a customer orders for nobody else
    assert (await api.get(of_ada, headers=ADA)).json()["status"] == "pending"


@pytest.mark.parametrize("text", [SQL, HTML, "名前 😀"])
async def test_a_text_is_a_text(api: httpx.AsyncClient, text: str) -> None:
    address = {"street": text, "city": text, "postalCode": text}
    placed = await api.post(ORDERS, json=order(shippingAddress=address), headers=ADA)
    assert placed.status_code == 201
    assert placed.headers["content-type"] == "application/json"
    seen = await api.get(f"{ORDERS}/{placed.json()['orderId']}", headers=ADA)
    assert seen.json()["shippingAddress"] == {**address, "state": None, "country": "US"}
