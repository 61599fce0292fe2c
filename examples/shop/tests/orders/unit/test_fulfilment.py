from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from shop_doubles.moments import StoppedClock
from shop_doubles.orders import FakeInventory, FakeOrderRepository, FakePayments, FakePricing, an_item

from shop.orders.domain.errors import (
    ConcurrentModificationError,
    InsufficientInventoryError,
    OrderNotFoundError,
    OrderStateError,
    PaymentDeclinedError,
)
from shop.orders.domain.order import Order, OrderStatus
from shop.orders.domain.pricing import Quote
from shop.orders.service.fulfilment import OrderFulfilment
from shop.orders.service.placing import OrderService
from shop.orders.service.ports import PaymentReceipt, PaymentRequest, RequestedItem


class RacingPayments(FakePayments):
    """Something happens to the order while it is charged."""

    def __init__(self, meanwhile: Callable[[str], Any]) -> None:
        super().__init__()
        self._meanwhile = meanwhile

    async def process_payment(self, request: PaymentRequest) -> PaymentReceipt:
        await self._meanwhile(request.order_id)
        return await super().process_payment(request)


class Shop:
    """A placed order, and what can be done with it."""

    def __init__(self, payments: FakePayments | None = None, discount: str = "0.00") -> None:
        self.repository = FakeOrderRepository()
        self.inventory = FakeInventory(p1=10)
        self.payments = payments or FakePayments()
        pricing = FakePricing(Quote((an_item("p1"),), Decimal(discount)))
        self.orders = OrderService(self.repository, pricing, self.inventory)
        self.fulfilment = OrderFulfilment(
            self.orders,
            self.repository,
            self.inventory,
            self.payments,
            clock=StoppedClock(),
        )

    async def place(self) -> Order:
        return await self.orders.create_order("c-1", [RequestedItem("p1", 2)])

    async def stored(self, order: Order) -> Order:
        return await self.orders.get_order(order.id)


class TestPay:
    async def test_charges_the_total_and_confirms(self) -> None:
        shop = Shop()
        order = await shop.place()
        paid = await shop.fulfilment.pay(order.id, visible_to="c-1")
        assert (paid.status, paid.payment_id) == (OrderStatus.CONFIRMED, "pay_1")
        assert await shop.stored(order) == paid
        assert shop.inventory.committed == {order.id}
        assert [receipt.amount for receipt in shop.payments.charges.values()] == [order.total_amount]

    async def test_nothing_owed_is_nothing_charged(self) -> None:
        shop = Shop(discount="20.00")
        order = await shop.place()
        for _ in range(2):
            paid = await shop.fulfilment.pay(order.id)
            assert (paid.status, paid.payment_id) == (OrderStatus.CONFIRMED, None)
        assert shop.payments.charges == {}

    async def test_again_charges_nothing(self) -> None:
        shop = Shop()
        order = await shop.place()
        first = await shop.fulfilment.pay(order.id)
        assert await shop.fulfilment.pay(order.id) == first
        assert len(shop.payments.charges) == 1

    async def test_a_refusal_leaves_the_order_pending_and_its_stock_held(self) -> None:
        shop = Shop(FakePayments(has_funds=False))
        order = await shop.place()
        with pytest.raises(PaymentDeclinedError, match="INSUFFICIENT_FUNDS"):
            await shop.fulfilment.pay(order.id)
        stored = await shop.stored(order)
        assert (stored.status, stored.payment_id) == (OrderStatus.PENDING, None)
        assert shop.inventory.held == {order.id: {"p1": 2}}

    async def test_a_try_after_a_refusal_is_a_new_charge(self) -> None:
        shop = Shop(FakePayments(has_funds=False))
        order = await shop.place()
        with pytest.raises(PaymentDeclinedError):
            await shop.fulfilment.pay(order.id)
        shop.payments.has_funds = True
        await shop.fulfilment.pay(order.id)
        assert list(shop.payments.charges) == [(order.id, 1)]

    async def test_a_crash_before_storing_does_not_charge_twice(self) -> None:
        shop = Shop()
        order = await shop.place()
        store, shop.repository.save = shop.repository.save, crash  # type: ignore[method-assign]
        with pytest.raises(ConnectionError):
            await shop.fulfilment.pay(order.id)
        shop.repository.save = store  # type: ignore[method-assign]
        paid = await shop.fulfilment.pay(order.id)
        assert paid.payment_id == "pay_1"
        assert len(shop.payments.charges) == 1

    async def test_refuses_a_cancelled_order(self) -> None:
        shop = Shop()
        order = await shop.place()
        await shop.fulfilment.cancel(order.id, "changed my mind")
        with pytest.raises(OrderStateError, match="Cannot pay for a cancelled order"):
            await shop.fulfilment.pay(order.id)
        assert shop.payments.charges == {}

    async def test_refuses_when_the_hold_expired_and_the_stock_is_gone(self) -> None:
        shop = Shop()
        order = await shop.place()
        await shop.inventory.release(order.id)
        shop.inventory.set_available("p1", 0)
        with pytest.raises(InsufficientInventoryError):
            await shop.fulfilment.pay(order.id)
        assert shop.payments.charges == {}

    async def test_an_order_cancelled_while_it_is_charged_is_paid_back(self) -> None:
        async def cancel(order_id: str) -> None:
            await shop.fulfilment.cancel(order_id, "changed my mind")

        shop = Shop(RacingPayments(cancel))
        order = await shop.place()
        with pytest.raises(OrderStateError, match="Cannot pay for a cancelled order"):
            await shop.fulfilment.pay(order.id)
        assert shop.payments.refunds == ["pay_1"]
        assert shop.inventory.available == {"p1": 10}

    async def test_of_two_payments_at_once_both_get_the_one_charge(self) -> None:
        async def pay_too(order_id: str) -> None:
            if not shop.payments.charges:
                shop.payments.charges[order_id, 0] = PaymentReceipt(
                    "pay_1", order_id, "COMPLETED", order.total_amount, ""
                )
                await shop.fulfilment.pay(order_id)

        shop = Shop(RacingPayments(pay_too))
        order = await shop.place()
        assert (await shop.fulfilment.pay(order.id)).payment_id == "pay_1"

    async def test_an_order_confirmed_while_it_is_charged_is_a_conflict(self) -> None:
        async def confirm(order_id: str) -> None:
            await shop.fulfilment.confirm(order_id)

        shop = Shop(RacingPayments(confirm))
        order = await shop.place()
        with pytest.raises(ConcurrentModificationError):
            await shop.fulfilment.pay(order.id)


class TestConfirm:
    async def test_makes_the_hold_final(self) -> None:
        shop = Shop()
        order = await shop.place()
        confirmed = await shop.fulfilment.confirm(order.id)
        assert confirmed.status is OrderStatus.CONFIRMED
        assert shop.inventory.committed == {order.id}

    async def test_again_changes_nothing(self) -> None:
        shop = Shop()
        order = await shop.place()
        await shop.fulfilment.confirm(order.id)
        assert (await shop.fulfilment.confirm(order.id)).version == 2

    async def test_refuses_a_cancelled_order_and_holds_nothing(self) -> None:
        shop = Shop()
        order = await shop.place()
        await shop.fulfilment.cancel(order.id, "changed my mind")
        with pytest.raises(OrderStateError, match="Cannot confirm a cancelled order"):
            await shop.fulfilment.confirm(order.id)
        assert shop.inventory.held == {}


class TestCancel:
    async def test_gives_the_stock_back(self) -> None:
        shop = Shop()
        order = await shop.place()
        await shop.fulfilment.cancel(order.id, "changed my mind")
        assert shop.inventory.available == {"p1": 10}
        assert (await shop.stored(order)).cancel_reason == "changed my mind"

    async def test_pays_a_paid_order_back(self) -> None:
        shop = Shop()
        order = await shop.place()
        await shop.fulfilment.pay(order.id)
        await shop.fulfilment.cancel(order.id, "changed my mind")
        assert shop.payments.refunds == ["pay_1"]
        assert shop.inventory.available == {"p1": 10}

    async def test_again_changes_nothing(self) -> None:
        shop = Shop()
        order = await shop.place()
        await shop.fulfilment.cancel(order.id, "changed my mind")
        assert (await shop.fulfilment.cancel(order.id, "again")).cancel_reason == "changed my mind"

    async def test_refuses_a_completed_order(self) -> None:
        shop = Shop()
        order = await shop.place()
        await shop.fulfilment.confirm(order.id)
        stored = await shop.stored(order)
        stored.complete()
        await shop.repository.save(stored)
        with pytest.raises(OrderStateError, match="Cannot cancel a completed order"):
            await shop.fulfilment.cancel(order.id, "too late")
        assert shop.inventory.committed == {order.id}

    async def test_another_customers_order_does_not_exist(self) -> None:
        shop = Shop()
        order = await shop.place()
        for step in (
            shop.fulfilment.pay(order.id, visible_to="c-2"),
            shop.fulfilment.cancel(order.id, "mine now", visible_to="c-2"),
        ):
            with pytest.raises(OrderNotFoundError):
                await step


async def crash(_order: Order) -> None:
    raise ConnectionError("the database is down")
