"""What OrderService tells the rest of the shop: a contract of its own, whatever the API calls its fields."""

import httpx
from shop_doubles.databases import rows
from sqlalchemy.ext.asyncio import AsyncEngine


async def test_writes_exactly_one_event(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    order = {"items": [{"productId": "prod-1", "quantity": 2}, {"productId": "prod-2", "quantity": 1}]}
    placed = (await api.post("/api/orders", json=order, headers={"X-User-Id": "customer-1"})).json()
    (event,) = await rows(engine, "SELECT aggregate_id, event_type, payload, published_at FROM outbox")
    assert (event["aggregate_id"], event["event_type"]) == (placed["id"], "order.placed")
    assert event["published_at"] is None
    assert event["payload"]["timestamp"] == placed["placedAt"]
    assert event["payload"]["data"] == {
        "orderId": placed["id"],
        "customerId": "customer-1",
        "customerEmail": "customer-1@example.com",
        "totalAmount": 45.0,
        "items": [
            {"productName": "Product prod-1", "quantity": 2},
            {"productName": "Product prod-2", "quantity": 1},
        ],
    }
