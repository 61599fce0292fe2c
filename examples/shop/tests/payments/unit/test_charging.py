from decimal import Decimal

import pytest
from shop_doubles.moments import StoppedClock
from shop_doubles.payments import FakeAcquirer, FakeOrders, FakePaymentRepository, a_charge

from shop.payments.domain.errors import (
    AlreadyChargedError,
    IdempotencyConflictError,
    InvalidChargeError,
    OrderNotFoundError,
    PaymentDeclinedError,
    PaymentNotFoundError,
)
from shop.payments.domain.payment import PaymentStatus
from shop.payments.service.charging import PaymentService

POOR = {"customer-123": "0.00"}


class Payments:
    """A payment service and its doubles."""

    def __init__(self, **balances: str) -> None:
        self.repository = FakePaymentRepository()
        self.orders = FakeOrders()
        self.orders.put("12345", "100.00")
        self.acquirer = FakeAcquirer(**balances)
        self.service = PaymentService(self.repository, self.orders, self.acquirer, clock=StoppedClock())


class TestCharge:
    async def test_takes_the_money_once(self) -> None:
        payments = Payments()
        payment = await payments.service.charge(a_charge())
        assert payment.status is PaymentStatus.COMPLETED
        assert payment.id.startswith("pay_")
        assert payments.acquirer.taken == {"charge:12345": Decimal("100.00")}

    @pytest.mark.parametrize("key", [None, "my-key"])
    async def test_the_same_key_gives_the_same_answer(self, key: str | None) -> None:
        payments = Payments()
        first = await payments.service.charge(a_charge(), key)
        assert await payments.service.charge(a_charge(), key) == first
        assert len(payments.acquirer.taken) == 1

    async def test_a_refusal_is_repeated_too(self) -> None:
        payments = Payments(**POOR)
        for _ in range(2):
            with pytest.raises(PaymentDeclinedError, match="Payment declined due to insufficient funds") as refusal:
                await payments.service.charge(a_charge())
            assert refusal.value.code == "INSUFFICIENT_FUNDS"
            payments.acquirer.balances["customer-123"] = Decimal(1000)
        assert payments.acquirer.taken == {}

    async def test_a_new_key_after_a_refusal_is_a_new_charge(self) -> None:
        payments = Payments(**POOR)
        with pytest.raises(PaymentDeclinedError):
            await payments.service.charge(a_charge())
        payments.acquirer.balances["customer-123"] = Decimal(1000)
        payment = await payments.service.charge(a_charge(), "charge:12345:1")
        assert payment.status is PaymentStatus.COMPLETED

    async def test_another_charge_under_the_key_is_a_conflict(self) -> None:
        payments = Payments()
        payments.orders.put("67890", "100.00")
        await payments.service.charge(a_charge(), "my-key")
        with pytest.raises(IdempotencyConflictError, match="my-key"):
            await payments.service.charge(a_charge(order_id="67890"), "my-key")

    async def test_another_key_for_a_charged_order_is_refused(self) -> None:
        payments = Payments()
        await payments.service.charge(a_charge())
        with pytest.raises(AlreadyChargedError):
            await payments.service.charge(a_charge(), "other-key")
        assert len(payments.acquirer.taken) == 1

    async def test_an_amount_that_is_not_the_orders_is_refused(self) -> None:
        payments = Payments()
        with pytest.raises(InvalidChargeError, match=r"Amount 99\.99 is not the order's total 100\.00"):
            await payments.service.charge(a_charge(amount=Decimal("99.99")))
        assert payments.repository.payments == {}

    async def test_an_unknown_order_is_refused(self) -> None:
        with pytest.raises(OrderNotFoundError, match="Order not found"):
            await Payments().service.charge(a_charge(order_id="order-999"))

    async def test_an_answer_lost_on_the_way_is_asked_for_again(self) -> None:
        payments = Payments()
        payments.acquirer.loses_answer = True
        with pytest.raises(ConnectionError):
            await payments.service.charge(a_charge())
        assert (await payments.service.charge(a_charge())).status is PaymentStatus.COMPLETED
        assert payments.acquirer.taken == {"charge:12345": Decimal("100.00")}


class TestRefund:
    async def test_pays_back_once(self) -> None:
        payments = Payments()
        payment = await payments.service.charge(a_charge())
        refunded = await payments.service.refund(payment.id)
        assert refunded.refunded_at
        assert await payments.service.refund(payment.id) == refunded
        assert payments.acquirer.taken == {}

    async def test_the_charge_still_gives_the_same_answer(self) -> None:
        payments = Payments()
        payment = await payments.service.charge(a_charge())
        await payments.service.refund(payment.id)
        assert (await payments.service.charge(a_charge())).status is PaymentStatus.COMPLETED
        assert payments.acquirer.taken == {}

    async def test_an_unknown_payment_is_refused(self) -> None:
        with pytest.raises(PaymentNotFoundError, match="Payment not found"):
            await Payments().service.refund("pay_999")
