"""Reading settings from environment variables, with errors that name the variable."""

import os
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum


class SettingsError(Exception):
    """A setting is missing or cannot be read; `variable` names it."""

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable}: {problem}")
        self.variable = variable


class Stage(StrEnum):
    """Where a service runs. Production is the default, so that a forgotten variable never opens the test door."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    TEST = "test"


class Variables:
    """Typed access to environment variables.

    Args:
        values: the variables; the process's own when left out.
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = os.environ if values is None else values

    def text(self, name: str, default: str) -> str:
        return self._values.get(name, "").strip() or default

    def optional(self, name: str) -> str | None:
        return self._values.get(name, "").strip() or None

    def number(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        try:
            return int(text)
        except ValueError:
            raise SettingsError(name, f"expected a whole number, saw {text!r}") from None

    def seconds(self, name: str, default: float) -> float:
        """A variable in whole milliseconds, more than none."""
        value = self.number(name, round(default * 1000))
        if value <= 0:
            raise SettingsError(name, f"expected milliseconds, more than 0, saw {value}")
        return value / 1000

    def decimal(self, name: str, default: Decimal) -> Decimal:
        text = self.text(name, str(default))
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise SettingsError(name, f"expected a decimal number, saw {text!r}") from None
        if not value.is_finite() or value < 0:
            raise SettingsError(name, f"expected a number from 0 up, saw {text!r}")
        return value

    def switch(self, name: str, *, default: bool) -> bool:
        text = self.text(name, "true" if default else "false").lower()
        if text not in {"true", "false", "1", "0"}:
            raise SettingsError(name, f"expected true or false, saw {text!r}")
        return text in {"true", "1"}

    def names(self, name: str) -> frozenset[str]:
        """A comma-separated list."""
        return frozenset(part.strip() for part in self.text(name, "").split(",") if part.strip())

    def stage(self) -> Stage:
        text = self.text("SHOP_STAGE", Stage.PRODUCTION)
        try:
            return Stage(text)
        except ValueError:
            expected = ", ".join(Stage)
            raise SettingsError("SHOP_STAGE", f"expected one of {expected}, saw {text!r}") from None
