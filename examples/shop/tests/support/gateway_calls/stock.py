"""InventoryService's."""

from typing import Any, Final

from accord import match
from gateway_calls.call import Call, broken, refusal

SERVICE: Final = "InventoryService"
IN_STOCK: Final = "product prod-1 costs 10.00 and 5 are available"
LEVEL: Final = {"productId": match.string("prod-1"), "availableQuantity": match.integer(5)}
NEW_LEVEL: Final = {"productId": match.string("prod-1"), "availableQuantity": match.integer(7)}


def call(what: str, request: str, **more: Any) -> Call:
    return Call(provider=SERVICE, what=what, request=request, **{"state": IN_STOCK, **more})


CALLS: Final = (
    call("a request for a stock level", "GET /api/inventory/prod-1", answer=LEVEL),
    call("a request for a stock level in the former form", "GET /inventory/prod-1", answer=LEVEL),
    call(
        "a request for the stock level of nothing", "GET /api/inventory/prod-9", state="nothing is held for order-9",
        status=404, answer=refusal("not_found", "Product not found"),
    ),
    call(
        "7 of prod-1 on the shelf", "PUT /api/inventory/prod-1", body={"quantity": 7},
        caller="boss", staff=True, answer=NEW_LEVEL,
    ),
    call(
        "7 of prod-1 on the shelf, at 12.00", "PUT /api/inventory/prod-1",
        body={"quantity": 7, "name": "Widget", "unitPrice": 12.0}, caller="boss", staff=True, answer=NEW_LEVEL,
    ),
    call(
        "less than nothing on the shelf", "PUT /api/inventory/prod-1", body={"quantity": -1},
        caller="boss", staff=True, status=400, answer=refusal("validation_error", "body.quantity"),
    ),
    broken(SERVICE, "a request for a stock level", "GET /api/inventory/prod-1"),
)  # fmt: skip
