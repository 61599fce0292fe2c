"""CartService's."""

from typing import Any, Final

from accord import match
from gateway_calls.call import Call, broken, refusal

SERVICE: Final = "CartService"
EMPTY: Final = "the cart of customer-1 is empty"
FULL: Final = "2 of product prod-1 are in the cart of customer-1, which is at version 3"
PENS: Final = {"productId": "prod-1", "quantity": 2}


def cart(least: int = 1) -> dict[str, Any]:
    line = {"productId": match.string("prod-1"), "quantity": match.integer(2)}
    return {"items": match.each_like(line, min=least), "version": match.integer(3)}


def call(what: str, request: str, **more: Any) -> Call:
    return Call(provider=SERVICE, what=what, request=request, caller="customer-1", **{"state": FULL, **more})


CALLS: Final = (
    call("a request for one's cart", "GET /api/cart", answer=cart(0)),
    call("a request for one's cart in the former form", "GET /cart", answer=cart(0)),
    call("a product put into the cart", "POST /api/cart/items", state=EMPTY, body=PENS, answer=cart()),
    call("a product put into the cart in the former form", "POST /cart/items", state=EMPTY, body=PENS, answer=cart()),
    call(
        "nothing put into the cart", "POST /api/cart/items", state=EMPTY, body={**PENS, "quantity": 0},
        status=400, answer=refusal("validation_error", "body.quantity"),
    ),
    call("another quantity in the cart", "PUT /api/cart/items/prod-1", body={"quantity": 5}, answer=cart()),
    call(
        "a product taken out that is not in the cart", "DELETE /api/cart/items/prod-9",
        status=404, answer=refusal("not_found", "Not in the cart"),
    ),
    call("a product taken out of the cart", "DELETE /api/cart/items/prod-1", answer=cart(0)),
    call("everything taken out of the cart", "DELETE /api/cart", status=204),
    broken(SERVICE, "a request for one's cart", "GET /api/cart", "customer-1"),
)  # fmt: skip
