"""What tests are written with: waiting, time, API clients in process. Everything loads when it is first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accord.core.polling import PollTimeout, eventually, poll_until
    from accord.testing.auth import api_key, basic, bearer
    from accord.testing.clients import ApiClient, AsyncApiClient, ResponseDeviates
    from accord.testing.times import Clock, Moment, freeze, moments, sweep

__all__ = [
    "ApiClient",
    "AsyncApiClient",
    "Clock",
    "Moment",
    "PollTimeout",
    "ResponseDeviates",
    "api_key",
    "basic",
    "bearer",
    "eventually",
    "freeze",
    "moments",
    "poll_until",
    "sweep",
]

_HOMES = {
    "ApiClient": "accord.testing.clients",
    "AsyncApiClient": "accord.testing.clients",
    "Clock": "accord.testing.times",
    "Moment": "accord.testing.times",
    "PollTimeout": "accord.core.polling",
    "ResponseDeviates": "accord.testing.clients",
    "api_key": "accord.testing.auth",
    "basic": "accord.testing.auth",
    "bearer": "accord.testing.auth",
    "eventually": "accord.core.polling",
    "freeze": "accord.testing.times",
    "moments": "accord.testing.times",
    "poll_until": "accord.core.polling",
    "sweep": "accord.testing.times",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
