"""The commands that PaymentService takes, and what it says about payments, whoever asked for them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final
from uuid import uuid4

from pydantic import Field

from shop.kit.consumer import Handler, RefusedMessageError, Reply, data_of
from shop.kit.envelope import Envelope
from shop.kit.wire import Money, WireModel, wire_money, wire_time
from shop.payments.domain.errors import InvalidChargeError, PaymentDeclinedError, PaymentError, PaymentNotFoundError
from shop.payments.domain.payment import Charge, Payment, PaymentStatus
from shop.payments.service.charging import PaymentService
from shop.payments.service.ports import Clock

READS: Final = ("payments.commands",)
EVENTS: Final = "payments.events"
CHANNEL_OF: Final[Mapping[str, str]] = {
    "payment-charged": EVENTS,
    "payment-failed": EVENTS,
    "payment-refunded": EVENTS,
}
"""Where each message goes."""


class _Method(WireModel):
    type: str
    token: str


class _Charge(WireModel):
    order_id: str
    customer_id: str
    amount: Annotated[Money, Field(gt=0)]
    currency: str
    payment_method: _Method


class _Refund(WireModel):
    order_id: str
    payment_id: str


class PaymentCommands:
    """Does what commands ask for.

    What comes of a charge or a refund the repository says, in the transaction that stores it, for requests and commands
    alike. Left to be said here is what leaves nothing to store, and again what was said before to another command.

    Args:
        payments: does it.
        clock: the present moment.
    """

    def __init__(self, payments: PaymentService, clock: Clock) -> None:
        self._payments = payments
        self._clock = clock

    def handlers(self) -> dict[str, Handler]:
        """For each type of command who handles it. The acquirer is asked: there is no one transaction for all."""
        return {
            "charge-payment": Handler(self.charge, in_transaction=False),
            "refund-payment": Handler(self.refund, in_transaction=False),
        }

    async def charge(self, command: Envelope) -> Sequence[Reply]:
        """Take the money for an order."""
        wanted = data_of(command, _Charge)
        charge = Charge(wanted.order_id, wanted.amount, wanted.currency, wanted.customer_id)
        before = await self._payments.find_charge(charge)
        try:
            payment = await self._payments.charge(charge, token=wanted.payment_method.token)
        except PaymentDeclinedError as declined:
            if before is None or before.status is PaymentStatus.PENDING:
                return ()
            return [Reply(wanted.order_id, failed(wanted.order_id, declined.code, str(declined), self._clock()))]
        except PaymentError as refused:
            return [Reply(wanted.order_id, failed(wanted.order_id, _code(refused), str(refused), self._clock()))]
        return [Reply(wanted.order_id, told(payment))] if before == payment else ()

    async def refund(self, command: Envelope) -> Sequence[Reply]:
        """Pay back."""
        wanted = data_of(command, _Refund)
        try:
            before = await self._payments.get_payment(wanted.payment_id)
            payment = await self._payments.refund(wanted.payment_id)
        except (PaymentNotFoundError, InvalidChargeError) as error:
            raise RefusedMessageError(f"payment {wanted.payment_id} cannot be paid back: {error}") from error
        return [Reply(wanted.order_id, told(payment))] if before == payment else ()


def told(payment: Payment) -> Envelope:
    """The message that tells how a payment stands."""
    charge = payment.charge
    data: dict[str, Any] = {"orderId": charge.order_id, "paymentId": payment.id, "amount": wire_money(charge.amount)}
    if payment.refunded_at:
        data["refundedAt"] = wire_time(payment.refunded_at)
        return Envelope(str(uuid4()), "payment-refunded", payment.refunded_at, data)
    if payment.status is PaymentStatus.DECLINED:
        declined = PaymentDeclinedError(payment.id, charge.amount)
        return failed(charge.order_id, declined.code, str(declined), payment.processed_at)
    data["processedAt"] = wire_time(payment.processed_at)
    return Envelope(str(uuid4()), "payment-charged", payment.processed_at, data)


def failed(order_id: str, code: str, reason: str, at: Any) -> Envelope:
    """The message that no money was taken."""
    return Envelope(str(uuid4()), "payment-failed", at, {"orderId": order_id, "code": code, "reason": reason})


def _code(error: PaymentError) -> str:
    """`AlreadyChargedError` becomes `already_charged`."""
    name = type(error).__name__.removesuffix("Error")
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
