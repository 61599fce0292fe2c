"""What every service's FastAPI application has in common."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, TypeVar

from fastapi import APIRouter, FastAPI

from shop.kit.errors import Explain, install_error_answers
from shop.kit.health import health_router
from shop.kit.requests import RequestFrame

T = TypeVar("T")
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def build_application(
    participant: str,
    routes: APIRouter,
    *,
    lifespan: Lifespan,
    explanations: Mapping[type[Exception], Explain],
) -> FastAPI:
    """An application with `/health`, the shop's error answers and an OpenAPI document that promises no 422.

    Routes have no state, and all applications of a process share them: FastAPI needs far longer to read their
    signatures than to answer, and tests make an application each. So `dependency_overrides` does not reach them: what a
    test replaces it hands to `create_app`.
    """
    app = FastAPI(title=participant, version="1.0.0", lifespan=lifespan)
    app.add_middleware(RequestFrame)
    install_error_answers(app, explanations)
    for router in (health_router(participant), routes):
        app.router.routes.extend(router.routes)  # include_router would read each of them again
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        return _without_unprocessable(generate())

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to change its document
    return app


def in_both_forms(public: APIRouter, internal: APIRouter | None = None) -> APIRouter:
    """Routes under /api; the public ones also without it, deprecated, for callers of the former form."""
    both = APIRouter()
    if internal is not None:
        both.include_router(internal, prefix="/api")
    both.include_router(public, prefix="/api")
    both.include_router(public, deprecated=True)
    return both


def _without_unprocessable(document: dict[str, Any]) -> dict[str, Any]:
    """FastAPI adds a 422 to every route with input; ours answer 400, which each route declares."""
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        document.get("components", {}).get("schemas", {}).pop(name, None)
    return document


async def given_or_opened(
    stack: AsyncExitStack,
    given: T | None,
    make: Callable[[], AbstractAsyncContextManager[T]],
) -> T:
    """What a test has handed in, or the real thing, open for as long as the stack lives."""
    return await stack.enter_async_context(make()) if given is None else given
