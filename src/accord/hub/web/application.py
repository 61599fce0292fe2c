"""The ASGI application: every route behind the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from accord.hub.service.problems import GONE, ConflictedError, InvalidError, NotFoundError
from accord.hub.storage.database import DatabaseUnavailableError
from accord.hub.web.answers import Answer, error, invalid
from accord.hub.web.bodies import RequestError
from accord.hub.web.gate import Denial, Gate, Guard, Observer
from accord.hub.web.pages import assets
from accord.hub.web.pages import environments as environment_pages
from accord.hub.web.pages import matrix as matrix_pages
from accord.hub.web.pages import overview as overview_pages
from accord.hub.web.pages import pacts as pact_pages
from accord.hub.web.pages import participants as participant_pages
from accord.hub.web.pages.negotiation import wants_page
from accord.hub.web.pages.rendering import error_page, refusal_page
from accord.hub.web.routes import (
    badges,
    environments,
    index,
    matrix,
    overview,
    pact_lists,
    pacts,
    participants,
    publishing,
    results,
    versions,
    webhooks,
)

if TYPE_CHECKING:
    from accord.hub.web.hub import Hub

# Those that builds wait for come first, for routes are tried in order; badges before tags of the same name.
_ROUTERS = tuple(
    module.router
    for module in (
        matrix, publishing, index, participants, versions, environments, badges, pacts, results, pact_lists, webhooks,
        overview,
    )
)  # fmt: skip

# Before the documents at the same addresses: they are for browsers alone.
_PAGES = tuple(
    module.router for module in (overview_pages, participant_pages, pact_pages, matrix_pages, environment_pages, assets)
)

DESCRIPTION = "A Pact-Broker-compatible hub: contracts, results, environments, and may it be deployed."


def create_application(
    hub: Hub, *, guard: Guard, observer: Observer | None = None, quiet: bool = False, version: str = "0"
) -> FastAPI:
    """The application for a hub."""
    app = FastAPI(
        title="Accord hub",
        version=version,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.hub = hub
    for router in (*_PAGES, *_ROUTERS):
        app.include_router(router)
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, _readable(handler))
    app.add_middleware(
        Gate, guard=guard, observer=observer, read_only=hub.settings.read_only, quiet=quiet, page=_refusal
    )
    return app


def _refusal(scope: Any, denial: Denial) -> Answer | None:
    return refusal_page(Request(scope), denial) if wants_page(scope) else None


def _readable(handler: Any) -> Any:
    """The same error as a page, where a browser asked."""

    async def handle(request: Request, problem: Exception) -> Answer:
        answer: Answer = await handler(request, problem)
        return error_page(request, answer) if wants_page(request.scope) else answer

    return handle


async def _not_found(request: Request, problem: Exception) -> Answer:
    return error(request, 404, str(problem) or GONE)


async def _bad(request: Request, problem: Exception) -> Answer:
    return invalid(request, getattr(problem, "errors", None))


async def _conflict(request: Request, problem: Exception) -> Answer:
    return error(request, 409, str(problem))


async def _refused(request: Request, problem: Exception) -> Answer:
    assert isinstance(problem, RequestError)  # noqa: S101 - registered for it alone
    headers = {"connection": "close"} if problem.close else None
    return error(request, problem.status, str(problem), headers=headers)


async def _unavailable(request: Request, problem: Exception) -> Answer:
    return error(request, 503, str(problem), headers={"retry-after": "1"})


async def _http(request: Request, problem: Exception) -> Answer:
    assert isinstance(problem, HTTPException)  # noqa: S101 - registered for it alone
    if problem.status_code == 404:  # noqa: PLR2004 - not found
        return error(request, 404, GONE)
    if problem.status_code == 405:  # noqa: PLR2004 - not allowed
        methods = _allowed(request)
        if request.method == "OPTIONS":
            return Answer(b"", media_type=None, headers={"allow": methods, "access-control-allow-methods": methods})
        message = f"The method {request.method} is not allowed here"
        return error(request, 405, message, headers={"allow": methods})
    return error(request, problem.status_code, str(problem.detail))


async def _parameters(request: Request, problem: Exception) -> Answer:
    assert isinstance(problem, RequestValidationError)  # noqa: S101 - registered for it alone
    errors: dict[str, list[str]] = {}
    for each in problem.errors():
        errors.setdefault(str(each["loc"][-1]), []).append(str(each["msg"]))
    return invalid(request, errors)


_HANDLERS: dict[Any, Any] = {
    NotFoundError: _not_found,
    InvalidError: _bad,
    ConflictedError: _conflict,
    RequestError: _refused,
    DatabaseUnavailableError: _unavailable,
    HTTPException: _http,
    RequestValidationError: _parameters,
}


_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def _allowed(request: Request) -> str:
    """What can be done at an address, as the reference lists it."""
    methods = {"OPTIONS"}
    for route in (route for router in _ROUTERS for route in router.routes):
        match, _ = route.matches(dict(request.scope))
        if match.value:
            methods |= set(getattr(route, "methods", None) or ())
    return ", ".join(each for each in _METHODS if each in methods)
