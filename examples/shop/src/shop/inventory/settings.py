"""InventoryService's settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from shop.inventory.service.stockkeeping import HOLD_FOR
from shop.kit.bus import BusSettings
from shop.kit.settings import Stage, Variables

DEFAULT_PORT = 3002


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What differs from place to place; `from_environment` names the variables."""

    database_url: str = "postgresql://inventory@127.0.0.1:5432/inventory"
    stage: Stage = Stage.PRODUCTION
    service_token: str | None = None
    hold_for: timedelta = HOLD_FOR
    bus: BusSettings = field(default_factory=BusSettings)

    @classmethod
    def from_environment(cls, values: Mapping[str, str] | None = None) -> Self:
        """Read the environment, or the given variables.

        Raises:
            SettingsError: a variable cannot be read.
        """
        variables = Variables(values)
        default = cls()
        seconds = int(default.hold_for.total_seconds())
        return cls(
            database_url=variables.text("INVENTORY_DATABASE_URL", default.database_url),
            stage=variables.stage(),
            service_token=variables.optional("SHOP_SERVICE_TOKEN"),
            hold_for=timedelta(seconds=variables.number("INVENTORY_HOLD_SECONDS", seconds)),
            bus=BusSettings.of(variables),
        )
