"""Gateway's settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from shop.kit.callers import DEVELOPMENT_TOKEN
from shop.kit.settings import SettingsError, Stage, Variables
from shop.kit.tokens import DEVELOPMENT_SECRET, token_secret

DEFAULT_PORT = 8080
_PORTS = {"USER": 3004, "CART": 3006, "ORDER": 3001, "INVENTORY": 3002}


def _local_urls() -> dict[str, str]:
    return {name: f"http://127.0.0.1:{port}" for name, port in _PORTS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What differs from place to place; `from_environment` names the variables."""

    upstream_urls: Mapping[str, str] = field(default_factory=_local_urls)
    stage: Stage = Stage.PRODUCTION
    service_token: str = DEVELOPMENT_TOKEN
    token_secret: str = DEVELOPMENT_SECRET
    timeout: float = 5.0
    requests_per_second: int = 50
    burst: int = 100
    breaker_failures: int = 5
    breaker_seconds: int = 10

    @classmethod
    def from_environment(cls, values: Mapping[str, str] | None = None) -> Self:
        """Read the environment, or the given variables.

        Raises:
            SettingsError: a variable cannot be read, or production has no secret of its own.
        """
        variables = Variables(values)
        default = cls()
        stage = variables.stage()
        token = variables.optional("SHOP_SERVICE_TOKEN")
        if token is None and stage is Stage.PRODUCTION:
            raise SettingsError("SHOP_SERVICE_TOKEN", "expected a token in production, saw none")
        return cls(
            upstream_urls={
                name: variables.text(f"{name}_SERVICE_URL", url) for name, url in default.upstream_urls.items()
            },
            stage=stage,
            service_token=token or default.service_token,
            token_secret=token_secret(variables),
            timeout=variables.seconds("GATEWAY_TIMEOUT_MS", default.timeout),
            requests_per_second=variables.number("GATEWAY_REQUESTS_PER_SECOND", default.requests_per_second),
            burst=variables.number("GATEWAY_BURST", default.burst),
            breaker_failures=variables.number("GATEWAY_BREAKER_FAILURES", default.breaker_failures),
            breaker_seconds=variables.number("GATEWAY_BREAKER_SECONDS", default.breaker_seconds),
        )
