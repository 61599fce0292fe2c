"""Document A, "API Integration Tests": Order API Integration."""

from collections.abc import AsyncIterator

import httpx
import pytest
from shop_doubles.clients import client_of
from shop_doubles.orders import FakeCarts, FakeCatalogue, FakeCustomers, FakeInventory, FakePayments
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.settings import Stage
from shop.orders.main import create_app
from shop.orders.settings import Settings

AUTHORIZED = {"Authorization": "Bearer test-token"}  # A: getTestAuthToken


@pytest.fixture
async def request_(engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(
        Settings(stage=Stage.TEST),
        engine=engine,
        inventory_client=FakeInventory(**{"product-1": 100, "p1": 100}),
        payment_client=FakePayments(),
        catalogue=FakeCatalogue.of({"product-1": "50.00", "p1": "10.00"}),
        customers=FakeCustomers(),
        cart_client=FakeCarts(),
    )
    async with client_of(app) as client:
        yield client


class TestPostOrders:
    # Document A, "should create order and return 201"
    async def test_should_create_order_and_return_201(self, request_: httpx.AsyncClient) -> None:
        order_data = {"items": [{"productId": "product-1", "quantity": 2}]}
        response = await request_.post("/orders", json=order_data, headers=AUTHORIZED)
        assert response.status_code == 201
        body = response.json()
        assert isinstance(body["id"], str)
        assert body["status"] == "PENDING"
        assert "product-1" in [item["productId"] for item in body["items"]]

    # Document A, "should return 400 for invalid order data"
    async def test_should_return_400_for_invalid_order_data(self, request_: httpx.AsyncClient) -> None:
        response = await request_.post("/orders", json={"items": []}, headers=AUTHORIZED)
        assert response.status_code == 400
        assert "at least one item" in response.json()["error"]

    # Document A, "should return 401 without auth token"
    async def test_should_return_401_without_auth_token(self, request_: httpx.AsyncClient) -> None:
        response = await request_.post("/orders", json={"items": [{"productId": "p1", "quantity": 1}]})
        assert response.status_code == 401


class TestGetOrdersId:
    # Document A, "should return order by id"
    async def test_should_return_order_by_id(self, request_: httpx.AsyncClient) -> None:
        order_data = {"items": [{"productId": "p1", "quantity": 1}]}
        create_response = await request_.post("/orders", json=order_data, headers=AUTHORIZED)
        order_id = create_response.json()["id"]
        response = await request_.get(f"/orders/{order_id}", headers=AUTHORIZED)
        assert response.status_code == 200
        assert response.json()["id"] == order_id

    # Document A, "should return 404 for non-existent order"
    async def test_should_return_404_for_non_existent_order(self, request_: httpx.AsyncClient) -> None:
        response = await request_.get("/orders/non-existent-id", headers=AUTHORIZED)
        assert response.status_code == 404
