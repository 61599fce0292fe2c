"""Charging and paying back: each as often as asked for, but only once in effect.

A payment is stored as pending before the acquirer is asked and settled afterwards. A crash in between leaves it
pending; the next request under the key asks the acquirer again, who answers as before.
"""

from uuid import uuid4

from shop.payments.domain.errors import (
    IdempotencyConflictError,
    PaymentDeclinedError,
    PaymentNotFoundError,
)
from shop.payments.domain.payment import Charge, Payment, PaymentStatus
from shop.payments.service.ports import Acquirer, Clock, IdFactory, OrderClient, PaymentRepository


class PaymentService:
    """Charges and pays back.

    Args:
        repository: keeps payments.
        orders: says what an order costs.
        acquirer: moves the money.
        clock: the present moment.
        new_id: makes payment ids; random ones when left out.
    """

    def __init__(
        self,
        repository: PaymentRepository,
        orders: OrderClient,
        acquirer: Acquirer,
        *,
        clock: Clock,
        new_id: IdFactory | None = None,
    ) -> None:
        self._repository = repository
        self._orders = orders
        self._acquirer = acquirer
        self._clock = clock
        self._new_id = new_id or (lambda: f"pay_{uuid4().hex}")

    async def find_charge(self, charge: Charge) -> Payment | None:
        """What became of a charge, if it was ever asked for under its own key."""
        return await self._repository.find_by_key(charge.default_key)

    async def charge(self, charge: Charge, key: str | None = None, *, token: str | None = None) -> Payment:
        """Take the money for an order; the same charge under the same key gives the same answer.

        Args:
            charge: what to take.
            key: the idempotency key; the charge's own when left out.
            token: what the acquirer knows the customer's card by; it decides about a customer without one.

        Raises:
            OrderNotFoundError: there is no such order.
            InvalidChargeError: the charge does not fit the order.
            PaymentDeclinedError: the customer has too little.
            IdempotencyConflictError: the key stands for another charge.
            AlreadyChargedError: the order was charged under another key.
        """
        key = key or charge.default_key
        payment = await self._repository.find_by_key(key) or await self._opened(charge, key)
        if payment.charge != charge:
            raise IdempotencyConflictError(key)
        if payment.status is PaymentStatus.PENDING:
            payment = await self._settled(payment, token)
        if payment.status is PaymentStatus.DECLINED:
            raise PaymentDeclinedError(payment.id, charge.amount)
        return payment

    async def refund(self, payment_id: str) -> Payment:
        """Pay back; a refunded payment stays as it is.

        Raises:
            PaymentNotFoundError: there is no such payment.
            InvalidChargeError: it never took money.
        """
        payment = await self.get_payment(payment_id)
        refunded = payment.refunded(self._clock())
        await self._acquirer.refund(payment.key)
        return await self._repository.store_refund(refunded)

    async def get_payment(self, payment_id: str) -> Payment:
        """One payment.

        Raises:
            PaymentNotFoundError: there is no such payment.
        """
        payment = await self._repository.find_by_id(payment_id)
        if payment is None:
            raise PaymentNotFoundError(payment_id)
        return payment

    async def _opened(self, charge: Charge, key: str) -> Payment:
        order = await self._orders.get_order(charge.order_id)
        charge.must_fit(order.total_amount, order.customer_id)
        return await self._repository.open(Payment(self._new_id(), key, charge, self._clock()))

    async def _settled(self, payment: Payment, token: str | None) -> Payment:
        charge = payment.charge
        approved = await self._acquirer.charge(payment.key, charge.customer_id, charge.amount, charge.currency, token)
        return await self._repository.settle(payment.settled(approved=approved, at=self._clock()))
