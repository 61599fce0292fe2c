"""From lines to what the customer owes. Two engines stand side by side while the new one is rolled out."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shop.orders.domain.discounts import discount_for
from shop.orders.domain.money import ZERO, rounded
from shop.orders.domain.order import OrderItem


@dataclass(frozen=True, slots=True)
class Rates:
    """What the shop adds to the goods.

    Args:
        tax: a share: 0.10 is ten per cent.
        shipping: an amount per order.
    """

    tax: Decimal = ZERO
    shipping: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Quote:
    """A priced order: total = subtotal - discount + shipping + tax."""

    items: tuple[OrderItem, ...]
    discount: Decimal = ZERO
    shipping: Decimal = ZERO
    tax: Decimal = ZERO

    @property
    def subtotal(self) -> Decimal:
        return sum((item.total for item in self.items), ZERO)

    @property
    def total(self) -> Decimal:
        return self.subtotal - self.discount + self.shipping + self.tax


class PricingEngine(ABC):
    """Makes a quote of lines that have their prices."""

    name: str

    def __init__(self, rates: Rates) -> None:
        self._rates = rates

    def quote(self, items: Sequence[OrderItem], discount_code: str | None = None) -> Quote:
        """Price an order.

        Raises:
            InvalidDiscountError: the shop honours no such code.
        """
        goods = Quote(tuple(items), shipping=self._rates.shipping)
        discount = ZERO
        if discount_code is not None:
            discount = discount_for(discount_code, subtotal=goods.subtotal, shipping=goods.shipping)
        return Quote(goods.items, discount, goods.shipping, self._tax(goods, discount))

    @abstractmethod
    def _tax(self, goods: Quote, discount: Decimal) -> Decimal:
        """The tax on this order."""


class LegacyPricingEngine(PricingEngine):
    """Taxes each line before any discount and rounds it by itself."""

    name = "legacy"

    def _tax(self, goods: Quote, discount: Decimal) -> Decimal:  # noqa: ARG002 - the legacy tax knows no discount
        return sum((rounded(item.total * self._rates.tax) for item in goods.items), ZERO)


class NewPricingEngine(PricingEngine):
    """Taxes what the customer really pays, shipping left out, and rounds once."""

    name = "new"

    def _tax(self, goods: Quote, discount: Decimal) -> Decimal:
        taxable = max(goods.subtotal - discount, ZERO)
        return rounded(taxable * self._rates.tax)
