"""PaymentService's settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from shop.kit.bus import BusSettings
from shop.kit.callers import DEVELOPMENT_TOKEN
from shop.kit.settings import SettingsError, Stage, Variables

DEFAULT_PORT = 3003


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What differs from place to place; `from_environment` names the variables."""

    database_url: str = "postgresql://payments@127.0.0.1:5432/payments"
    order_url: str = "http://127.0.0.1:3001"
    stage: Stage = Stage.PRODUCTION
    service_token: str = DEVELOPMENT_TOKEN
    timeout: float = 5.0
    bus: BusSettings = field(default_factory=BusSettings)

    @classmethod
    def from_environment(cls, values: Mapping[str, str] | None = None) -> Self:
        """Read the environment, or the given variables.

        Raises:
            SettingsError: a variable cannot be read, or production has no token of its own.
        """
        variables = Variables(values)
        default = cls()
        stage = variables.stage()
        token = variables.optional("SHOP_SERVICE_TOKEN")
        if token is None and stage is Stage.PRODUCTION:
            raise SettingsError("SHOP_SERVICE_TOKEN", "expected a token in production, saw none")
        return cls(
            database_url=variables.text("PAYMENTS_DATABASE_URL", default.database_url),
            order_url=variables.text("ORDER_SERVICE_URL", default.order_url),
            stage=stage,
            service_token=token or default.service_token,
            timeout=variables.seconds("PAYMENTS_TIMEOUT_MS", default.timeout),
            bus=BusSettings.of(variables),
        )
