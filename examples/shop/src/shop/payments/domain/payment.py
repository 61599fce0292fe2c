"""A payment and the charge that asked for it."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self

from shop.payments.domain.errors import InvalidChargeError

CENT = Decimal("0.01")


class PaymentStatus(StrEnum):
    """Where a charge stands."""

    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class Charge:
    """A request to take money for an order. Two charges are the same when all their fields are."""

    order_id: str
    amount: Decimal
    currency: str
    customer_id: str

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or self.amount <= 0 or self.amount != self.amount.quantize(CENT):
            raise InvalidChargeError("amount", f"An amount is positive and has at most two decimals: {self.amount}")

    @property
    def default_key(self) -> str:
        """The idempotency key of a caller that sends none: one charge for each order."""
        return f"charge:{self.order_id}"

    def must_fit(self, order_total: Decimal, order_customer: str) -> None:
        """Hold the charge against its order.

        Raises:
            InvalidChargeError: another amount, or another customer.
        """
        if self.amount != order_total:
            raise InvalidChargeError("amount", f"Amount {self.amount} is not the order's total {order_total}")
        if self.customer_id != order_customer:
            raise InvalidChargeError("customerId", "The order belongs to another customer")


@dataclass(frozen=True, slots=True)
class Payment:
    """A charge under its key, and what became of it."""

    id: str
    key: str
    charge: Charge
    processed_at: datetime
    status: PaymentStatus = PaymentStatus.PENDING
    refunded_at: datetime | None = None

    def settled(self, *, approved: bool, at: datetime) -> Self:
        """The payment with the bank's answer; one that has its answer stays as it is."""
        if self.status is not PaymentStatus.PENDING:
            return self
        status = PaymentStatus.COMPLETED if approved else PaymentStatus.DECLINED
        return replace(self, status=status, processed_at=at)

    def refunded(self, at: datetime) -> Self:
        """The payment paid back; once is enough.

        Raises:
            InvalidChargeError: it never took money.
        """
        if self.status is not PaymentStatus.COMPLETED:
            raise InvalidChargeError("status", f"A {self.status} payment cannot be refunded")
        return self if self.refunded_at else replace(self, refunded_at=at)
