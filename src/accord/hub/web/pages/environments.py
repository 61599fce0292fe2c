"""What is deployed where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.service import lookup
from accord.hub.storage import deployments
from accord.hub.web.hub import hub_of
from accord.hub.web.pages.negotiation import PageRoute
from accord.hub.web.pages.rendering import page
from accord.hub.web.parameters import Uuid
from accord.hub.web.routing import HubRouter

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from accord.hub.domain.records import Environment

router = HubRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/environments")
async def show_environments(request: Request) -> Response:
    """Every environment."""
    return await _show(request, deployments.all_environments)


@router.get("/environments/{uuid:name}")
async def show_environment(request: Request, uuid: Uuid) -> Response:
    """One environment."""
    return await _show(request, lambda connection: [lookup.environment(connection, uuid)])


async def _show(request: Request, find: Any) -> Response:
    def work(connection: Connection) -> dict[str, Any]:
        places: list[Environment] = find(connection)
        only = places[0].id if len(places) == 1 else None
        there: dict[int, list[Any]] = {each.id: [] for each in places}
        for each in deployments.present(connection, environment_id=only):
            if each.environment_id in there:
                there[each.environment_id].append(each)
        for present in there.values():
            present.sort(key=lambda presence: (presence.participant.casefold(), -presence.id))
        return {"places": places, "there": there}

    return page(request, "environments.html", **await hub_of(request).read(work))
