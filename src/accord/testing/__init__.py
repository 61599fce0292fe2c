"""What tests are written with: waiting, time, doubles, API clients, builders. Each loads when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.core.lazy import lazy_names

if TYPE_CHECKING:
    from accord.core.polling import PollTimeout, eventually, poll_until
    from accord.testing.auth import api_key, basic, bearer
    from accord.testing.builders import Builder
    from accord.testing.clients import ApiClient, AsyncApiClient, ResponseDeviates
    from accord.testing.doubles.classes import double, function_double
    from accord.testing.doubles.findings import (
        DoubleLies,
        NoAnswerSet,
        NotInSpec,
        RecordingMissing,
        RecordingStale,
        WrongCall,
        WrongRequest,
    )
    from accord.testing.doubles.methods import Call
    from accord.testing.doubles.recordings import Recording, Recordings
    from accord.testing.doubles.services import HttpDouble, double_from
    from accord.testing.doubles.setting import calls, in_order, when
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
    "Call",
    "Clock",
    "DoubleLies",
    "Event",
    "EventCapture",
    "EventMissing",
    "EventUnexpected",
    "HttpDouble",
    "Moment",
    "NoAnswerSet",
    "NotInSpec",
    "OutboxCapture",
    "PollTimeout",
    "Recording",
    "RecordingMissing",
    "RecordingStale",
    "Recordings",
    "ResponseDeviates",
    "WrongCall",
    "WrongRequest",
    "api_key",
    "basic",
    "bearer",
    "bound_to",
    "calls",
    "capture_outbox",
    "double",
    "double_from",
    "event",
    "eventually",
    "freeze",
    "function_double",
    "in_order",
    "moments",
    "poll_until",
    "sweep",
    "when",
]

_HOMES = {
    "ANYTHING": "accord.testing.event_matching",
    "ApiClient": "accord.testing.clients",
    "AsyncApiClient": "accord.testing.clients",
    "AsyncOutboxCapture": "accord.testing.outbox_capture",
    "Builder": "accord.testing.builders",
    "Call": "accord.testing.doubles.methods",
    "Clock": "accord.testing.times",
    "DoubleLies": "accord.testing.doubles.findings",
    "Event": "accord.testing.event_matching",
    "EventCapture": "accord.testing.event_capture",
    "EventMissing": "accord.testing.event_findings",
    "EventUnexpected": "accord.testing.event_findings",
    "HttpDouble": "accord.testing.doubles.services",
    "Moment": "accord.testing.times",
    "NoAnswerSet": "accord.testing.doubles.findings",
    "NotInSpec": "accord.testing.doubles.findings",
    "OutboxCapture": "accord.testing.outbox_capture",
    "PollTimeout": "accord.core.polling",
    "Recording": "accord.testing.doubles.recordings",
    "RecordingMissing": "accord.testing.doubles.findings",
    "RecordingStale": "accord.testing.doubles.findings",
    "Recordings": "accord.testing.doubles.recordings",
    "ResponseDeviates": "accord.testing.clients",
    "WrongCall": "accord.testing.doubles.findings",
    "WrongRequest": "accord.testing.doubles.findings",
    "api_key": "accord.testing.auth",
    "basic": "accord.testing.auth",
    "bearer": "accord.testing.auth",
    "bound_to": "accord.testing.factories",
    "calls": "accord.testing.doubles.setting",
    "capture_outbox": "accord.testing.outbox_capture",
    "double": "accord.testing.doubles.classes",
    "double_from": "accord.testing.doubles.services",
    "event": "accord.testing.event_matching",
    "eventually": "accord.core.polling",
    "freeze": "accord.testing.times",
    "function_double": "accord.testing.doubles.classes",
    "in_order": "accord.testing.doubles.setting",
    "moments": "accord.testing.times",
    "poll_until": "accord.core.polling",
    "sweep": "accord.testing.times",
    "when": "accord.testing.doubles.setting",
}

__getattr__ = lazy_names(__name__, _HOMES)


def __dir__() -> list[str]:
    return __all__
