"""OrderService whole while InventoryService fails: nothing is stored, nothing is said."""

import httpx
import pytest
from shop_doubles.clients import answering, client_of, failing
from shop_doubles.databases import rows
from shop_doubles.orders import FakeCarts, FakeCatalogue, FakeCustomers, FakePayments
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.orders.adapters.inventory_client import HttpInventoryClient
from shop.orders.main import create_app
from shop.orders.settings import Settings

ORDER = {"items": [{"productId": "prod-1", "quantity": 1}], "paymentMethod": {"type": "card", "token": "tok_visa"}}


@pytest.mark.parametrize(
    "transport",
    [
        answering(500, {"error": "internal_error"}),
        answering(200, content=b"not JSON"),
        answering(200, {"unexpected": True}),
        failing(httpx.ReadTimeout("too slow")),
        failing(httpx.ConnectError("nobody there")),
    ],
    ids=["5xx", "malformed", "another shape", "time-out", "unreachable"],
)
async def test_is_503_and_leaves_nothing_behind(
    settings: Settings,
    engine: AsyncEngine,
    transport: httpx.MockTransport,
) -> None:
    app = create_app(
        settings,
        engine=engine,
        inventory_client=HttpInventoryClient("http://inventory", transport=transport),
        payment_client=FakePayments(),
        catalogue=FakeCatalogue.of({"prod-1": "10.00"}),
        customers=FakeCustomers(),
        cart_client=FakeCarts(),
    )
    async with client_of(app, {"X-User-Id": "customer-1"}) as api:
        answer = await api.post("/api/orders", json=ORDER)
        refused = await api.post("/api/orders", json={"items": []})
    assert (answer.status_code, answer.json()["error"]) == (503, "service_unavailable")
    assert refused.status_code == 400
    left = "SELECT id FROM orders UNION ALL SELECT order_id FROM sagas UNION ALL SELECT event_id FROM outbox"
    assert await rows(engine, left) == []
