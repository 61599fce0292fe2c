"""What happens to an order once it is placed: paid, confirmed, cancelled.

Every step may be repeated after a crash: holds, charges and refunds act once however often they are asked for, and the
order is stored last, so that a repeated request finds it as it was and ends what was begun. Where there is a saga it
ends the rest: a charge whose request crashed, and all that a cancelled order has to give back.
"""

from datetime import datetime

from shop.orders.domain.errors import ConcurrentModificationError, OrderStateError, PaymentDeclinedError
from shop.orders.domain.order import Order, OrderStatus
from shop.orders.domain.saga_messages import PaymentMethod
from shop.orders.service.placing import OrderService
from shop.orders.service.ports import (
    Clock,
    InventoryClient,
    OrderRepository,
    PaymentClient,
    PaymentRequest,
    RequestedItem,
)


class OrderFulfilment:
    """Pays, confirms and cancels orders.

    Args:
        orders: finds them.
        repository: keeps them.
        inventory: holds their stock.
        payments: charges and pays back.
        clock: the present moment; the domain's own when left out.
        currency: what the shop's prices are in.
        has_sagas: whether a saga pays back and releases what a cancelled order has; else it is done here.
    """

    def __init__(
        self,
        orders: OrderService,
        repository: OrderRepository,
        inventory: InventoryClient,
        payments: PaymentClient,
        *,
        clock: Clock | None = None,
        currency: str = "USD",
        has_sagas: bool = False,
    ) -> None:
        self._orders = orders
        self._repository = repository
        self._inventory = inventory
        self._payments = payments
        self._clock = clock
        self._currency = currency
        self._has_sagas = has_sagas

    async def pay(
        self,
        order_id: str,
        method: PaymentMethod | None = None,
        *,
        visible_to: str | None = None,
    ) -> Order:
        """Charge the customer and confirm the order; a paid order stays as it is. Nothing owed is nothing charged.

        Args:
            order_id: which.
            method: how the customer pays; PaymentService decides when left out.
            visible_to: the customer who asks, to whom others' orders do not exist; None sees all.

        Raises:
            OrderNotFoundError: there is none, or it is another customer's.
            OrderStateError: the order is cancelled, completed or was confirmed without a payment.
            InsufficientInventoryError: the hold expired and the stock is gone.
            PaymentDeclinedError: the payment was refused; the order stays pending.
        """
        order = await self._orders.get_order(order_id, visible_to=visible_to)
        if order.status is OrderStatus.CONFIRMED and (order.payment_id or not order.total_amount):
            return order
        if order.status is not OrderStatus.PENDING:
            raise OrderStateError(f"Cannot pay for a {order.status} order")
        await self._hold(order)
        payment_id = await self._charge(order, method) if order.total_amount else None
        order.paid(payment_id, self._now())
        await self._inventory.commit(order.id)
        try:
            await self._repository.save(order)
        except ConcurrentModificationError:
            return await self._after_lost_race(order.id, payment_id)
        except OrderStateError:  # the order's time was up while the customer paid
            await self._give_back(order.id, payment_id)
            raise
        return order

    async def confirm(self, order_id: str) -> Order:
        """Confirm an order without a payment; a confirmed order stays as it is.

        Raises:
            OrderNotFoundError: there is none.
            OrderStateError: the order is cancelled or completed.
            InsufficientInventoryError: the hold expired and the stock is gone.
        """
        order = await self._orders.get_order(order_id)
        if order.status is OrderStatus.CONFIRMED:
            return order
        order.confirm(self._now())
        await self._hold(order)
        await self._inventory.commit(order.id)
        try:
            await self._repository.save(order)
        except OrderStateError:
            await self._give_back(order.id, None)
            raise
        return order

    async def cancel(self, order_id: str, reason: str, *, visible_to: str | None = None) -> Order:
        """Cancel an order, pay back what was paid, give the stock back; a cancelled order stays as it is.

        Raises:
            OrderNotFoundError: there is none, or it is another customer's.
            OrderStateError: the order is completed.
        """
        order = await self._orders.get_order(order_id, visible_to=visible_to)
        if order.status is OrderStatus.CANCELLED:
            return order
        order.cancel(reason, self._now())
        if not self._has_sagas:
            await self._give_back(order.id, order.payment_id)
        await self._repository.save(order)
        return order

    async def _after_lost_race(self, order_id: str, payment_id: str | None) -> Order:
        """Somebody changed the order while it was charged: money may not stay with an order that was cancelled."""
        stored = await self._orders.get_order(order_id)
        if stored.status is OrderStatus.CANCELLED:
            await self._give_back(order_id, payment_id)
            raise OrderStateError("Cannot pay for a cancelled order")
        if stored.payment_id != payment_id:
            raise ConcurrentModificationError(order_id)
        return stored

    async def _give_back(self, order_id: str, payment_id: str | None) -> None:
        if payment_id:
            await self._payments.refund_payment(payment_id)
        await self._inventory.release(order_id)

    async def _hold(self, order: Order) -> None:
        items = [RequestedItem(item.product_id, item.quantity) for item in order.items]
        await self._inventory.reserve(order.id, items)

    async def _charge(self, order: Order, method: PaymentMethod | None) -> str:
        request = PaymentRequest(
            order_id=order.id,
            amount=order.total_amount,
            currency=self._currency,
            customer_id=order.customer_id,
            attempt=order.declined_payments,
            method=method,
        )
        try:
            receipt = await self._payments.process_payment(request)
        except PaymentDeclinedError:
            order.payment_declined()
            await self._repository.save(order)
            raise
        return receipt.id

    def _now(self) -> datetime | None:
        return self._clock() if self._clock else None
