from collections.abc import Mapping
from decimal import Decimal

import pytest
from shop_doubles.orders import FakeCatalogue, an_item
from shop_doubles.properties import given, st

from shop.orders.adapters.flags import FixedFlags
from shop.orders.domain.discounts import discount_for
from shop.orders.domain.errors import InvalidDiscountError, PriceChangedError, ValidationError
from shop.orders.domain.pricing import LegacyPricingEngine, NewPricingEngine, Quote, Rates
from shop.orders.service.ports import RequestedItem
from shop.orders.service.pricing import NEW_ENGINE_FLAG, CataloguePricing

TENTH = Rates(tax=Decimal("0.10"), shipping=Decimal("5.00"))
amounts = st.decimals(min_value=0, max_value=100_000, places=2)


class TestDiscounts:
    @given(subtotal=amounts, shipping=amounts, code=st.sampled_from(["SAVE10", "FLAT50", "FREESHIP"]))
    def test_no_discount_exceeds_what_it_is_taken_off(self, subtotal: Decimal, shipping: Decimal, code: str) -> None:
        discount = discount_for(code, subtotal=subtotal, shipping=shipping)
        assert 0 <= discount <= (shipping if code == "FREESHIP" else subtotal)

    @pytest.mark.parametrize("code", ["", "save10", "SAVE100", "INVALID"])
    def test_an_unknown_code_is_refused_by_name(self, code: str) -> None:
        with pytest.raises(InvalidDiscountError, match="Invalid discount code") as refusal:
            discount_for(code, subtotal=Decimal(1), shipping=Decimal(0))
        assert refusal.value.code == code


class TestEngines:
    def test_the_legacy_engine_taxes_before_the_discount_line_by_line(self) -> None:
        items = [an_item(quantity=1, unit_price="0.15"), an_item(quantity=1, unit_price="0.15")]
        quote = LegacyPricingEngine(TENTH).quote(items, "SAVE10")
        assert quote == Quote(tuple(items), Decimal("0.03"), Decimal("5.00"), Decimal("0.04"))

    def test_the_new_engine_taxes_what_is_paid_and_rounds_once(self) -> None:
        items = [an_item(quantity=1, unit_price="0.15"), an_item(quantity=1, unit_price="0.15")]
        quote = NewPricingEngine(TENTH).quote(items, "SAVE10")
        assert quote == Quote(tuple(items), Decimal("0.03"), Decimal("5.00"), Decimal("0.03"))

    @pytest.mark.parametrize("engine", [LegacyPricingEngine(Rates()), NewPricingEngine(Rates())], ids=lambda e: e.name)
    def test_by_default_nothing_is_added_to_the_goods(self, engine: LegacyPricingEngine | NewPricingEngine) -> None:
        assert engine.quote([an_item()]).total == Decimal("20.00")

    @given(
        prices=st.lists(amounts, min_size=1, max_size=5), code=st.sampled_from([None, "SAVE10", "FLAT50", "FREESHIP"])
    )
    def test_no_quote_is_below_zero(self, prices: list[Decimal], code: str | None) -> None:
        items = [an_item(unit_price=str(price)) for price in prices]
        for engine in (LegacyPricingEngine(TENTH), NewPricingEngine(TENTH)):
            assert engine.quote(items, code).total >= 0


def pricing(flags: Mapping[str, frozenset[str]] | None = None, *, trust_sent_prices: bool = False) -> CataloguePricing:
    return CataloguePricing(
        FakeCatalogue(p1="10.00", p2="25.00"),
        LegacyPricingEngine(Rates()),
        NewPricingEngine(Rates(shipping=Decimal(1))),
        FixedFlags(flags or {}),
        trust_sent_prices=trust_sent_prices,
    )


class TestCataloguePricing:
    async def test_prices_and_names_come_from_the_catalogue(self) -> None:
        quote = await pricing().calculate([RequestedItem("p1", 2), RequestedItem("p2", 1)], "c-1")
        assert quote.items == (
            an_item("p1", name="Product p1"),
            an_item("p2", quantity=1, unit_price="25.00", name="Product p2"),
        )
        assert quote.total == Decimal("45.00")

    async def test_a_sent_price_that_holds_is_fine(self) -> None:
        quote = await pricing().calculate([RequestedItem("p1", 1, Decimal("10.0"))], "c-1")
        assert quote.total == Decimal("10.00")

    async def test_a_sent_price_that_changed_is_refused(self) -> None:
        with pytest.raises(PriceChangedError) as refusal:
            await pricing().calculate([RequestedItem("p1", 1, Decimal(9)), RequestedItem("p2", 1)], "c-1")
        (change,) = refusal.value.changes
        assert (change.product_id, change.sent, change.current) == ("p1", Decimal(9), Decimal(10))

    async def test_an_unknown_product_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="Unknown product: p9"):
            await pricing().calculate([RequestedItem("p9", 1)], "c-1")

    async def test_a_setting_trusts_sent_prices(self) -> None:
        asked = [RequestedItem("p1", 1, Decimal(9)), RequestedItem("p9", 1, Decimal(3)), RequestedItem("p2", 1)]
        quote = await pricing(trust_sent_prices=True).calculate(asked, "c-1")
        assert [(item.product_name, item.unit_price) for item in quote.items] == [
            ("Product p1", Decimal(9)),
            ("p9", Decimal(3)),
            ("Product p2", Decimal(25)),
        ]

    @pytest.mark.parametrize(
        ("users", "total"),
        [(set(), "10.00"), ({"c-2"}, "10.00"), ({"c-1"}, "11.00"), ({"*"}, "11.00")],
    )
    async def test_the_flag_chooses_the_engine_by_customer(self, users: set[str], total: str) -> None:
        quote = await pricing({NEW_ENGINE_FLAG: frozenset(users)}).calculate([RequestedItem("p1", 1)], "c-1")
        assert quote.total == Decimal(total)
