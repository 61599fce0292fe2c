"""CartService over HTTP."""

from http import HTTPStatus

from shop.kit.remote import RemoteService
from shop.orders.service.ports import CartClient, CartContents, RequestedItem


class HttpCartClient(RemoteService, CartClient):
    """Asks for carts and empties them, in the name of the customer."""

    participant = "CartService"

    async def contents(self, customer_id: str) -> CartContents:
        response = await self._call("GET", "/api/cart", headers={"X-User-Id": customer_id})
        if response.status_code != HTTPStatus.OK:
            raise self._unexpected(response)
        body = self._body(response)
        with self._reading():
            items = [
                RequestedItem(str(self._field(line, "productId")), int(self._field(line, "quantity")))
                for line in self._field(body, "items")
            ]
            return CartContents(tuple(items), int(self._field(body, "version")))

    async def empty(self, customer_id: str, version: int) -> None:
        response = await self._call(
            "DELETE",
            "/api/cart",
            params={"version": version},
            headers={"X-User-Id": customer_id},
        )
        if response.status_code not in {HTTPStatus.NO_CONTENT, HTTPStatus.CONFLICT}:
            raise self._unexpected(response)
