"""Taking orders and showing them."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from shop.orders.domain.discounts import discount_for
from shop.orders.domain.errors import (
    InsufficientInventoryError,
    ItemShortage,
    OrderNotFoundError,
    ValidationError,
)
from shop.orders.domain.money import ZERO
from shop.orders.domain.order import Address, Order
from shop.orders.domain.pricing import Quote
from shop.orders.domain.saga_messages import PaymentMethod
from shop.orders.service.ports import (
    Clock,
    CustomerDirectory,
    IdFactory,
    InventoryClient,
    OrderRepository,
    PricingService,
    RequestedItem,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PlacingPolicy:
    """What this shop allows.

    Args:
        most_items: lines an order may have.
        charges_at_once: whether an order with a payment method is charged without being asked; it takes a saga.
    """

    most_items: int = 50
    charges_at_once: bool = False


class Discountable(Protocol):
    """What a discount is taken off."""

    @property
    def subtotal(self) -> Decimal: ...

    @property
    def shipping(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Charges:
    """The amounts of an order that does not exist yet."""

    subtotal: Decimal
    shipping: Decimal = ZERO


class OrderService:
    """Takes orders.

    Args:
        repository: keeps them.
        pricing: prices them.
        inventory: says what is there and holds it.
        customers: knows whom to write to; nobody when left out.
        clock: the present moment; the domain's own when left out.
        new_id: makes order ids; the domain's own when left out.
        policy: what this shop allows.
    """

    def __init__(
        self,
        repository: OrderRepository,
        pricing: PricingService,
        inventory: InventoryClient,
        *,
        customers: CustomerDirectory | None = None,
        clock: Clock | None = None,
        new_id: IdFactory | None = None,
        policy: PlacingPolicy | None = None,
    ) -> None:
        self._repository = repository
        self._pricing = pricing
        self._inventory = inventory
        self._customers = customers
        self._clock = clock
        self._new_id = new_id
        self._policy = policy or PlacingPolicy()

    async def create_order(
        self,
        customer_id: str,
        items: Sequence[RequestedItem],
        *,
        discount_code: str | None = None,
        shipping_address: Address | None = None,
        payment_method: PaymentMethod | None = None,
    ) -> Order:
        """Place an order: stock is asked before prices, and held before anything is stored.

        Without a payment method the customer's stored one is used, if there is one.

        Raises:
            ValidationError: no items, too many, or something unknown among them.
            InsufficientInventoryError: stock is short; nothing was priced or stored.
            PriceChangedError: a sent price is not the catalogue's.
        """
        self._refuse_wrong_count(items)
        await self._refuse_shortage(items)
        quote = await self._pricing.calculate(items, customer_id, discount_code)
        order = await self._placed(customer_id, quote, shipping_address, payment_method)
        try:
            await self._inventory.reserve(order.id, items)
            await self._repository.create_order(order)
        except InsufficientInventoryError:
            raise
        except Exception:  # of a hold whose answer was lost nobody knows whether it is there
            await self._release_quietly(order.id)
            raise
        return order

    def calculate_discount(self, order: Discountable, discount_code: str) -> Decimal:
        """What a code takes off an order.

        Raises:
            InvalidDiscountError: the shop honours no such code.
        """
        return discount_for(discount_code, subtotal=order.subtotal, shipping=order.shipping)

    async def get_order(self, order_id: str, *, visible_to: str | None = None) -> Order:
        """One order.

        Args:
            order_id: which.
            visible_to: the customer who asks, to whom others' orders do not exist; None sees all.

        Raises:
            OrderNotFoundError: there is none, or it is another customer's.
        """
        order = await self._repository.find_by_id(order_id)
        if order is None or visible_to not in {None, order.customer_id}:
            raise OrderNotFoundError(order_id)
        return order

    async def list_orders(self, customer_id: str, limit: int = 100) -> list[Order]:
        """The customer's orders, the newest first."""
        return await self._repository.find_by_customer_id(customer_id, limit)

    def _refuse_wrong_count(self, items: Sequence[RequestedItem]) -> None:
        if not items:
            raise ValidationError("Order must have at least one item")
        if len(items) > self._policy.most_items:
            raise ValidationError(f"Order cannot have more than {self._policy.most_items} items")

    async def _refuse_shortage(self, items: Sequence[RequestedItem]) -> None:
        requested = {item.product_id: 0 for item in items}
        for item in items:
            requested[item.product_id] += item.quantity
        answers = await self._inventory.check_availability(items)
        shortages = [
            ItemShortage(answer.product_id, requested.get(answer.product_id, 0), answer.available_quantity)
            for answer in answers
            if not answer.available
        ]
        if shortages:
            raise InsufficientInventoryError(shortages)

    async def _placed(
        self,
        customer_id: str,
        quote: Quote,
        shipping_address: Address | None,
        payment_method: PaymentMethod | None,
    ) -> Order:
        email, method = await asyncio.gather(
            self._email_of(customer_id),
            self._to_charge(customer_id, payment_method),
        )
        return Order.create(
            customer_id=customer_id,
            customer_email=email,
            items=quote.items,
            discount=quote.discount,
            shipping=quote.shipping,
            tax=quote.tax,
            shipping_address=shipping_address,
            order_id=self._new_id() if self._new_id else None,
            placed_at=self._clock() if self._clock else None,
            payment_method=method,
        )

    async def _email_of(self, customer_id: str) -> str:
        return await self._customers.email_of(customer_id) if self._customers else ""

    async def _to_charge(self, customer_id: str, given: PaymentMethod | None) -> PaymentMethod | None:
        if not self._policy.charges_at_once:
            return None
        if given is None and self._customers is not None:
            return await self._customers.payment_method_of(customer_id)
        return given

    async def _release_quietly(self, order_id: str) -> None:
        try:
            await self._inventory.release(order_id)
        except Exception:  # noqa: BLE001 - the caller needs the first error; the hold expires by itself
            _log.exception("could not release the stock of order %s, which was not stored", order_id)
