"""PaymentService over HTTP."""

from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from shop.kit.remote import RemoteService
from shop.kit.wire import wire_money
from shop.orders.domain.errors import PaymentDeclinedError
from shop.orders.service.ports import PaymentClient, PaymentReceipt, PaymentRequest


class HttpPaymentClient(RemoteService, PaymentClient):
    """Charges and pays back."""

    participant = "PaymentService"

    async def process_payment(self, request: PaymentRequest) -> PaymentReceipt:
        body: dict[str, Any] = {
            "orderId": request.order_id,
            "amount": wire_money(request.amount),
            "currency": request.currency,
            "customerId": request.customer_id,
        }
        if request.method is not None:
            body["paymentMethod"] = {"type": request.method.type, "token": request.method.token}
        # The first try goes under PaymentService's own default; one after a refusal must be a new charge.
        retried = {"Idempotency-Key": f"charge:{request.order_id}:{request.attempt}"} if request.attempt else {}
        response = await self._call("POST", "/payments", json=body, headers=retried)
        answer = self._body(response)
        if response.status_code == HTTPStatus.PAYMENT_REQUIRED:
            raise PaymentDeclinedError(str(self._field(answer, "error")), str(self._field(answer, "message")))
        if response.status_code != HTTPStatus.OK:
            raise self._unexpected(response)
        with self._reading():
            return PaymentReceipt(
                id=str(self._field(answer, "id")),
                order_id=str(self._field(answer, "orderId")),
                status=str(self._field(answer, "status")),
                amount=Decimal(str(self._field(answer, "amount"))),
                processed_at=str(self._field(answer, "processedAt")),
            )

    async def refund_payment(self, payment_id: str) -> None:
        response = await self._call("POST", f"/api/payments/{quote(payment_id, safe='')}/refund")
        if response.status_code != HTTPStatus.OK:
            raise self._unexpected(response)
