"""The first page: every integration with where it stands, and a search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.service.overview import PairView, pairs
from accord.hub.storage import versions
from accord.hub.web.bodies import query_of
from accord.hub.web.hub import hub_of
from accord.hub.web.pages.negotiation import PageRoute
from accord.hub.web.pages.rendering import page
from accord.hub.web.routing import HubRouter

if TYPE_CHECKING:
    from sqlalchemy import Connection

router = HubRouter(route_class=PageRoute, include_in_schema=False)

PER_PAGE = 100
STATES = ("success", "failed", "stale", "never")


@router.get("/")
@router.get("/pacticipants")
@router.get("/dashboard")
async def show_overview(request: Request) -> Response:
    """All integrations; ``search`` narrows to names, ``state`` to one state, ``page`` counts from 1."""
    query = query_of(request)
    search, state = text_in(query, "search"), text_in(query, "state")
    number = page_in(query)

    def work(connection: Connection) -> dict[str, Any]:
        everything = pairs(connection)
        found = [each for each in everything if _fits(each, search)]
        counts = {each: sum(view.status == each for view in found) for each in STATES}
        if state in STATES:
            found = [each for each in found if each.status == state]
        shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
        ids = {each.pact.version_id for each in shown}
        ids |= {each.verification.provider_version_id for each in shown if each.verification is not None}
        return {
            "views": shown,
            "total": len(everything),
            "count": len(found),
            "counts": counts,
            "branches": versions.branches_of(connection, ids),
        }

    values = await hub_of(request).read(work)
    pages = max(1, -(-values["count"] // PER_PAGE))
    return page(request, "overview.html", search=search, state=state, number=number, pages=pages, **values)


def _fits(view: PairView, search: str) -> bool:
    names = f"{view.pact.consumer} {view.pact.provider}".casefold()
    return all(word in names for word in search.casefold().split())


def text_in(query: dict[str, Any], name: str) -> str:
    """A parameter; empty where it is missing or no text."""
    value = query.get(name)
    return value.strip() if isinstance(value, str) else ""


def page_in(query: dict[str, Any]) -> int:
    """Which page is wanted; 1 where it is not said."""
    text = text_in(query, "page")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1  # noqa: PLR2004 - nobody turns a million pages
