"""What tests are written with: waiting, time, API clients, builders, factories. Each loads when it is first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accord.core.polling import PollTimeout, eventually, poll_until
    from accord.testing.auth import api_key, basic, bearer
    from accord.testing.builders import Builder
    from accord.testing.clients import ApiClient, AsyncApiClient, ResponseDeviates
    from accord.testing.event_capture import EventCapture
    from accord.testing.event_findings import EventMissing, EventUnexpected
    from accord.testing.event_matching import ANYTHING, Event, event
    from accord.testing.factories import bound_to
    from accord.testing.outbox_capture import AsyncOutboxCapture, OutboxCapture, capture_outbox
    from accord.testing.times import Clock, Moment, freeze, moments, sweep

__all__ = [
    "ANYTHING",
    "ApiClient",
    "AsyncApiClient",
    "AsyncOutboxCapture",
    "Builder",
    "Clock",
    "Event",
    "EventCapture",
    "EventMissing",
    "EventUnexpected",
    "Moment",
    "OutboxCapture",
    "PollTimeout",
    "ResponseDeviates",
    "api_key",
    "basic",
    "bearer",
    "bound_to",
    "capture_outbox",
    "event",
    "eventually",
    "freeze",
    "moments",
    "poll_until",
    "sweep",
]

_HOMES = {
    "ANYTHING": "accord.testing.event_matching",
    "ApiClient": "accord.testing.clients",
    "AsyncApiClient": "accord.testing.clients",
    "AsyncOutboxCapture": "accord.testing.outbox_capture",
    "Builder": "accord.testing.builders",
    "Clock": "accord.testing.times",
    "Event": "accord.testing.event_matching",
    "EventCapture": "accord.testing.event_capture",
    "EventMissing": "accord.testing.event_findings",
    "EventUnexpected": "accord.testing.event_findings",
    "Moment": "accord.testing.times",
    "OutboxCapture": "accord.testing.outbox_capture",
    "PollTimeout": "accord.core.polling",
    "ResponseDeviates": "accord.testing.clients",
    "api_key": "accord.testing.auth",
    "basic": "accord.testing.auth",
    "bearer": "accord.testing.auth",
    "bound_to": "accord.testing.factories",
    "capture_outbox": "accord.testing.outbox_capture",
    "event": "accord.testing.event_matching",
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
