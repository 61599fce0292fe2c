"""What is answered when a request goes no further."""

from collections.abc import Mapping
from math import ceil

from shop.gateway.service.errors import (
    ForbiddenError,
    MethodRefusedError,
    TooManyRequestsError,
    UnknownCallerError,
    UnknownPathError,
    UpstreamUnavailableError,
)
from shop.kit.errors import Explain, Problem


def _unknown_path(error: UnknownPathError) -> Problem:
    return Problem(404, "not_found", str(error))


def _method(error: MethodRefusedError) -> Problem:
    return Problem(405, "method_not_allowed", str(error), headers={"Allow": ", ".join(sorted(error.known))})


def _unknown_caller(error: UnknownCallerError) -> Problem:
    return Problem(401, "unauthorized", str(error))


def _forbidden(error: ForbiddenError) -> Problem:
    return Problem(403, "forbidden", str(error))


def _too_many(error: TooManyRequestsError) -> Problem:
    return Problem(429, "rate_limited", str(error), headers=_later(error.wait))


def _unavailable(error: UpstreamUnavailableError) -> Problem:
    status, code = (504, "gateway_timeout") if error.too_slow else (503, "service_unavailable")
    return Problem(status, code, str(error), headers=_later(error.wait))


def _later(seconds: float) -> Mapping[str, str]:
    return {"Retry-After": str(max(1, ceil(seconds)))}


EXPLANATIONS: Mapping[type[Exception], Explain] = {
    UnknownPathError: _unknown_path,
    MethodRefusedError: _method,
    UnknownCallerError: _unknown_caller,
    ForbiddenError: _forbidden,
    TooManyRequestsError: _too_many,
    UpstreamUnavailableError: _unavailable,
}
