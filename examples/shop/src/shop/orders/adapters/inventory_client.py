"""InventoryService over HTTP: stock and the catalogue."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from shop.kit.remote import RemoteService
from shop.orders.domain.errors import InsufficientInventoryError, ItemShortage
from shop.orders.service.ports import (
    Catalogue,
    InventoryClient,
    ItemAvailability,
    Product,
    RequestedItem,
)


class HttpInventoryClient(RemoteService, InventoryClient):
    """Asks for stock, holds it, gives it back."""

    participant = "InventoryService"

    async def check_availability(self, items: Sequence[RequestedItem]) -> list[ItemAvailability]:
        response = await self._call("POST", "/api/inventory/availability", json={"items": _lines(items)})
        if response.status_code != HTTPStatus.OK:
            raise self._unexpected(response)
        with self._reading():
            return [
                ItemAvailability(
                    str(self._field(line, "productId")),
                    bool(self._field(line, "available")),
                    int(self._field(line, "availableQuantity")),
                )
                for line in self._field(self._body(response), "items")
            ]

    async def reserve(self, order_id: str, items: Sequence[RequestedItem]) -> None:
        body = {"orderId": order_id, "items": _lines(items)}
        response = await self._call("POST", "/api/reservations", json=body)
        if response.status_code == HTTPStatus.CONFLICT:
            answer = self._body(response)
            if self._field(answer, "error") == "insufficient_inventory":
                with self._reading():
                    shortages = [self._shortage(line) for line in self._field(answer, "details")]
                raise InsufficientInventoryError(shortages)
        if response.status_code != HTTPStatus.CREATED:
            raise self._unexpected(response)

    async def commit(self, order_id: str) -> None:
        response = await self._call("POST", f"/api/reservations/{quote(order_id, safe='')}/commit")
        if response.status_code != HTTPStatus.OK:
            raise self._unexpected(response)

    async def release(self, order_id: str) -> None:
        response = await self._call("DELETE", f"/api/reservations/{quote(order_id, safe='')}")
        if response.status_code != HTTPStatus.NO_CONTENT:
            raise self._unexpected(response)

    def _shortage(self, line: Any) -> ItemShortage:
        return ItemShortage(
            str(self._field(line, "productId")),
            int(self._field(line, "requested")),
            int(self._field(line, "available")),
        )


class HttpCatalogue(RemoteService, Catalogue):
    """Looks products up."""

    participant = "InventoryService"

    async def find(self, product_ids: Sequence[str]) -> Mapping[str, Product]:
        response = await self._call("GET", "/api/products", params={"id": list(product_ids)})
        if response.status_code != HTTPStatus.OK:
            raise self._unexpected(response)
        with self._reading():
            products = [
                Product(
                    str(self._field(line, "productId")),
                    str(self._field(line, "name")),
                    Decimal(str(self._field(line, "unitPrice"))),
                )
                for line in self._field(self._body(response), "items")
            ]
        return {product.product_id: product for product in products}


def _lines(items: Sequence[RequestedItem]) -> list[dict[str, Any]]:
    return [{"productId": item.product_id, "quantity": item.quantity} for item in items]
