"""What an HTTP double may do instead of its usual answer, and for how long it does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import httpx

from accord.contract.bodies import is_json
from accord.core.clock import VirtualClock, clock
from accord.core.errors import UsageError
from accord.core.http.messages import HttpResponse
from accord.testing.doubles.sides import is_from_the_way, wrong_shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from accord.core.http.messages import HttpRequest
    from accord.testing.doubles.sides import Side

_ERRORS = 400


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a request.

    Attributes:
        response: the answer; None where there is none.
        error: what the client's library raises instead.
        delay: seconds to wait before, by accord.core.clock.
        failed: whether the double failed its caller.
    """

    response: HttpResponse | None = None
    error: type[httpx.TransportError] | None = None
    delay: float = 0.0
    failed: bool = False
    message: str = ""


def usual(side: Side, request: HttpRequest, _limits: Mapping[str, Any]) -> Outcome:
    """The answer that the document or the pact has."""
    return answered(_usual(side, request))


def answered(response: HttpResponse) -> Outcome:
    """An answer as the outcome; from 400 on it is a failure."""
    return Outcome(response, failed=response.status >= _ERRORS)


def with_status(status: int) -> Callable[[Side, HttpRequest, Mapping[str, Any]], Outcome]:
    """The declared answer with a status, or what a gateway answers on its own."""

    def fault(side: Side, request: HttpRequest, _limits: Mapping[str, Any]) -> Outcome:
        found = side.answer(request, status)
        if found is None and not is_from_the_way(status):
            raise UsageError(f"{side.title} has no answer {status} to {request.method} {request.path}")
        return answered(found or HttpResponse(status))

    return fault


def timing_out(phase: str) -> Callable[[Side, HttpRequest, Mapping[str, Any]], Outcome]:
    """No answer within the client's time limit, whatever it is; nobody really waits for it."""
    errors = {"read": httpx.ReadTimeout, "connect": httpx.ConnectTimeout, "write": httpx.WriteTimeout}
    if phase not in errors:
        raise UsageError(f"times_out({phase!r}): expected one of {', '.join(errors)}")

    def fault(_side: Side, _request: HttpRequest, limits: Mapping[str, Any]) -> Outcome:
        return _too_late(errors[phase], limits.get(phase))

    return fault


def down(_side: Side, _request: HttpRequest, _limits: Mapping[str, Any]) -> Outcome:
    """Nobody answers there."""
    return Outcome(error=httpx.ConnectError, failed=True, message="the double is down: connection refused")


def malformed(side: Side, request: HttpRequest, _limits: Mapping[str, Any]) -> Outcome:
    """The usual status and type, and a body that breaks off in the middle."""
    good = _usual(side, request)
    body = good.body[: max(1, len(good.body) // 2)] if good.body else b"{"
    if _parses(body):
        body = b'{"broken": '
    headers = good.headers if good.header("content-type") else (("Content-Type", "application/json"), *good.headers)
    return Outcome(HttpResponse(good.status, headers, body), failed=True)


def wrong_shape(side: Side, request: HttpRequest, _limits: Mapping[str, Any]) -> Outcome:
    """The usual answer as good JSON with one thing in it that is not allowed."""
    good = _usual(side, request)
    if good.body and is_json((good.header("content-type") or "").partition(";")[0].strip()):
        for value in wrong_shapes(json.loads(good.body)):
            wrong = HttpResponse(good.status, good.headers, json.dumps(value).encode())
            if side.refuse(request.method, request.path, wrong):
                return Outcome(wrong, failed=True)
    raise UsageError(
        f"wrong_shape(): the answer of {request.method} {request.path} is no JSON, or {side.title} allows any shape; "
        "use malformed() or answers(…)"
    )


def slow(seconds: float) -> Callable[[Side, HttpRequest, Mapping[str, Any]], Outcome]:
    """The usual answer so much later, or none if the client's own limit is shorter."""
    if seconds < 0:
        raise UsageError(f"slow({seconds}): expected seconds, 0 or more")

    def fault(side: Side, request: HttpRequest, limits: Mapping[str, Any]) -> Outcome:
        limit = limits.get("read")
        if limit is not None and limit < seconds:
            return _too_late(httpx.ReadTimeout, limit)
        return Outcome(_usual(side, request), delay=seconds)

    return fault


def _too_late(error: type[httpx.TransportError], limit: float | None) -> Outcome:
    # In virtual time the limit goes by as it would; in real time nobody is made to wait for nothing.
    delay = limit if limit is not None and isinstance(clock(), VirtualClock) else 0.0
    return Outcome(error=error, delay=delay, failed=True, message=f"the double answers too late (limit: {limit} s)")


def _usual(side: Side, request: HttpRequest) -> HttpResponse:
    found = side.answer(request)
    return found if found is not None else _no_answer(side, request)


def _no_answer(side: Side, request: HttpRequest) -> NoReturn:
    raise UsageError(f"{side.title} has no answer to {request.method} {request.path}")


def _parses(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
