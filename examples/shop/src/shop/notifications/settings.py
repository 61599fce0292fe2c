"""NotificationService's settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from shop.kit.bus import BusSettings
from shop.kit.settings import Stage, Variables

DEFAULT_PORT = 3005


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What differs from place to place; `from_environment` names the variables."""

    database_url: str = "postgresql://notifications@127.0.0.1:5432/notifications"
    stage: Stage = Stage.PRODUCTION
    bus: BusSettings = field(default_factory=BusSettings)

    @classmethod
    def from_environment(cls, values: Mapping[str, str] | None = None) -> Self:
        """Read the environment, or the given variables.

        Raises:
            SettingsError: a variable cannot be read.
        """
        variables = Variables(values)
        return cls(
            database_url=variables.text("NOTIFICATIONS_DATABASE_URL", cls().database_url),
            stage=variables.stage(),
            bus=BusSettings.of(variables),
        )
