"""Ordering what is in the cart."""

import logging

from shop.orders.domain.order import Address, Order
from shop.orders.domain.saga_messages import PaymentMethod
from shop.orders.service.placing import OrderService
from shop.orders.service.ports import CartClient

_log = logging.getLogger(__name__)


class Checkout:
    """Makes orders of carts.

    Args:
        orders: takes them.
        carts: have what customers mean to buy.
    """

    def __init__(self, orders: OrderService, carts: CartClient) -> None:
        self._orders = orders
        self._carts = carts

    async def order_cart(
        self,
        customer_id: str,
        *,
        discount_code: str | None = None,
        shipping_address: Address | None = None,
        payment_method: PaymentMethod | None = None,
    ) -> Order:
        """Place an order for what is in the cart, and empty the cart.

        Raises:
            ValidationError: nothing is in it.
            OrderError: whatever else refuses an order; the cart stays as it is.
        """
        cart = await self._carts.contents(customer_id)
        order = await self._orders.create_order(
            customer_id,
            cart.items,
            discount_code=discount_code,
            shipping_address=shipping_address,
            payment_method=payment_method,
        )
        await self._empty_quietly(customer_id, cart.version)
        return order

    async def _empty_quietly(self, customer_id: str, version: int) -> None:
        try:
            await self._carts.empty(customer_id, version)
        except Exception:  # noqa: BLE001 - the order stands; a cart that is still full the customer can see
            _log.exception("could not empty the cart of customer %s, whose order is placed", customer_id)
