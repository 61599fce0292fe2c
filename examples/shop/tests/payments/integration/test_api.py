"""PaymentService's API, in process, on a real database."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.clients import client_of, failing
from shop_doubles.databases import execute, rows
from shop_doubles.payments import FakeOrders
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.settings import Stage
from shop.payments.adapters.order_client import HttpOrderClient
from shop.payments.main import create_app
from shop.payments.settings import Settings

CHARGE = {"orderId": "12345", "amount": 100.0, "currency": "USD", "customerId": "customer-123"}


@pytest.mark.parametrize("path", ["/payments", "/api/payments"])
async def test_a_charge_is_completed(api: httpx.AsyncClient, path: str) -> None:
    response = await api.post(path, json=CHARGE)
    assert response.status_code == 200
    body = response.json()
    assert body == {
        "id": body["id"],
        "orderId": "12345",
        "status": "COMPLETED",
        "amount": 100.0,
        "processedAt": "2025-01-15T10:30:00.000Z",
    }
    assert '"amount":100.0' in response.text.replace(" ", "")
    assert (await api.get(f"/api/payments/{body['id']}")).json() == body


async def test_the_same_key_charges_once(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    first = await api.post("/payments", json=CHARGE)
    for headers in ({}, {"Idempotency-Key": "charge:12345"}):
        again = await api.post("/payments", json=CHARGE, headers=headers)
        assert (again.status_code, again.json()) == (200, first.json())
    assert len(await rows(engine, "SELECT 1 FROM payments")) == 1


async def test_ten_requests_at_once_charge_once(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    answers = await asyncio.gather(*(api.post("/payments", json=CHARGE) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len(await rows(engine, "SELECT 1 FROM sandbox_charges")) == 1


async def test_keys_that_differ_at_once_charge_once(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    headers = [{"Idempotency-Key": f"key-{number}"} for number in range(5)]
    answers = await asyncio.gather(*(api.post("/payments", json=CHARGE, headers=each) for each in headers))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert len(await rows(engine, "SELECT 1 FROM sandbox_charges")) == 1


async def test_another_body_under_one_key_is_409(api: httpx.AsyncClient, orders: FakeOrders) -> None:
    orders.put("67890", "5.00")
    await api.post("/payments", json=CHARGE, headers={"Idempotency-Key": "my-key"})
    other = {**CHARGE, "orderId": "67890", "amount": 5.0}
    response = await api.post("/payments", json=other, headers={"Idempotency-Key": "my-key"})
    assert (response.status_code, response.json()["error"]) == (409, "idempotency_conflict")


async def test_too_little_money_is_402_every_time(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    await execute(engine, "INSERT INTO sandbox_accounts VALUES ('customer-123', 99.99)")
    for _ in range(2):
        response = await api.post("/payments", json=CHARGE)
        assert response.status_code == 402
        assert response.json() == {
            "error": "INSUFFICIENT_FUNDS",
            "message": "Payment declined due to insufficient funds",
        }


async def test_a_card_that_is_refused_is_402_and_another_try_may_bring_another(api: httpx.AsyncClient) -> None:
    refused = await api.post("/payments", json={**CHARGE, "paymentMethod": {"type": "card", "token": "tok_declined"}})
    assert (refused.status_code, refused.json()["error"]) == (402, "INSUFFICIENT_FUNDS")
    again = {"json": {**CHARGE, "paymentMethod": {"type": "card", "token": "tok_visa"}}}
    assert (await api.post("/payments", **again)).status_code == 402  # the key stands for the refusal
    other_try = await api.post("/payments", **again, headers={"Idempotency-Key": "charge:12345:1"})
    assert (other_try.status_code, other_try.json()["status"]) == (200, "COMPLETED")


async def test_an_amount_that_is_not_the_orders_is_400(api: httpx.AsyncClient) -> None:
    response = await api.post("/api/payments", json={**CHARGE, "amount": 99.0})
    assert (response.status_code, response.json()["error"]) == (400, "validation_error")
    assert response.json()["details"][0]["field"] == "amount"


async def test_an_unknown_order_is_404(api: httpx.AsyncClient) -> None:
    response = await api.post("/api/payments", json={**CHARGE, "orderId": "order-999"})
    assert response.status_code == 404
    assert response.json() == {"error": "not_found", "message": "Order not found"}


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 0},
        {"amount": -1},
        {"amount": "100.00"},
        {"amount": True},
        {"amount": 1.005},
        {"amount": 10_000_000_000},
        {"currency": "usd"},
        {"orderId": ""},
        {"customerId": None},
    ],
)
async def test_a_wrong_body_is_400(api: httpx.AsyncClient, change: dict[str, Any]) -> None:
    response = await api.post("/api/payments", json={**CHARGE, **change})
    assert (response.status_code, response.json()["error"]) == (400, "validation_error")


async def test_a_refund_pays_back_once(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    await execute(engine, "INSERT INTO sandbox_accounts VALUES ('customer-123', 100)")
    payment = (await api.post("/payments", json=CHARGE)).json()
    for _ in range(2):
        response = await api.post(f"/api/payments/{payment['id']}/refund")
        assert (response.status_code, response.json()["status"]) == (200, "REFUNDED")
    assert [float(row["balance"]) for row in await rows(engine, "SELECT balance FROM sandbox_accounts")] == [100.0]


@pytest.mark.parametrize("call", [("GET", "/api/payments/pay_9"), ("POST", "/api/payments/pay_9/refund")])
async def test_an_unknown_payment_is_404(api: httpx.AsyncClient, call: tuple[str, str]) -> None:
    response = await api.request(*call)
    assert (response.status_code, response.json()["message"]) == (404, "Payment not found")


async def test_without_the_order_service_nothing_is_charged(engine: AsyncEngine) -> None:
    down = HttpOrderClient("http://orders", transport=failing(httpx.ConnectError("nobody listens")))
    app = create_app(Settings(stage=Stage.TEST), engine=engine, order_client=down)
    async with client_of(app) as api:
        response = await api.post("/api/payments", json=CHARGE)
    assert (response.status_code, response.json()["error"]) == (503, "service_unavailable")
    assert await rows(engine, "SELECT 1 FROM payments") == []


def test_the_openapi_document_promises_400_and_never_422(app: FastAPI) -> None:
    for path in app.openapi()["paths"].values():
        for operation in path.values():
            assert "422" not in operation["responses"]
