"""Recording what services say to each other, for the audit of contracts: httpx, ASGI, processes, messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.core.lazy import lazy_names

if TYPE_CHECKING:
    from accord.testing.traffic.asgi import RecordingMiddleware
    from accord.testing.traffic.traffic import Traffic

__all__ = ["RecordingMiddleware", "Traffic"]

__getattr__ = lazy_names(__name__, {"RecordingMiddleware": f"{__name__}.asgi", "Traffic": f"{__name__}.traffic"})


def __dir__() -> list[str]:
    return __all__
