"""UserService's settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from shop.kit.settings import Stage, Variables
from shop.kit.tokens import DEVELOPMENT_SECRET, token_secret

DEFAULT_PORT = 3004


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What differs from place to place; `from_environment` names the variables."""

    database_url: str = "postgresql://identity@127.0.0.1:5432/identity"
    stage: Stage = Stage.PRODUCTION
    token_secret: str = DEVELOPMENT_SECRET
    token_lifetime: timedelta = timedelta(hours=1)

    @classmethod
    def from_environment(cls, values: Mapping[str, str] | None = None) -> Self:
        """Read the environment, or the given variables.

        Raises:
            SettingsError: a variable cannot be read, or production has no secret of its own.
        """
        variables = Variables(values)
        default = cls()
        minutes = variables.number("IDENTITY_TOKEN_MINUTES", int(default.token_lifetime.total_seconds() // 60))
        return cls(
            database_url=variables.text("IDENTITY_DATABASE_URL", default.database_url),
            stage=variables.stage(),
            token_secret=token_secret(variables),
            token_lifetime=timedelta(minutes=minutes),
        )
