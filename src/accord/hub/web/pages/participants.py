"""A participant's page, and a version's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.domain.matrix import Criteria, MatrixOptions, MatrixSelector
from accord.hub.service import lookup
from accord.hub.service.matrix import find
from accord.hub.service.overview import pairs
from accord.hub.storage import deployments, pacts, participants, versions
from accord.hub.web.bodies import query_of
from accord.hub.web.hub import hub_of
from accord.hub.web.pages.negotiation import PageRoute
from accord.hub.web.pages.overview import page_in
from accord.hub.web.pages.rendering import page
from accord.hub.web.parameters import Name, Number
from accord.hub.web.routing import HubRouter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from accord.hub.domain.records import Presence

router = HubRouter(route_class=PageRoute, include_in_schema=False)

PER_PAGE = 50
MOST_BRANCHES = 20
MOST_ROWS = 200


@router.get("/pacticipants/{name:name}")
async def show_participant(request: Request, name: Name) -> Response:
    """A participant: where it runs, whom it has contracts with, its branches and versions."""
    number = page_in(query_of(request))

    def work(connection: Connection) -> dict[str, Any]:
        owner = lookup.participant(connection, name)
        listed = versions.listed(connection, owner.id, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
        shown = listed[:PER_PAGE]
        ids = [each.id for each in shown]
        there = deployments.present(connection, participant_ids=[owner.id])
        return {
            "owner": owner,
            "labels": participants.labels_of(connection, [owner.id]).get(owner.id, []),
            "there": there,
            "places": deployments.environments_by_id(connection, {each.environment_id for each in there}),
            "by_version": _by_version(there),
            "as_consumer": pairs(connection, consumer=name),
            "as_provider": pairs(connection, provider=name),
            "heads": versions.heads(connection, owner.id, MOST_BRANCHES),
            "versions": shown,
            "more": len(listed) > PER_PAGE,
            "branches": versions.branches_of(connection, ids),
            "tags": versions.tags_of(connection, ids),
            "published": pacts.published_by(connection, ids),
        }

    values = await hub_of(request).read(work)
    return page(request, "participant.html", number=number, **values)


def _by_version(there: Iterable[Presence]) -> dict[int, list[Presence]]:
    found: dict[int, list[Presence]] = {}
    for each in there:
        found.setdefault(each.version_id, []).append(each)
    return found


@router.get("/pacticipants/{name:name}/versions/{number:name}")
async def show_version(request: Request, name: Name, number: Number) -> Response:
    """A version: its branches and tags, where it runs, its evidence, and what it was verified with."""

    def work(connection: Connection) -> dict[str, Any]:
        version = lookup.version(connection, name, number)
        there = deployments.present(connection, version_ids=[version.id], current=None)
        selector = MatrixSelector(name, Criteria(version=number))
        return {
            "version": version,
            "branches": versions.branches_of(connection, [version.id]).get(version.id, []),
            "tags": versions.tags_of(connection, [version.id]).get(version.id, []),
            "there": there,
            "places": deployments.environments_by_id(connection, {each.environment_id for each in there}),
            "environments": deployments.all_environments(connection),
            "evidence": deployments.evidence_of(connection, [version.id]).get(version.id, []),
            "rows": find(connection, [selector], MatrixOptions(latest_by="cvpv", limit=MOST_ROWS)).rows,
        }

    return page(request, "version.html", **await hub_of(request).read(work))
