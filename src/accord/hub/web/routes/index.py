"""The index, and what watches over a hub."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from accord.hub.storage import overview
from accord.hub.storage.database import DatabaseUnavailableError, ping
from accord.hub.web.answers import JSON, Answer, error, hal
from accord.hub.web.documents import index as documents
from accord.hub.web.hub import addresses_of, hub_of
from accord.hub.web.pages.rendering import page
from accord.hub.web.routing import HubRouter

router = HubRouter()


@router.get("/", tags=["index"])
async def get_index(request: Request) -> Response:
    """Where a client begins: links to everything."""
    return hal(documents.index(addresses_of(request)))


@router.get("/diagnostic/status/heartbeat", tags=["operation"])
@router.get("/health", tags=["operation"])
async def get_health(request: Request) -> Response:
    """That the process runs."""
    del request
    return hal({"ok": True}, media_type=JSON)


@router.get("/diagnostic/status/dependencies", tags=["operation"])
@router.get("/ready", tags=["operation"])
async def get_readiness(request: Request) -> Response:
    """That the database answers."""
    try:
        await hub_of(request).read(ping)
    except DatabaseUnavailableError as problem:
        return error(request, 503, str(problem))
    return hal({"ok": True, "database": {"ok": True}}, media_type=JSON)


@router.get("/metrics", tags=["operation"])
async def get_metrics(request: Request) -> Response:
    """Figures: for Prometheus, or (asked for as JSON) how much there is of everything."""
    if "json" in request.headers.get("accept", ""):
        return hal(await hub_of(request).read(overview.counts))
    return Answer(hub_of(request).metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/docs", include_in_schema=False)
async def get_api_page(request: Request) -> Response:
    """The API as a page: drawn here, so that no browser asks anybody else."""
    routes = [
        (method.upper(), path, operation.get("description", ""))
        for path, methods in request.app.openapi()["paths"].items()
        for method, operation in methods.items()
    ]
    return page(request, "api.html", routes=routes)
