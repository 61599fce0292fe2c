"""OrderService's settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Self

from shop.kit.bus import BusSettings
from shop.kit.settings import Stage, Variables

DEFAULT_PORT = 3001


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What differs from place to place; `from_environment` names the variables."""

    database_url: str = "postgresql://orders@127.0.0.1:5432/orders"
    inventory_url: str = "http://127.0.0.1:3002"
    payment_url: str = "http://127.0.0.1:3003"
    user_url: str = "http://127.0.0.1:3004"
    cart_url: str = "http://127.0.0.1:3006"
    stage: Stage = Stage.PRODUCTION
    service_token: str | None = None
    most_items: int = 50
    tax_rate: Decimal = Decimal(0)
    shipping_fee: Decimal = Decimal(0)
    trust_sent_prices: bool = False
    new_pricing_customers: frozenset[str] = frozenset()
    timeout: float = 5.0
    bus: BusSettings = field(default_factory=BusSettings)
    time_limit: timedelta = timedelta(minutes=15)

    @classmethod
    def from_environment(cls, values: Mapping[str, str] | None = None) -> Self:
        """Read the environment, or the given variables.

        Raises:
            SettingsError: a variable cannot be read.
        """
        variables = Variables(values)
        default = cls()
        return cls(
            database_url=variables.text("ORDERS_DATABASE_URL", default.database_url),
            inventory_url=variables.text("INVENTORY_SERVICE_URL", default.inventory_url),
            payment_url=variables.text("PAYMENT_SERVICE_URL", default.payment_url),
            user_url=variables.text("USER_SERVICE_URL", default.user_url),
            cart_url=variables.text("CART_SERVICE_URL", default.cart_url),
            stage=variables.stage(),
            service_token=variables.optional("SHOP_SERVICE_TOKEN"),
            most_items=variables.number("ORDERS_MOST_ITEMS", default.most_items),
            tax_rate=variables.decimal("ORDERS_TAX_RATE", default.tax_rate),
            shipping_fee=variables.decimal("ORDERS_SHIPPING_FEE", default.shipping_fee),
            trust_sent_prices=variables.switch("ORDERS_TRUST_SENT_PRICES", default=False),
            new_pricing_customers=variables.names("ORDERS_NEW_PRICING_CUSTOMERS"),
            timeout=variables.seconds("ORDERS_TIMEOUT_MS", default.timeout),
            bus=BusSettings.of(variables),
            time_limit=timedelta(
                seconds=variables.number("ORDERS_TIME_LIMIT_SECONDS", int(default.time_limit.total_seconds())),
            ),
        )
