from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from shop.inventory.settings import Settings as InventorySettings
from shop.kit.settings import SettingsError, Stage, Variables
from shop.orders.settings import Settings as OrderSettings
from shop.payments.settings import Settings as PaymentSettings


def test_what_is_not_set_has_its_default() -> None:
    variables = Variables({"EMPTY": "  "})
    assert variables.text("EMPTY", "default") == "default"
    assert variables.optional("EMPTY") is None
    assert variables.number("EMPTY", 5) == 5
    assert variables.decimal("EMPTY", Decimal("0.5")) == Decimal("0.5")
    assert variables.switch("EMPTY", default=True) is True
    assert variables.names("EMPTY") == frozenset()


def test_production_is_the_default() -> None:
    assert Variables({}).stage() is Stage.PRODUCTION


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("many", lambda v: v.number("X", 1)),
        ("many", lambda v: v.decimal("X", Decimal(1))),
        ("NaN", lambda v: v.decimal("X", Decimal(1))),
        ("-1", lambda v: v.decimal("X", Decimal(1))),
        ("maybe", lambda v: v.switch("X", default=False)),
    ],
)
def test_what_cannot_be_read_names_its_variable(value: str, read: Callable[[Variables], Any]) -> None:
    with pytest.raises(SettingsError, match=r"^X: expected") as refusal:
        read(Variables({"X": value}))
    assert refusal.value.variable == "X"


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(SettingsError, match="SHOP_STAGE: expected one of production, development, test"):
        Variables({"SHOP_STAGE": "staging"}).stage()


def test_orders_read_every_variable() -> None:
    settings = OrderSettings.from_environment(
        {
            "ORDERS_DATABASE_URL": "postgresql://db/orders",
            "INVENTORY_SERVICE_URL": "http://inventory",
            "PAYMENT_SERVICE_URL": "http://payments",
            "SHOP_STAGE": "test",
            "SHOP_SERVICE_TOKEN": "s3cret",
            "ORDERS_MOST_ITEMS": "10",
            "ORDERS_TAX_RATE": "0.19",
            "ORDERS_SHIPPING_FEE": "4.90",
            "ORDERS_TRUST_SENT_PRICES": "true",
            "ORDERS_NEW_PRICING_CUSTOMERS": "c-1, c-2",
        },
    )
    assert settings == OrderSettings(
        database_url="postgresql://db/orders",
        inventory_url="http://inventory",
        payment_url="http://payments",
        stage=Stage.TEST,
        service_token="s3cret",
        most_items=10,
        tax_rate=Decimal("0.19"),
        shipping_fee=Decimal("4.90"),
        trust_sent_prices=True,
        new_pricing_customers=frozenset({"c-1", "c-2"}),
    )


def test_payments_in_production_need_a_token_of_their_own() -> None:
    with pytest.raises(SettingsError, match="SHOP_SERVICE_TOKEN"):
        PaymentSettings.from_environment({})
    assert PaymentSettings.from_environment({"SHOP_SERVICE_TOKEN": "s3cret"}).service_token == "s3cret"
    assert PaymentSettings.from_environment({"SHOP_STAGE": "test"}).service_token == "valid-token"


def test_inventory_reads_how_long_it_holds() -> None:
    assert InventorySettings.from_environment({"INVENTORY_HOLD_SECONDS": "60"}).hold_for.total_seconds() == 60
