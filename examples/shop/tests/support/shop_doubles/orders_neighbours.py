"""What OrderService's neighbours answer when all is well."""

from accord.stub import Namespace, equal_to_json


def hold(state: str) -> dict[str, object]:
    lines = [{"productId": "prod-1", "quantity": 2}]
    return {"orderId": "order-1", "state": state, "expiresAt": "2025-01-15T10:45:00.000Z", "items": lines}


def all_is_well(stubs: Namespace) -> None:
    question = {"items": [{"productId": "prod-1", "quantity": 2}]}
    stubs.when("POST", "/api/inventory/availability", body=equal_to_json(question)).answer(
        200, json={"items": [{"productId": "prod-1", "requested": 2, "available": True, "availableQuantity": 2}]}
    )
    product = {"productId": "prod-1", "name": "Widget", "unitPrice": 10.0}
    stubs.when("GET", "/api/products?id=prod-1").answer(200, json={"items": [product]})
    stubs.when("POST", "/api/reservations").answer(201, json=hold("held"))
    stubs.when("POST", "/api/reservations/{id}/commit").answer(200, json=hold("committed"))
    stubs.when("DELETE", "/api/reservations/{id}").answer(204)
    stubs.when("GET", "/api/users/{id}").answer(
        200, json={"id": "customer-1", "name": "Ada", "email": "ada@example.com"}
    )
    stubs.when("GET", "/api/users/{id}/payment-method").answer(404, json={"error": "not_found", "message": "none"})
    cart = {"items": [{"productId": "prod-1", "quantity": 2}], "version": 3}
    stubs.when("GET", "/api/cart").answer(200, json=cart)
    stubs.when("DELETE", "/api/cart?version=3").answer(204)
    stubs.when("POST", "/payments").answer(
        200,
        json={
            "id": "pay_1",
            "orderId": "12345",
            "status": "COMPLETED",
            "amount": 20.0,
            "processedAt": "2025-01-15T10:30:00.000Z",
        },
    )
