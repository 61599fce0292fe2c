"""The gateway over HTTP: browse, fill a cart, order, pay, see what becomes of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from shop.storefront.answers import Address, Line, Order, OrderStatus, Session
from shop.storefront.errors import REFUSALS, NotThereError, TryLaterError, UnusableAnswerError

_WAIT = 1.0  # seconds, where nobody says how long
_Kind = TypeVar("_Kind")


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
            return Session(_a(str, body["userId"]), _a(str, body["accessToken"]))

    def available(self, product_id: str) -> int:
        """How many of a product can be had."""
        body = self._call("GET", f"/api/inventory/{_segment(product_id)}")
        with _reading():
            return _a(int, body["availableQuantity"])

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
            return [_order(each) for each in _a(list, body)]

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
        if answer.is_success:
            with _reading():
                return answer.json()
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or answer.is_server_error:
            raise _later(answer)
        code, message = _reason_of(answer)
        if answer.status_code in REFUSALS:
            raise REFUSALS[answer.status_code](code, message)
        raise UnusableAnswerError(f"{answer.status_code} to {method} {path}: {message}")


def _path_of(order_id: str) -> str:
    return f"/api/orders/{_segment(order_id)}"


def _segment(name: str) -> str:
    if name in {"", ".", ".."}:  # however they are written, another path is asked for
        raise NotThereError("not_found", f"nothing has the id {name!r}")
    return quote(name, safe="")


def _later(answer: httpx.Response) -> TryLaterError:
    try:
        code, message = _reason_of(answer)
    except UnusableAnswerError:  # a load balancer's, say
        code, message = f"http_{answer.status_code}", f"The shop answers {answer.status_code}."
    return TryLaterError(code, message, _wait_of(answer))


def _reason_of(answer: httpx.Response) -> tuple[str, str]:
    with _reading():
        content = answer.json()
        return _a(str, content["error"]), _a(str, content["message"])


def _wait_of(answer: httpx.Response) -> float:
    seconds = answer.headers.get("retry-after", "")
    return float(seconds) if seconds.isdecimal() else _WAIT


def _lines(body: Any) -> tuple[Line, ...]:
    with _reading():
        return tuple(Line(_a(str, each["productId"]), _a(int, each["quantity"])) for each in _a(list, body["items"]))


def _order(body: Any) -> Order:
    with _reading():
        return Order(_a(str, body["orderId"]), OrderStatus(body["status"]), _lines(body))


def _a(kind: type[_Kind], value: Any) -> _Kind:
    if not isinstance(value, kind) or isinstance(value, bool):  # True is an int, but no quantity
        raise TypeError(f"expected {kind.__name__}, saw {type(value).__name__}")
    return value


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise UnusableAnswerError(f"an answer that cannot be read: {error!r}") from error
