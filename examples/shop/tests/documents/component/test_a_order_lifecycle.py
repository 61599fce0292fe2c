"""Document A, "Component Testing": Order Service Component Test."""

from shop_doubles.clients import client_of
from shop_doubles.orders import FakeCarts, FakeCatalogue, FakeCustomers, FakeInventory, FakePayments
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.settings import Stage
from shop.orders.main import create_app
from shop.orders.settings import Settings

AUTHORIZED = {"Authorization": "Bearer test-token"}


# Document A, "Order Lifecycle", "should complete full order flow"
async def test_should_complete_full_order_flow(engine: AsyncEngine) -> None:
    app = create_app(
        Settings(stage=Stage.TEST),
        engine=engine,
        inventory_client=FakeInventory(**{"product-1": 10}),
        payment_client=FakePayments(),
        catalogue=FakeCatalogue.of({"product-1": "50.00"}),
        customers=FakeCustomers(),
        cart_client=FakeCarts(),
    )
    async with client_of(app, AUTHORIZED) as request_:
        # A: 1. Create order
        order = {"customerId": "customer-123", "items": [{"productId": "product-1", "quantity": 2}]}
        create_response = await request_.post("/orders", json=order)
        assert create_response.status_code == 201
        order_id = create_response.json()["id"]
        assert create_response.json()["status"] == "PENDING"
        # A: 2. Confirm order
        confirm_response = await request_.post(f"/orders/{order_id}/confirm")
        assert confirm_response.status_code == 200
        # A: 3. Check order status
        status_response = await request_.get(f"/orders/{order_id}")
        assert status_response.status_code == 200
        assert status_response.json()["status"] == "CONFIRMED"
