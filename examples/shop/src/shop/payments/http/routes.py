"""The routes: an internal port, which needs no user's token."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request

from shop.kit.errors import error_answers
from shop.payments.http.schemas import ChargeIn, PaymentOut, RefundOut
from shop.payments.service.charging import PaymentService


def _service(request: Request) -> PaymentService:
    service: PaymentService = request.app.state.payments
    return service


Service = Annotated[PaymentService, Depends(_service)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]

routes = APIRouter(tags=["payments"])
"""Included twice: under /api, and without it for callers of the former form, whose bodies are the same."""


@routes.post("/payments", responses=error_answers(400, 402, 404, 409))
async def charge(body: ChargeIn, service: Service, key: Key = None) -> PaymentOut:
    """Take the money for an order; the same key gives the same answer."""
    token = body.payment_method.token if body.payment_method else None
    return PaymentOut.of(await service.charge(body.as_charge(), key, token=token))


@routes.get("/payments/{payment_id}", responses=error_answers(404))
async def payment(payment_id: str, service: Service) -> PaymentOut:
    """One payment."""
    return PaymentOut.of(await service.get_payment(payment_id))


@routes.post("/payments/{payment_id}/refund", responses=error_answers(400, 404))
async def refund(payment_id: str, service: Service) -> RefundOut:
    """Pay back; twice pays back once."""
    refunded = await service.refund(payment_id)
    return RefundOut.of(refunded, refunded.refunded_at or refunded.processed_at)
