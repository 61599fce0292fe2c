"""The bodies of PaymentService."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from shop.kit.wire import Money, Name, Timestamp, WireModel
from shop.payments.domain.payment import Charge, Payment


class PaymentMethodIn(WireModel):
    """How the customer pays."""

    type: Name
    token: Name


class ChargeIn(WireModel):
    """A request to take money for an order; without a payment method the customer's account decides."""

    order_id: Name
    amount: Annotated[Money, Field(gt=0)]
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
    customer_id: Name
    payment_method: PaymentMethodIn | None = None

    def as_charge(self) -> Charge:
        return Charge(self.order_id, self.amount, self.currency, self.customer_id)


class PaymentOut(WireModel):
    """A payment that went through."""

    id: str
    order_id: str
    status: str
    amount: Money
    processed_at: Timestamp

    @classmethod
    def of(cls, payment: Payment) -> Self:
        return cls(
            id=payment.id,
            order_id=payment.charge.order_id,
            status=payment.status.value,
            amount=payment.charge.amount,
            processed_at=payment.processed_at,
        )


class RefundOut(WireModel):
    """A payment that was paid back."""

    id: str
    order_id: str
    status: str
    amount: Money
    refunded_at: Timestamp

    @classmethod
    def of(cls, payment: Payment, refunded_at: datetime) -> Self:
        return cls(
            id=payment.id,
            order_id=payment.charge.order_id,
            status="REFUNDED",
            amount=payment.charge.amount,
            refunded_at=refunded_at,
        )
