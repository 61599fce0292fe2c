"""Document B, "Feature Flags for Gradual Rollout": processOrder."""

import pytest
from shop_doubles.orders import FakeCatalogue, an_item

from shop.orders.adapters.flags import FixedFlags
from shop.orders.domain.pricing import LegacyPricingEngine, NewPricingEngine, Quote, Rates
from shop.orders.service.ports import RequestedItem
from shop.orders.service.pricing import CataloguePricing


class NotingLegacy(LegacyPricingEngine):
    def quote(self, items: object, discount_code: str | None = None) -> Quote:
        return Quote((an_item("legacy"),))


class NotingNew(NewPricingEngine):
    def quote(self, items: object, discount_code: str | None = None) -> Quote:
        return Quote((an_item("new"),))


# B: isEnabled('new-pricing-engine', userId) chooses newPricingEngine.calculate or legacyPricingEngine.calculate
@pytest.mark.parametrize(("customer", "engine"), [("in-the-rollout", "new"), ("everybody-else", "legacy")])
async def test_the_flag_chooses_the_engine_by_customer(customer: str, engine: str) -> None:
    flags = FixedFlags({"new-pricing-engine": frozenset({"in-the-rollout"})})
    pricing = CataloguePricing(FakeCatalogue(p1="1.00"), NotingLegacy(Rates()), NotingNew(Rates()), flags)
    quote = await pricing.calculate([RequestedItem("p1", 1)], customer)
    assert quote.items[0].product_id == engine
