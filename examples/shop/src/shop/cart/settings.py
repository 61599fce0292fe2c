"""CartService's settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from shop.kit.settings import Stage, Variables

DEFAULT_PORT = 3006


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What differs from place to place; `from_environment` names the variables."""

    database_url: str = "postgresql://cart@127.0.0.1:5432/cart"
    stage: Stage = Stage.PRODUCTION
    service_token: str | None = None

    @classmethod
    def from_environment(cls, values: Mapping[str, str] | None = None) -> Self:
        """Read the environment, or the given variables.

        Raises:
            SettingsError: a variable cannot be read.
        """
        variables = Variables(values)
        return cls(
            database_url=variables.text("CART_DATABASE_URL", cls().database_url),
            stage=variables.stage(),
            service_token=variables.optional("SHOP_SERVICE_TOKEN"),
        )
