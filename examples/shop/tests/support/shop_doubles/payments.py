"""PaymentService's ports as fakes, and charges to test with."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from shop.payments.domain.errors import AlreadyChargedError, OrderNotFoundError
from shop.payments.domain.payment import Charge, Payment, PaymentStatus
from shop.payments.service.ports import Acquirer, OrderClient, OrderDetails, OrderLine, PaymentRepository
from shop_doubles.moments import NOON


def a_charge(**changes: Any) -> Charge:
    """100.00 dollars for order 12345 of customer-123."""
    charge = Charge("12345", Decimal("100.00"), "USD", "customer-123")
    return replace(charge, **changes)


class FakeOrders(OrderClient):
    """Orders in memory."""

    def __init__(self) -> None:
        self.orders: dict[str, OrderDetails] = {}

    def put(self, order_id: str, total: str, customer_id: str = "customer-123") -> None:
        amount = Decimal(total)
        line = OrderLine("prod-1", 1, amount)
        self.orders[order_id] = OrderDetails(order_id, customer_id, "pending", amount, (line,), NOON)

    async def get_order(self, order_id: str) -> OrderDetails:
        if order_id not in self.orders:
            raise OrderNotFoundError(order_id)
        return self.orders[order_id]


class FakePaymentRepository(PaymentRepository):
    """Payments in memory, with the real one's two uniqueness rules."""

    def __init__(self) -> None:
        self.payments: dict[str, Payment] = {}

    async def find_by_key(self, key: str) -> Payment | None:
        return next((payment for payment in self.payments.values() if payment.key == key), None)

    async def find_by_id(self, payment_id: str) -> Payment | None:
        return self.payments.get(payment_id)

    async def open(self, payment: Payment) -> Payment:
        if stored := await self.find_by_key(payment.key):
            return stored
        if any(_takes_money(other, payment.charge.order_id) for other in self.payments.values()):
            raise AlreadyChargedError(payment.charge.order_id)
        return self.payments.setdefault(payment.id, payment)

    async def settle(self, payment: Payment) -> Payment:
        if self.payments[payment.id].status is PaymentStatus.PENDING:
            self.payments[payment.id] = payment
        return self.payments[payment.id]

    async def store_refund(self, payment: Payment) -> Payment:
        if self.payments[payment.id].refunded_at is None:
            self.payments[payment.id] = payment
        return self.payments[payment.id]


class FakeAcquirer(Acquirer):
    """Accounts in memory; a customer without one has enough. It can lose its answer, as a network does."""

    def __init__(self, **balances: str) -> None:
        self.balances = {customer: Decimal(balance) for customer, balance in balances.items()}
        self.answers: dict[str, bool] = {}
        self.taken: dict[str, Decimal] = {}
        self.loses_answer = False

    async def charge(
        self,
        key: str,
        customer_id: str,
        amount: Decimal,
        currency: str,
        token: str | None = None,
    ) -> bool:
        if key not in self.answers:
            self.answers[key] = self.balances.get(customer_id, amount) >= amount
            if self.answers[key]:
                self.taken[key] = amount
                self.balances[customer_id] = self.balances.get(customer_id, amount) - amount
        if self.loses_answer:
            self.loses_answer = False
            raise ConnectionError("the acquirer's answer was lost")
        return self.answers[key]

    async def refund(self, key: str) -> None:
        self.taken.pop(key, None)


def _takes_money(payment: Payment, order_id: str) -> bool:
    takes = payment.status is not PaymentStatus.DECLINED and payment.refunded_at is None
    return takes and payment.charge.order_id == order_id
