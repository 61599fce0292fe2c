"""The global settings that the admin API changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accord.stub.delays import Delay, number, read_delay
from accord.stub.problems import invalid, refuse_unknown, shown

_FIELDS = ("fixedDelay", "delayDistribution", "proxyPassThrough", "extended")


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for every answer.

    Attributes:
        fixed_delay: seconds, where a stub has none of its own; None for none.
        delay: a distribution, the same.
        delays: whether there is one of them.
        document: as the admin API shows it.
    """

    fixed_delay: float | None = None
    delay: Delay | None = None
    delays: bool = False
    document: dict[str, Any] = field(default_factory=lambda: {"proxyPassThrough": True})

    @classmethod
    def read(cls, document: Any) -> Settings:
        """Read them from JSON; what is not given goes back to none.

        Raises:
            MappingError: unknown fields, or a field that is wrong.
        """
        if not isinstance(document, dict):
            raise invalid("", f"an object is expected, seen {shown(repr(document))}")
        inner = document.get("settings", document)
        if not isinstance(inner, dict):
            raise invalid("/settings", f"an object is expected, seen {shown(repr(inner))}")
        refuse_unknown(inner, _FIELDS, "")
        given = {name: value for name, value in inner.items() if value is not None}
        fixed = max(0.0, number(given, "fixedDelay", "")) / 1000.0 if "fixedDelay" in given else None
        delay = read_delay(given["delayDistribution"], "/delayDistribution") if "delayDistribution" in given else None
        return cls(fixed, delay, fixed is not None or delay is not None, {"proxyPassThrough": True, **given})
