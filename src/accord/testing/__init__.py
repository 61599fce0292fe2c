"""What tests are written with: waiting, time, API clients, builders, factories. Each loads when it is first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accord.core.polling import PollTimeout, eventually, poll_until
    from accord.testing.auth import api_key, basic, bearer
    from accord.testing.builders import Builder
    from accord.testing.clients import ApiClient, AsyncApiClient, ResponseDeviates
    from accord.testing.factories import bound_to
    from accord.testing.times import Clock, Moment, freeze, moments, sweep

__all__ = [
    "ApiClient",
    "AsyncApiClient",
    "Builder",
    "Clock",
    "Moment",
    "PollTimeout",
    "ResponseDeviates",
    "api_key",
    "basic",
    "bearer",
    "bound_to",
    "eventually",
    "freeze",
    "moments",
    "poll_until",
    "sweep",
]

_HOMES = {
    "ApiClient": "accord.testing.clients",
    "AsyncApiClient": "accord.testing.clients",
    "Builder": "accord.testing.builders",
    "Clock": "accord.testing.times",
    "Moment": "accord.testing.times",
    "PollTimeout": "accord.core.polling",
    "ResponseDeviates": "accord.testing.clients",
    "api_key": "accord.testing.auth",
    "basic": "accord.testing.auth",
    "bearer": "accord.testing.auth",
    "bound_to": "accord.testing.factories",
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
