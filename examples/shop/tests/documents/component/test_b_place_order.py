"""Document B, "Component Tests": Place Order (Component Test)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.clients import client_of
from shop_doubles.databases import rows
from shop_doubles.orders import FakeCarts, FakeCatalogue, FakeCustomers, FakeInventory, FakePayments, RecordingPublisher
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.settings import Stage
from shop.orders.main import create_app
from shop.orders.settings import Settings

HEADERS = {"Authorization": "Bearer test-token", "X-User-Id": "user-123"}
ADDRESS = {"street": "123 Main", "city": "X", "state": "IL", "zipCode": "62701"}


@pytest.fixture
def event_publisher() -> RecordingPublisher:
    return RecordingPublisher()


@pytest.fixture
def inventory_client() -> FakeInventory:
    return FakeInventory()


@pytest.fixture
def app(engine: AsyncEngine, event_publisher: RecordingPublisher, inventory_client: FakeInventory) -> FastAPI:
    return create_app(
        Settings(stage=Stage.TEST),
        engine=engine,
        event_publisher=event_publisher,
        inventory_client=inventory_client,
        payment_client=FakePayments(),
        catalogue=FakeCatalogue.of({"prod-1": "10.00", "prod-2": "25.00"}),
        customers=FakeCustomers(),
        cart_client=FakeCarts(),
    )


@pytest.fixture
async def request_(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, HEADERS) as client:
        yield client


async def published(app: FastAPI, event_publisher: RecordingPublisher) -> list[dict[str, Any]]:
    """What reached the bus. Events pass through the outbox; the relay is told to hand over what is there."""
    await app.state.relay.drain()
    return [event.as_dict() for event in event_publisher.published_events]


# Document B, "should create an order and publish OrderPlaced event"
async def test_should_create_an_order_and_publish_order_placed_event(
    app: FastAPI,
    request_: httpx.AsyncClient,
    engine: AsyncEngine,
    inventory_client: FakeInventory,
    event_publisher: RecordingPublisher,
) -> None:
    inventory_client.set_available("prod-1", 100)
    inventory_client.set_available("prod-2", 50)
    response = await request_.post(
        "/api/orders",
        json={
            "items": [
                {"productId": "prod-1", "quantity": 2, "unitPrice": 10.00},
                {"productId": "prod-2", "quantity": 1, "unitPrice": 25.00},
            ],
            "shippingAddress": {"street": "123 Main St", "city": "Springfield", "state": "IL", "zipCode": "62701"},
        },
    )
    # B: Assert - HTTP response
    assert response.status_code == 201
    body = response.json()
    assert isinstance(body["orderId"], str)
    assert body["status"] == "pending"
    assert body["totalAmount"] == 45.00
    # B: Assert - database state
    order_in_db = await rows(engine, "SELECT * FROM orders WHERE id = :id", id=body["orderId"])
    assert len(order_in_db) == 1
    assert order_in_db[0]["status"] == "pending"
    assert float(order_in_db[0]["total_amount"]) == 45.00
    # B: Assert - event published
    events = await published(app, event_publisher)
    assert len(events) == 1
    assert events[0]["eventType"] == "order.placed"
    assert events[0]["data"]["orderId"] == body["orderId"]
    assert events[0]["data"]["customerId"] == "user-123"
    assert events[0]["data"]["totalAmount"] == 45.00


# Document B, "should return 400 when items are empty"
async def test_should_return_400_when_items_are_empty(
    app: FastAPI,
    request_: httpx.AsyncClient,
    event_publisher: RecordingPublisher,
) -> None:
    response = await request_.post("/api/orders", json={"items": [], "shippingAddress": ADDRESS})
    assert response.status_code == 400
    assert response.json()["error"] == "validation_error"
    assert await published(app, event_publisher) == []


# Document B, "should return 409 when inventory is insufficient"
async def test_should_return_409_when_inventory_is_insufficient(
    request_: httpx.AsyncClient,
    inventory_client: FakeInventory,
) -> None:
    inventory_client.set_available("prod-1", 1)
    response = await request_.post(
        "/api/orders",
        json={"items": [{"productId": "prod-1", "quantity": 2, "unitPrice": 10.00}], "shippingAddress": ADDRESS},
    )
    assert response.status_code == 409
    assert response.json()["error"] == "insufficient_inventory"


# Document B, "should handle concurrent order placement"
async def test_should_handle_concurrent_order_placement(
    request_: httpx.AsyncClient,
    inventory_client: FakeInventory,
) -> None:
    inventory_client.set_available("prod-1", 5)
    order = {"items": [{"productId": "prod-1", "quantity": 1, "unitPrice": 10.00}], "shippingAddress": ADDRESS}
    responses = await asyncio.gather(*(request_.post("/api/orders", json=order) for _ in range(10)))
    successes = [response for response in responses if response.status_code == 201]
    failures = [response for response in responses if response.status_code == 409]
    assert len(successes) == 5
    assert len(failures) == 5
