"""Error answers: `{error, message, details?}`, or problem+json for who asks for it."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shop.kit.wire import WireModel

_log = logging.getLogger(__name__)
_PROBLEM_JSON = "application/problem+json"


class ErrorBody(WireModel):
    """The body of every error answer."""

    error: str
    message: str
    details: Any = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What an error answer says."""

    status: int
    code: str
    message: str
    details: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class ProblemError(Exception):
    """Raised in the HTTP layer to answer with `problem`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


Explain = Callable[[Any], Problem]
"""Turns one kind of domain error into what its answer says."""


def error_answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these error statuses."""
    return {status: {"model": ErrorBody, "description": HTTPStatus(status).phrase} for status in statuses}


def install_error_answers(app: FastAPI, explanations: Mapping[type[Exception], Explain]) -> None:
    """Answer the service's own errors, refused bodies, unknown paths and crashes in one form."""

    def answer_with(explain: Explain) -> Callable[[Request, Exception], JSONResponse]:
        return lambda request, error: _answer(request, explain(error))

    for kind, explain in explanations.items():
        app.add_exception_handler(kind, answer_with(explain))
    app.add_exception_handler(ProblemError, answer_with(lambda error: error.problem))
    app.add_exception_handler(RequestValidationError, answer_with(_refused_body))
    app.add_exception_handler(HTTPException, answer_with(_http_error))
    app.add_exception_handler(ConnectionError, answer_with(_away))
    app.add_exception_handler(TimeoutError, answer_with(_away))
    app.add_exception_handler(Exception, answer_with(_crash))


def _answer(request: Request, problem: Problem) -> JSONResponse:
    headers = dict(problem.headers)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if _PROBLEM_JSON in request.headers.get("accept", ""):
        body = {"type": "about:blank", "title": problem.code, "status": problem.status, "detail": problem.message}
        media_type = _PROBLEM_JSON
    else:
        # In the former form, without /api, the `error` of a 400 is the text: its callers read it.
        former = not request.url.path.startswith("/api/")
        code = problem.message if former and problem.status == HTTPStatus.BAD_REQUEST else problem.code
        body = {"error": code, "message": problem.message}
        media_type = "application/json"
    if problem.details is not None:
        body["details"] = problem.details
    return JSONResponse(body, problem.status, headers=headers, media_type=media_type)


def _refused_body(error: RequestValidationError) -> Problem:
    details = [
        {"field": ".".join(str(part) for part in finding["loc"]), "message": finding["msg"]}
        for finding in error.errors()
    ]
    first = details[0]
    return Problem(400, "validation_error", f"{first['field']}: {first['message']}", details)


def _http_error(error: HTTPException) -> Problem:
    if error.status_code == HTTPStatus.BAD_REQUEST:  # a body that FastAPI could not even begin to read
        return Problem(400, "validation_error", str(error.detail))
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    return Problem(error.status_code, code, str(error.detail))


def _away(error: Exception) -> Problem:
    """The database, mostly: it is started again, or out of reach."""
    _log.warning("what this service needs is away: %r", error)
    later = {"Retry-After": "1"}
    return Problem(503, "service_unavailable", "The service cannot reach what it needs; try again", headers=later)


def _is_away(error: Exception) -> bool:
    """Whether a database says of itself that it goes, comes or has gone (PostgreSQL's classes 08 and 57P).

    Read off the error's form: the gateway has neither database nor driver.
    """
    state = str(getattr(getattr(error, "orig", error), "sqlstate", None))
    return bool(getattr(error, "connection_invalidated", False)) or state.startswith(("08", "57P"))


def _crash(error: Exception) -> Problem:
    if _is_away(error):
        return _away(error)
    _log.error("a request crashed", exc_info=error)
    return Problem(500, "internal_error", "The service failed; its log says why")
