"""OrderService over HTTP."""

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from shop.kit.callers import DEVELOPMENT_TOKEN
from shop.kit.remote import RemoteService
from shop.payments.domain.errors import OrderNotFoundError
from shop.payments.service.ports import OrderClient, OrderDetails, OrderLine


class HttpOrderClient(RemoteService, OrderClient):
    """Asks for an order's details.

    Args:
        base_url: where OrderService listens.
        token: what this service shows of itself; the development token when left out.
        client: an `httpx.AsyncClient` to use; it stays the caller's to close.
        transport: how requests travel when no client is given; real HTTP when left out.
        timeout: seconds for a whole call.
    """

    participant = "OrderService"

    def __init__(
        self,
        base_url: str,
        *,
        token: str = DEVELOPMENT_TOKEN,
        client: httpx.AsyncClient | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = 5.0,
    ) -> None:
        super().__init__(base_url, client=client, transport=transport, timeout=timeout)
        self._token = token

    async def get_order(self, order_id: str) -> OrderDetails:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {self._token}"}
        response = await self._call("GET", f"/api/orders/{quote(order_id, safe='')}", headers=headers)
        if response.status_code == HTTPStatus.NOT_FOUND:
            raise OrderNotFoundError(order_id)
        if response.status_code != HTTPStatus.OK:
            raise self._unexpected(response)
        body = self._body(response)
        with self._reading():
            return OrderDetails(
                id=str(self._field(body, "id")),
                customer_id=str(self._field(body, "customerId")),
                status=str(self._field(body, "status")),
                total_amount=Decimal(str(self._field(body, "totalAmount"))),
                items=tuple(self._line(line) for line in self._field(body, "items")),
                placed_at=datetime.fromisoformat(str(self._field(body, "placedAt"))),
            )

    def _line(self, line: Any) -> OrderLine:
        return OrderLine(
            str(self._field(line, "productId")),
            int(self._field(line, "quantity")),
            Decimal(str(self._field(line, "unitPrice"))),
        )
