"""UserService over HTTP."""

import logging
from http import HTTPStatus
from urllib.parse import quote

from shop.kit.remote import RemoteService, RemoteServiceError
from shop.orders.domain.saga_messages import PaymentMethod
from shop.orders.service.ports import CustomerDirectory

_log = logging.getLogger(__name__)


class HttpCustomerDirectory(RemoteService, CustomerDirectory):
    """Asks for addresses and payment methods. An order is worth more than either: it is placed without an answer."""

    participant = "UserService"

    async def email_of(self, customer_id: str) -> str:
        try:
            response = await self._call("GET", f"/api/users/{quote(customer_id, safe='')}")
            if response.status_code == HTTPStatus.NOT_FOUND:
                return ""
            if response.status_code != HTTPStatus.OK:
                raise self._unexpected(response)
            return str(self._field(self._body(response), "email"))
        except RemoteServiceError as error:
            _log.warning("nobody knows where to write to customer %s: %s", customer_id, error)
            return ""

    async def payment_method_of(self, customer_id: str) -> PaymentMethod | None:
        try:
            response = await self._call("GET", f"/api/users/{quote(customer_id, safe='')}/payment-method")
            if response.status_code == HTTPStatus.NOT_FOUND:
                return None
            if response.status_code != HTTPStatus.OK:
                raise self._unexpected(response)
            body = self._body(response)
            return PaymentMethod(str(self._field(body, "type")), str(self._field(body, "token")))
        except RemoteServiceError as error:
            _log.warning("nobody knows how customer %s pays, who has to pay by hand: %s", customer_id, error)
            return None
