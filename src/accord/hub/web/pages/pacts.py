"""A pact's page: its interactions, who verified it, and what changed since the one before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.domain.differences import difference
from accord.hub.domain.explanations import failure_lines
from accord.hub.service import lookup
from accord.hub.service.explaining import descriptions_of
from accord.hub.storage import matrix, pacts, verifications, versions
from accord.hub.web.bodies import query_of
from accord.hub.web.hub import hub_of
from accord.hub.web.pages.interactions import MOST_SHOWN, interactions_of
from accord.hub.web.pages.negotiation import PageRoute
from accord.hub.web.pages.overview import text_in
from accord.hub.web.pages.rendering import page
from accord.hub.web.parameters import Consumer, Number, Provider, Segment, Sha, Tag
from accord.hub.web.routing import HubRouter

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from accord.hub.domain.records import Pact

router = HubRouter(route_class=PageRoute, include_in_schema=False)

MOST_RESULTS = 50
MOST_EDITIONS = 30
MOST_DIFF_LINES = 2000

_PAIR = "/pacts/provider/{provider:name}/consumer/{consumer:name}"
_OLD_PAIR = "/pact/provider/{provider:name}/consumer/{consumer:name}"


async def _show(request: Request, find: Callable[[Any], Pact]) -> Response:
    compared = text_in(query_of(request), "compare")

    def work(connection: Connection) -> dict[str, Any]:
        pact = find(connection)
        content = json.loads(pacts.document(connection, pact.content_id))
        results = _results(connection, pact, content)
        mine = pacts.pacts(connection, pacts.between(pact.consumer, pact.provider).limit(MOST_EDITIONS))
        interactions = interactions_of(content, results[0][0].test_results if results else None)
        return {
            "pact": pact,
            "newest": mine[0],
            "editions": mine,
            "edition_branches": versions.branches_of(connection, [each.version_id for each in mine]),
            "branches": versions.branches_of(connection, [pact.version_id]).get(pact.version_id, []),
            "tags": versions.tags_of(connection, [pact.version_id]).get(pact.version_id, []),
            "results": results,
            "verified_before": bool(results)
            or verifications.any_for_pair(connection, pact.consumer_id, pact.provider_id),
            "interactions": interactions[:MOST_SHOWN],
            "count": len(interactions),
            "metadata": _specification(content),
            **_changes(connection, pact, content, compared),
        }

    return page(request, "pact.html", compared=compared, **await hub_of(request).read(work))


def _results(connection: Connection, pact: Pact, content: dict[str, Any]) -> list[tuple[Any, tuple[str, ...]]]:
    """The newest result of each provider version, with what failed in it; the newest first."""
    newest = sorted((each[3] for each in matrix.latest_results(connection, [pact.content_id])), reverse=True)
    found = verifications.by_ids(connection, newest[:MOST_RESULTS])
    names = descriptions_of(content)
    return [
        (found[each], () if found[each].success else failure_lines(found[each].test_results, names))
        for each in newest[:MOST_RESULTS]
    ]


def _specification(content: dict[str, Any]) -> str:
    metadata = content.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    found = metadata.get("pactSpecification") or metadata.get("pact-specification")
    return str(found.get("version", "")) if isinstance(found, dict) else ""


def _changes(connection: Connection, pact: Pact, content: dict[str, Any], compared: str) -> dict[str, Any]:
    other = (
        lookup.pact(connection, pact.consumer, pact.provider, compared)
        if compared
        else pacts.previous(connection, pact, distinct=True)
    )
    if other is None:
        return {"other": None, "diff": [], "cut": 0}
    text = difference(json.loads(pacts.document(connection, other.content_id)), content)
    lines = text.splitlines()
    return {"other": other, "diff": lines[:MOST_DIFF_LINES], "cut": max(0, len(lines) - MOST_DIFF_LINES)}


@router.get(_OLD_PAIR + "/version/{number:name}")
@router.get(_PAIR + "/versions/{number:name}")
@router.get(_PAIR + "/version/{number:name}")
@router.get(_PAIR + "/version/{number:name}/diff/previous-distinct")
async def show_pact(request: Request, provider: Provider, consumer: Consumer, number: Number) -> Response:
    """The pact of a consumer version."""
    return await _show(request, lambda c: lookup.pact(c, consumer, provider, number))


@router.get(_PAIR + "/pact-version/{sha:name}")
async def show_content(request: Request, provider: Provider, consumer: Consumer, sha: Sha) -> Response:
    """The newest pact with a content."""
    return await _show(request, lambda c: lookup.content(c, consumer, provider, sha))


@router.get(_PAIR + "/pact-version/{sha:name}/metadata/{metadata:name}")
async def show_content_with_metadata(
    request: Request, provider: Provider, consumer: Consumer, sha: Sha, metadata: Segment
) -> Response:
    """The same: why it was chosen is for the verifier alone."""
    del metadata
    return await _show(request, lambda c: lookup.content(c, consumer, provider, sha))


async def _latest(request: Request, provider: str, consumer: str, narrow: Callable[[Any], Any]) -> Response:
    def find(connection: Connection) -> Pact:
        found = pacts.pacts(connection, narrow(pacts.between(consumer, provider)).limit(1))
        return lookup.one(found[0] if found else None)

    return await _show(request, find)


@router.get(_OLD_PAIR + "/latest")
@router.get(_PAIR + "/latest")
async def show_latest(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """The newest pact."""
    return await _latest(request, provider, consumer, lambda query: query)


@router.get(_PAIR + "/latest-untagged")
async def show_latest_untagged(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """The newest pact of a version without tags."""
    return await _latest(request, provider, consumer, pacts.untagged)


@router.get(_PAIR + "/latest/{tag:name}")
async def show_latest_with_tag(request: Request, provider: Provider, consumer: Consumer, tag: Tag) -> Response:
    """The newest pact with a tag."""
    return await _latest(request, provider, consumer, lambda query: pacts.with_tag(query, tag))


@router.get(_PAIR + "/branch/{tag:name}/latest")
async def show_latest_of_branch(request: Request, provider: Provider, consumer: Consumer, tag: Tag) -> Response:
    """The newest pact of a branch."""
    return await _latest(request, provider, consumer, lambda query: pacts.on_branch(query, tag, head=True))
