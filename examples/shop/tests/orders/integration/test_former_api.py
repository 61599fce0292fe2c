"""The former form, without /api: the same orders under other names, deprecated."""

import httpx
import pytest
from fastapi import FastAPI

CUSTOMER = {"X-User-Id": "customer-1"}
ORDER = {"items": [{"productId": "prod-1", "quantity": 2}]}


async def test_shows_an_order_under_its_former_names(api: httpx.AsyncClient) -> None:
    response = await api.post("/orders", json=ORDER, headers=CUSTOMER)
    assert response.status_code == 201
    body = response.json()
    assert body == {
        "id": body["id"],
        "customerId": "customer-1",
        "status": "PENDING",
        "items": [{"productId": "prod-1", "productName": "Product prod-1", "quantity": 2, "price": 10.0}],
        "subtotal": 20.0,
        "discount": 0.0,
        "shipping": 0.0,
        "tax": 0.0,
        "total": 20.0,
        "createdAt": "2025-01-15T10:30:00.000Z",
        "paymentId": None,
    }


async def test_both_forms_show_the_same_order(api: httpx.AsyncClient) -> None:
    placed = (await api.post("/orders", json=ORDER, headers=CUSTOMER)).json()
    current = (await api.get(f"/api/orders/{placed['id']}", headers=CUSTOMER)).json()
    former = (await api.get(f"/orders/{placed['id']}", headers=CUSTOMER)).json()
    assert former == placed
    assert (current["status"], former["status"]) == ("pending", "PENDING")


@pytest.mark.parametrize(
    ("body", "text"),
    [({"items": []}, "Order must have at least one item"), ({**ORDER, "discountCode": "X"}, "Invalid discount code")],
)
async def test_the_error_of_a_400_is_its_text(api: httpx.AsyncClient, body: object, text: str) -> None:
    response = await api.post("/orders", json=body, headers=CUSTOMER)
    assert response.status_code == 400
    assert response.json() == {"error": text, "message": text}


async def test_every_other_error_is_a_code(api: httpx.AsyncClient) -> None:
    response = await api.get("/orders/order-999", headers=CUSTOMER)
    assert (response.status_code, response.json()["error"]) == (404, "not_found")


async def test_lists_and_moves_orders_too(api: httpx.AsyncClient) -> None:
    placed = (await api.post("/orders", json=ORDER, headers=CUSTOMER)).json()
    card = {"paymentMethod": {"type": "card", "token": "tok_visa"}}
    paid = await api.post(f"/orders/{placed['id']}/pay", json=card, headers=CUSTOMER)
    assert (paid.status_code, paid.json()["paymentStatus"]) == (200, "COMPLETED")
    (listed,) = (await api.get("/orders", headers=CUSTOMER)).json()
    assert (listed["status"], listed["paymentId"]) == ("CONFIRMED", "pay_1")
    cancelled = await api.post(f"/orders/{placed['id']}/cancel", json={"reason": "too many"}, headers=CUSTOMER)
    assert cancelled.json()["status"] == "CANCELLED"


def test_every_former_route_is_deprecated_and_no_current_one(app: FastAPI) -> None:
    for path, operations in app.openapi()["paths"].items():
        if "/orders" in path:
            former = not path.startswith("/api/")
            assert {operation.get("deprecated", False) for operation in operations.values()} == {former}, path


def test_no_body_says_both_totals(app: FastAPI) -> None:
    fields = app.openapi()["components"]["schemas"]["FormerOrder"]["properties"]
    assert "total" in fields
    assert "totalAmount" not in fields
