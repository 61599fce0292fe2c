"""The journeys of both documents, on the whole shop: seven processes, their databases, the bus."""

from collections.abc import Callable

import httpx
from whole_shop import WholeShop
from whole_shop.journeys import Visit, notifications, wait_for_notification
from whole_shop.seeding import Customer

from accord import poll_until

ADDRESS = {"street": "123 Test St", "city": "Test City", "country": "US", "postalCode": "12345"}


# Document A, "Complete Checkout Journey"
def test_from_the_cart_to_a_confirmed_order(shop: WholeShop, bob: Customer, product: Callable[..., str]) -> None:
    visit, pen = Visit(shop, bob), product(10)
    # A: should add items to cart
    cart = visit.call("POST", "/cart/items", {"productId": pen, "quantity": 2})
    assert cart.status_code == 200
    assert len(cart.json()["items"]) == 1
    # A: should create order from cart
    placed = visit.call("POST", "/orders", {"shippingAddress": ADDRESS})
    assert placed.status_code == 201
    order_id = placed.json()["id"]
    assert placed.json()["status"] == "PENDING"
    # A: should process payment
    method = {"paymentMethod": {"type": "card", "token": "tok_visa"}}
    paid = visit.call("POST", f"/orders/{order_id}/pay", method)
    assert paid.status_code == 200
    assert paid.json()["paymentStatus"] == "COMPLETED"

    # A: should show order as confirmed; "wait for async processing", but never longer than it takes
    def confirmed() -> bool:
        order = visit.call("GET", f"/orders/{order_id}").json()
        return order["status"] == "CONFIRMED" and order["paymentId"] is not None

    poll_until(confirmed, timeout=30, description="the order to be confirmed")
    # A: should update inventory
    level = visit.call("GET", f"/inventory/{pen}")
    assert level.status_code == 200
    assert level.json()["availableQuantity"] == 8
    assert visit.call("GET", "/cart").json()["items"] == []


# Document B, "should complete full order lifecycle"
def test_an_order_confirms_by_itself(shop: WholeShop, ada: Customer, product: Callable[..., str]) -> None:
    # B: wait for all services to be healthy
    for name in ("gateway", "orders", "inventory", "payments"):
        assert httpx.get(f"{shop.url_of(name)}/health").is_success
    # B: 1. ensure product exists in inventory
    visit, pen = Visit(shop, ada), product(100)
    # B: 2. place order through the gateway
    address = {"street": "123 E2E St", "city": "Test", "state": "TS", "zipCode": "00000"}
    body = {"items": [{"productId": pen, "quantity": 2, "unitPrice": 10.00}], "shippingAddress": address}
    response = visit.call("POST", "/api/orders", body)
    assert response.status_code == 201
    order_id = response.json()["orderId"]
    # B: 3. wait for order to be confirmed
    visit.wait_for(order_id, "confirmed")
    # B: 4. verify inventory was reserved
    assert visit.available(pen) == 98
    # B: 5. verify notification was sent
    wait_for_notification(shop, order_id)
    sent = notifications(shop, order_id)
    assert [each["type"] for each in sent] == ["order_confirmation"]
