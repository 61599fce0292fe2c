"""OrderService's."""

from typing import Any, Final

from accord import match
from gateway_calls.call import Call, broken, refusal

SERVICE: Final = "OrderService"
IN_STOCK: Final = "product prod-1 costs 10.00 and 5 are available"
IN_CART: Final = f"{IN_STOCK}, 2 of them in the cart of customer-1"
PENDING: Final = "customer-1 has the pending order order-1 of 20.00"
CANCELLED: Final = "customer-1 has the cancelled order order-1 of 20.00"
COMPLETED: Final = "customer-1 has the completed order order-1 of 20.00"
NO_MONEY: Final = f"{PENDING} and no money"
CARD: Final = {"type": "card", "token": "tok_visa"}
PAYMENT: Final = {"paymentMethod": CARD}
ADDRESS: Final = {"street": "123 Main St", "city": "Springfield", "state": "IL", "zipCode": "62701"}
FORMER_ADDRESS: Final = {"street": "123 Test St", "city": "Test City", "country": "US", "postalCode": "12345"}
LINE: Final = {"productId": "prod-1", "quantity": 2}
PAID: Final = {"orderId": match.string("order-1"), "paymentStatus": "COMPLETED"}
DECLINED: Final = refusal("INSUFFICIENT_FUNDS", "Payment declined due to insufficient funds")


def order(status: str = "pending") -> dict[str, Any]:
    """An order in the current form, as far as the world depends on it."""
    return {
        "id": match.string("order-1"),
        "orderId": match.string("order-1"),
        "status": match.regex("pending|confirmed|completed|cancelled", status),
        "totalAmount": match.decimal(20.0),
        "items": match.each_like({"productId": match.string("prod-1"), "quantity": match.integer(2)}),
    }


FORMER: Final = {
    "id": match.string("order-1"),
    "status": match.regex("PENDING|CONFIRMED|COMPLETED|CANCELLED", "PENDING"),
    "total": match.decimal(20.0),
}


def call(what: str, request: str, **more: Any) -> Call:
    return Call(provider=SERVICE, what=what, request=request, **{"state": PENDING, "caller": "customer-1", **more})


def placing(what: str, body: Any, status: int = 201, answer: Any = None, **more: Any) -> Call:
    return call(
        what, "POST /api/orders", body=body, status=status, answer=answer or order(), **{"state": IN_STOCK, **more}
    )


PLACING: Final = (
    placing("an order of 2 of prod-1", {"items": [LINE]}),
    placing("an order paid at once", {"items": [LINE], **PAYMENT}),
    placing(
        "an order to an address, with the price seen",
        {"items": [{**LINE, "unitPrice": 10.0}], "shippingAddress": ADDRESS},
    ),
    placing("an order of what is in the cart", {"shippingAddress": FORMER_ADDRESS}, state=IN_CART),
    call(
        "an order of what is in the cart in the former form", "POST /orders", state=IN_CART,
        body={"shippingAddress": FORMER_ADDRESS}, status=201, answer=FORMER,
    ),
    placing("an order of nothing", {"items": []}, 400, refusal("validation_error", "Order must have at least one item")),
    call(
        "an order of nothing in the former form", "POST /orders", state=IN_STOCK, body={"items": []},
        status=400, answer=refusal("Order must have at least one item", "Order must have at least one item"),
    ),
    placing(
        "an order of 6 of prod-1", {"items": [{**LINE, "quantity": 6}]},
        409, refusal("insufficient_inventory", "Insufficient inventory for prod-1"),
    ),
    placing(
        "an order at a price that has changed", {"items": [{**LINE, "unitPrice": 9.0}]},
        409, refusal("price_changed", "The price of prod-1 has changed"),
    ),
    placing(
        "an order while the stock cannot be asked", {"items": [LINE]},
        503, refusal("service_unavailable", "InventoryService gives no usable answer; try again"),
        state="InventoryService is away",
    ),
)  # fmt: skip
SEEING: Final = (
    call("a request for one's order", "GET /api/orders/order-1", answer=order()),
    call("a request for one's order in the former form", "GET /orders/order-1", answer=FORMER),
    call("a request for one's orders", "GET /api/orders", answer=match.each_like(order(), min=0)),
    call(
        "a request for another's order", "GET /api/orders/order-1", caller="customer-2",
        status=404, answer=refusal("not_found", "Order not found"),
    ),
    broken(SERVICE, "a request for one's order", "GET /api/orders/order-1", "customer-1"),
)  # fmt: skip
CHANGING: Final = (
    call("a payment", "POST /api/orders/order-1/pay", body=PAYMENT, answer=PAID),
    call("a payment in the former form", "POST /orders/order-1/pay", body=PAYMENT, answer=PAID),
    call("a payment without money", "POST /api/orders/order-1/pay", state=NO_MONEY, body=PAYMENT, status=402, answer=DECLINED),
    call(
        "a payment of a cancelled order", "POST /api/orders/order-1/pay", state=CANCELLED, body=PAYMENT,
        status=409, answer=refusal("invalid_state", "Cannot confirm a cancelled order"),
    ),
    call(
        "an order cancelled", "POST /api/orders/order-1/cancel", body={"reason": "changed my mind"},
        answer=order("cancelled"),
    ),
    call(
        "a completed order cancelled", "POST /api/orders/order-1/cancel", state=COMPLETED,
        body={"reason": "changed my mind"}, status=409, answer=refusal("invalid_state", "Cannot cancel"),
    ),
    call("an order confirmed by staff", "POST /api/orders/order-1/confirm", caller="boss", staff=True, answer=order("confirmed")),
    call(
        "an order confirmed by a customer", "POST /api/orders/order-1/confirm",
        status=403, answer=refusal("forbidden", "This request is for staff"),
    ),
)  # fmt: skip
CALLS: Final = (*PLACING, *SEEING, *CHANGING)
