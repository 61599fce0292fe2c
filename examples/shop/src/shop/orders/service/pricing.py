"""Pricing with the catalogue's prices, by the engine that the customer's flag chooses."""

from collections.abc import Mapping, Sequence

from shop.orders.domain.errors import PriceChange, PriceChangedError, ValidationError
from shop.orders.domain.money import money
from shop.orders.domain.order import OrderItem
from shop.orders.domain.pricing import PricingEngine, Quote
from shop.orders.service.ports import Catalogue, FlagClient, PricingService, Product, RequestedItem

NEW_ENGINE_FLAG = "new-pricing-engine"


class CataloguePricing(PricingService):
    """The real pricing service.

    Args:
        catalogue: names and prices.
        legacy_engine: for everybody else.
        new_engine: for customers whose flag is on.
        flags: decides by customer.
        trust_sent_prices: take a line's own price where it has one; for shops whose prices live elsewhere.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        legacy_engine: PricingEngine,
        new_engine: PricingEngine,
        flags: FlagClient,
        *,
        trust_sent_prices: bool = False,
    ) -> None:
        self._catalogue = catalogue
        self._legacy_engine = legacy_engine
        self._new_engine = new_engine
        self._flags = flags
        self._trust_sent_prices = trust_sent_prices

    async def calculate(
        self,
        items: Sequence[RequestedItem],
        customer_id: str,
        discount_code: str | None = None,
    ) -> Quote:
        priced = await self._with_prices(items)
        is_new = await self._flags.is_enabled(NEW_ENGINE_FLAG, user_id=customer_id)
        engine = self._new_engine if is_new else self._legacy_engine
        return engine.quote(priced, discount_code)

    async def _with_prices(self, items: Sequence[RequestedItem]) -> list[OrderItem]:
        products = await self._catalogue.find(sorted({item.product_id for item in items}))
        if not self._trust_sent_prices:
            _refuse_changed_prices(items, products)
        return [self._priced(item, products.get(item.product_id)) for item in items]

    def _priced(self, item: RequestedItem, product: Product | None) -> OrderItem:
        if self._trust_sent_prices and item.unit_price is not None:
            name = product.name if product else item.product_id
            return OrderItem(item.product_id, name, item.quantity, money(item.unit_price))
        if product is None:
            raise ValidationError(f"Unknown product: {item.product_id}")
        return OrderItem(item.product_id, product.name, item.quantity, money(product.unit_price))


def _refuse_changed_prices(items: Sequence[RequestedItem], products: Mapping[str, Product]) -> None:
    changes = [
        PriceChange(item.product_id, item.unit_price, products[item.product_id].unit_price)
        for item in items
        if item.unit_price is not None
        and item.product_id in products
        and item.unit_price != products[item.product_id].unit_price
    ]
    if changes:
        raise PriceChangedError(changes)
