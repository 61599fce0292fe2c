"""What a customer does, over HTTP; shared by the journeys."""

from typing import Any

import httpx

from accord import poll_until
from shop.storefront.answers import Line
from shop.storefront.gateway_client import GatewayClient
from whole_shop import WholeShop
from whole_shop.seeding import Customer


class Visit:
    """A customer at the gateway, by the client of a shop front; `call` for what that does not know."""

    def __init__(self, shop: WholeShop, who: Customer) -> None:
        self._shop = shop
        self._who = who
        self.front = GatewayClient(shop.front, shop.gateway, who.token)

    def call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self._shop.browser.request(method, self._shop.gateway + path, json=body, headers=self._who.headers)

    def order(self, product_id: str, quantity: int = 1) -> str:
        """Place an order; gives its id."""
        return self.front.order([Line(product_id, quantity)]).id

    def status_of(self, order_id: str) -> str:
        return self.front.order_of(order_id).status

    def wait_for(self, order_id: str, status: str) -> None:
        """Wait until the order is in this state."""

        def is_there() -> bool:
            seen = self.status_of(order_id)
            assert seen == status
            return True

        poll_until(is_there, timeout=30, description=f"order {order_id} to be {status}")

    def available(self, product_id: str) -> int:
        return self.front.available(product_id)


def notifications(shop: WholeShop, order_id: str) -> list[dict[str, Any]]:
    """What the customer was written about an order."""
    url = f"{shop.url_of('notifications')}/api/notifications"
    found: list[dict[str, Any]] = shop.browser.get(url, params={"orderId": order_id}).raise_for_status().json()
    return found


def wait_for_notification(shop: WholeShop, order_id: str) -> None:
    """Wait until the customer was written about an order."""
    poll_until(lambda: notifications(shop, order_id), timeout=30, description=f"a notification of order {order_id}")
