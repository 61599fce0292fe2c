"""The gateway over HTTP: browse, fill a cart, order, pay, see what becomes of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from shop.storefront.answers import Address, Line, Order, OrderStatus, Session
from shop.storefront.errors import REFUSALS, TryLaterError, UnusableAnswerError

_WAIT = 1.0  # seconds, where nobody says how long


class GatewayClient:
    """One visitor at the gateway. Repeats nothing: whether an order is to be tried again, the customer decides.

    Every method raises a `GatewayClientError` when it was not done; the kind says why.

    Args:
        http: how requests travel; the caller's to close.
        url: where the gateway is.
        token: of a customer who is logged in.
    """

    def __init__(self, http: httpx.Client, url: str, token: str | None = None) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def log_in(self, email: str, password: str) -> Session:
        """Log in."""
        body = self._call("POST", "/api/auth/login", {"email": email, "password": password})
        with _reading():
            return Session(str(body["userId"]), str(body["accessToken"]))

    def available(self, product_id: str) -> int:
        """How many of a product can be had."""
        body = self._call("GET", f"/api/inventory/{quote(product_id, safe='')}")
        with _reading():
            return int(body["availableQuantity"])

    def cart(self) -> tuple[Line, ...]:
        """What is in the cart."""
        return _lines(self._call("GET", "/api/cart"))

    def put_into_cart(self, product_id: str, quantity: int) -> tuple[Line, ...]:
        """Put something into the cart; gives what is in it then."""
        return _lines(self._call("POST", "/api/cart/items", {"productId": product_id, "quantity": quantity}))

    def order(self, lines: Sequence[Line]) -> Order:
        """Order these."""
        items = [{"productId": line.product_id, "quantity": line.quantity} for line in lines]
        return _order(self._call("POST", "/api/orders", {"items": items}))

    def order_cart(self, to: Address) -> Order:
        """Order what is in the cart, which is empty then."""
        address = {"street": to.street, "city": to.city, "country": to.country, "postalCode": to.postal_code}
        return _order(self._call("POST", "/api/orders", {"shippingAddress": address}))

    def order_of(self, order_id: str) -> Order:
        """One of the customer's orders."""
        return _order(self._call("GET", _path_of(order_id)))

    def orders(self) -> list[Order]:
        """All of the customer's orders."""
        body = self._call("GET", "/api/orders")
        with _reading():
            return [_order(each) for each in body]

    def pay(self, order_id: str, card_token: str) -> None:
        """Pay an order by a card."""
        method = {"type": "card", "token": card_token}
        body = self._call("POST", f"{_path_of(order_id)}/pay", {"paymentMethod": method})
        with _reading():
            if body["paymentStatus"] != "COMPLETED":
                raise ValueError(body["paymentStatus"])

    def cancel(self, order_id: str, reason: str) -> Order:
        """Cancel an order."""
        return _order(self._call("POST", f"{_path_of(order_id)}/cancel", {"reason": reason}))

    def _call(self, method: str, path: str, body: object = None) -> Any:
        try:
            answer = self._http.request(method, self._url + path, json=body, headers=self._headers)
        except httpx.HTTPError as error:
            raise TryLaterError("no_answer", f"The shop gives no answer: {error!r}", _WAIT) from error
        with _reading():
            content = answer.json()
            if answer.is_success:
                return content
            code, message = str(content["error"]), str(content["message"])
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or answer.is_server_error:
            raise TryLaterError(code, message, _wait_of(answer))
        if answer.status_code in REFUSALS:
            raise REFUSALS[answer.status_code](code, message)
        raise UnusableAnswerError(f"{answer.status_code} to {method} {path}: {message}")


def _path_of(order_id: str) -> str:
    return f"/api/orders/{quote(order_id, safe='')}"


def _wait_of(answer: httpx.Response) -> float:
    seconds = answer.headers.get("retry-after", "")
    return float(seconds) if seconds.isdecimal() else _WAIT


def _lines(body: Any) -> tuple[Line, ...]:
    with _reading():
        return tuple(Line(str(each["productId"]), int(each["quantity"])) for each in body["items"])


def _order(body: Any) -> Order:
    with _reading():
        return Order(str(body["orderId"]), OrderStatus(body["status"]), _lines(body))


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise UnusableAnswerError(f"an answer that cannot be read: {error!r}") from error
