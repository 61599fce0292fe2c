"""OrderService's API in its current form, in process, on a real database."""

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.databases import execute, rows
from shop_doubles.orders import FakeInventory, FakePayments
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.orders.domain.saga_messages import PaymentMethod

TOTAL = "totalAmount"
"""The wire name of an order's total: here and nowhere else in this file."""

CUSTOMER = {"X-User-Id": "customer-1"}
STAFF = {"Authorization": "Bearer test-token"}
TWO_PRODUCTS = [
    {"productId": "prod-1", "quantity": 2, "unitPrice": 10.00},
    {"productId": "prod-2", "quantity": 1, "unitPrice": 25.00},
]
CARD = {"paymentMethod": {"type": "card", "token": "tok_visa"}}


async def place(api: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    response = await api.post("/api/orders", json={"items": TWO_PRODUCTS, **changes}, headers=CUSTOMER)
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


class TestPlace:
    async def test_answers_with_the_whole_order(self, api: httpx.AsyncClient) -> None:
        address = {"street": "123 Main St", "city": "Springfield", "state": "IL", "zipCode": "62701"}
        body = await place(api, shippingAddress=address)
        assert body == {
            "id": body["orderId"],
            "orderId": body["id"],
            "customerId": "customer-1",
            "status": "pending",
            "items": [
                {"productId": "prod-1", "productName": "Product prod-1", "quantity": 2, "unitPrice": 10.0},
                {"productId": "prod-2", "productName": "Product prod-2", "quantity": 1, "unitPrice": 25.0},
            ],
            "subtotal": 45.0,
            "discount": 0.0,
            "shipping": 0.0,
            "tax": 0.0,
            TOTAL: 45.0,
            "placedAt": "2025-01-15T10:30:00.000Z",
            "paymentId": None,
            "shippingAddress": {
                "street": "123 Main St",
                "city": "Springfield",
                "postalCode": "62701",
                "state": "IL",
                "country": "US",
            },
        }

    async def test_money_is_a_number_with_a_fraction(self, api: httpx.AsyncClient) -> None:
        response = await api.post("/api/orders", json={"items": TWO_PRODUCTS}, headers=CUSTOMER)
        assert f'"{TOTAL}":45.0,' in response.text.replace(" ", "")

    async def test_the_order_can_be_read_again(self, api: httpx.AsyncClient) -> None:
        placed = await place(api)
        read = await api.get(f"/api/orders/{placed['id']}", headers=CUSTOMER)
        assert (read.status_code, read.json()) == (200, placed)

    async def test_holds_the_stock(self, api: httpx.AsyncClient, inventory: FakeInventory) -> None:
        placed = await place(api)
        assert inventory.held == {placed["id"]: {"prod-1": 2, "prod-2": 1}}

    async def test_takes_a_discount(self, api: httpx.AsyncClient) -> None:
        body = await place(api, discountCode="SAVE10")
        assert (body["discount"], body[TOTAL]) == (4.5, 40.5)

    async def test_staff_orders_for_a_customer(self, api: httpx.AsyncClient) -> None:
        order = {"customerId": "customer-7", "items": TWO_PRODUCTS}
        assert (await api.post("/api/orders", json=order, headers=STAFF)).json()["customerId"] == "customer-7"

    async def test_a_customer_orders_for_nobody_else(self, api: httpx.AsyncClient) -> None:
        assert (await place(api, customerId="customer-7"))["customerId"] == "customer-1"

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ({"items": []}, "Order must have at least one item"),
            ({}, "Order must have at least one item"),
            ({"items": TWO_PRODUCTS * 26}, "Order cannot have more than 50 items"),
            ({"items": TWO_PRODUCTS, "discountCode": "INVALID"}, "Invalid discount code"),
            ({"items": [{"productId": "prod-1", "quantity": 0}]}, "items.0.quantity"),
            ({"items": [{"productId": "prod-1", "quantity": 1.5}]}, "items.0.quantity"),
            ({"items": [{"productId": "prod-1", "quantity": "2"}]}, "items.0.quantity"),
            ({"items": [{"productId": " ", "quantity": 1}]}, "items.0.productId"),
            ({"items": [{"quantity": 1}]}, "items.0.productId"),
            ({"items": [{"productId": "prod-1", "quantity": 1, "unitPrice": -1}]}, "items.0.unitPrice"),
            ({"items": [{"productId": "prod-1", "quantity": 1, "unitPrice": "10"}]}, "items.0.unitPrice"),
            ({"items": [{"productId": "prod-1", "quantity": 1, "unitPrice": 1.005}]}, "items.0.unitPrice"),
            ({"items": TWO_PRODUCTS, "shippingAddress": {"city": "X"}}, "shippingAddress.street"),
            ([], "body"),
        ],
    )
    async def test_refuses_a_wrong_body_with_400(
        self,
        api: httpx.AsyncClient,
        engine: AsyncEngine,
        body: object,
        message: str,
    ) -> None:
        response = await api.post("/api/orders", json=body, headers=CUSTOMER)
        assert (response.status_code, response.json()["error"]) == (400, "validation_error")
        assert message in response.json()["message"]
        assert await rows(engine, "SELECT 1 FROM orders") == []

    async def test_refuses_what_is_no_json_with_400(self, api: httpx.AsyncClient) -> None:
        headers = {**CUSTOMER, "Content-Type": "application/json"}
        response = await api.post("/api/orders", content=b"{", headers=headers)
        assert (response.status_code, response.json()["error"]) == (400, "validation_error")

    async def test_refuses_short_stock_with_409_and_the_items(self, api: httpx.AsyncClient) -> None:
        order = {"items": [{"productId": "prod-1", "quantity": 101}, {"productId": "prod-9", "quantity": 1}]}
        response = await api.post("/api/orders", json=order, headers=CUSTOMER)
        assert response.status_code == 409
        assert response.json() == {
            "error": "insufficient_inventory",
            "message": "Insufficient inventory for prod-1, prod-9",
            "details": [
                {"productId": "prod-1", "requested": 101, "available": 100},
                {"productId": "prod-9", "requested": 1, "available": 0},
            ],
        }

    async def test_refuses_a_changed_price_with_409(self, api: httpx.AsyncClient) -> None:
        order = {"items": [{"productId": "prod-1", "quantity": 1, "unitPrice": 9.99}]}
        response = await api.post("/api/orders", json=order, headers=CUSTOMER)
        assert (response.status_code, response.json()["error"]) == (409, "price_changed")
        assert response.json()["details"] == [
            {"productId": "prod-1", "sentUnitPrice": 9.99, "currentUnitPrice": 10.0},
        ]


class TestAccess:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/api/orders"),
            ("GET", "/api/orders"),
            ("GET", "/api/orders/order-1"),
            ("POST", "/api/orders/order-1/confirm"),
            ("POST", "/api/orders/order-1/cancel"),
            ("POST", "/api/orders/order-1/pay"),
        ],
    )
    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer who-knows"}, {"Authorization": "test-token"}])
    async def test_nobody_gets_401(
        self,
        api: httpx.AsyncClient,
        method: str,
        path: str,
        headers: dict[str, str],
    ) -> None:
        body = None if method == "GET" else {"items": TWO_PRODUCTS, **CARD}
        response = await api.request(method, path, json=body, headers=headers)
        assert (response.status_code, response.json()["error"]) == (401, "unauthorized")
        assert response.headers["www-authenticate"] == "Bearer"

    async def test_another_customers_order_is_404(self, api: httpx.AsyncClient) -> None:
        placed = await place(api)
        response = await api.get(f"/api/orders/{placed['id']}", headers={"X-User-Id": "customer-2"})
        assert response.status_code == 404
        assert response.json() == {"error": "not_found", "message": "Order not found"}

    @pytest.mark.parametrize("token", ["test-token", "valid-token", "s3cret"])
    async def test_staff_and_services_see_every_order(self, api: httpx.AsyncClient, token: str) -> None:
        placed = await place(api)
        response = await api.get(f"/api/orders/{placed['id']}", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 200

    async def test_a_customer_may_not_confirm(self, api: httpx.AsyncClient) -> None:
        placed = await place(api)
        response = await api.post(f"/api/orders/{placed['id']}/confirm", headers=CUSTOMER)
        assert (response.status_code, response.json()["error"]) == (403, "forbidden")

    async def test_a_customer_lists_only_their_orders(self, api: httpx.AsyncClient) -> None:
        placed = await place(api)
        await api.post("/api/orders", json={"items": TWO_PRODUCTS}, headers={"X-User-Id": "customer-2"})
        response = await api.get("/api/orders", headers=CUSTOMER)
        assert [order["id"] for order in response.json()] == [placed["id"]]

    @pytest.mark.parametrize("limit", ["0", "101", "all"])
    async def test_a_wrong_limit_is_400(self, api: httpx.AsyncClient, limit: str) -> None:
        response = await api.get("/api/orders", params={"limit": limit}, headers=CUSTOMER)
        assert (response.status_code, response.json()["error"]) == (400, "validation_error")


class TestPay:
    async def test_a_paid_order_is_confirmed(self, api: httpx.AsyncClient) -> None:
        placed = await place(api)
        response = await api.post(f"/api/orders/{placed['id']}/pay", json=CARD, headers=CUSTOMER)
        assert response.status_code == 200
        assert response.json() == {"orderId": placed["id"], "paymentId": "pay_1", "paymentStatus": "COMPLETED"}
        read = (await api.get(f"/api/orders/{placed['id']}", headers=CUSTOMER)).json()
        assert (read["status"], read["paymentId"]) == ("confirmed", "pay_1")

    async def test_a_refused_payment_is_402(self, api: httpx.AsyncClient, payments: FakePayments) -> None:
        payments.has_funds = False
        placed = await place(api)
        response = await api.post(f"/api/orders/{placed['id']}/pay", json=CARD, headers=CUSTOMER)
        assert response.status_code == 402
        assert response.json() == {
            "error": "INSUFFICIENT_FUNDS",
            "message": "Payment declined due to insufficient funds",
        }
        read = (await api.get(f"/api/orders/{placed['id']}", headers=CUSTOMER)).json()
        assert (read["status"], read["paymentId"]) == ("pending", None)

    async def test_the_method_in_the_body_is_the_one_charged(
        self, api: httpx.AsyncClient, payments: FakePayments
    ) -> None:
        placed = await place(api)
        await api.post(f"/api/orders/{placed['id']}/pay", json=CARD, headers=CUSTOMER)
        assert payments.methods == [PaymentMethod(**CARD["paymentMethod"])]

    async def test_needs_a_payment_method(self, api: httpx.AsyncClient) -> None:
        placed = await place(api)
        response = await api.post(f"/api/orders/{placed['id']}/pay", json={}, headers=CUSTOMER)
        assert (response.status_code, response.json()["error"]) == (400, "validation_error")

    async def test_a_cancelled_order_cannot_be_paid(self, api: httpx.AsyncClient) -> None:
        placed = await place(api)
        await api.post(f"/api/orders/{placed['id']}/cancel", headers=CUSTOMER)
        response = await api.post(f"/api/orders/{placed['id']}/pay", json=CARD, headers=CUSTOMER)
        assert (response.status_code, response.json()["error"]) == (409, "invalid_state")


class TestCancel:
    async def test_gives_a_reason_and_may_be_repeated(self, api: httpx.AsyncClient, engine: AsyncEngine) -> None:
        placed = await place(api)
        path = f"/api/orders/{placed['id']}/cancel"
        for reason in ("changed my mind", "again"):
            response = await api.post(path, json={"reason": reason}, headers=CUSTOMER)
            assert (response.status_code, response.json()["status"]) == (200, "cancelled")
        assert await rows(engine, "SELECT cancel_reason FROM orders") == [{"cancel_reason": "changed my mind"}]
        assert len(await rows(engine, "SELECT 1 FROM outbox WHERE event_type = 'order.cancelled'")) == 1

    async def test_a_cancelled_order_cannot_be_confirmed(self, api: httpx.AsyncClient) -> None:
        placed = await place(api)
        await api.post(f"/api/orders/{placed['id']}/cancel", headers=CUSTOMER)
        response = await api.post(f"/api/orders/{placed['id']}/confirm", headers=STAFF)
        assert response.status_code == 409
        assert response.json() == {"error": "invalid_state", "message": "Cannot confirm a cancelled order"}

    async def test_a_completed_order_refuses(self, api: httpx.AsyncClient, engine: AsyncEngine) -> None:
        placed = await place(api)
        await execute(engine, "UPDATE orders SET status = 'completed'")
        response = await api.post(f"/api/orders/{placed['id']}/cancel", headers=CUSTOMER)
        assert response.json() == {"error": "invalid_state", "message": "Cannot cancel a completed order"}


class TestErrors:
    async def test_problem_json_for_who_asks_for_it(self, api: httpx.AsyncClient) -> None:
        headers = {**CUSTOMER, "Accept": "application/problem+json"}
        response = await api.get("/api/orders/order-999", headers=headers)
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json() == {
            "type": "about:blank",
            "title": "not_found",
            "status": 404,
            "detail": "Order not found",
        }

    async def test_an_unknown_path_is_404(self, api: httpx.AsyncClient) -> None:
        response = await api.get("/api/nothing")
        assert (response.status_code, response.json()["error"]) == (404, "not_found")

    async def test_a_wrong_method_is_405(self, api: httpx.AsyncClient) -> None:
        response = await api.delete("/api/orders")
        assert (response.status_code, response.json()["error"]) == (405, "method_not_allowed")

    async def test_a_crash_is_500_and_tells_no_secrets(self, api: httpx.AsyncClient, engine: AsyncEngine) -> None:
        await execute(engine, "DROP TABLE orders CASCADE")
        response = await api.get("/api/orders", headers=CUSTOMER)
        assert response.status_code == 500
        assert response.json() == {"error": "internal_error", "message": "The service failed; its log says why"}


async def test_health_says_whether_the_database_answers(api: httpx.AsyncClient) -> None:
    response = await api.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "service": "OrderService"})


def test_the_openapi_document_promises_400_and_never_422(app: FastAPI) -> None:
    document = app.openapi()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert all("422" not in operation["responses"] for operation in operations)
    assert "400" in document["paths"]["/api/orders"]["post"]["responses"]
    assert "ValidationError" not in json.dumps(document["components"])


def test_the_openapi_document_names_the_total(app: FastAPI) -> None:
    assert TOTAL in app.openapi()["components"]["schemas"]["OrderOut"]["properties"]
