"""Badges for READMEs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.responses import Response

from accord.hub.domain.decisions import judge
from accord.hub.domain.matrix import Criteria, MatrixOptions, MatrixQueryError, MatrixSelector
from accord.hub.service.matrix import find
from accord.hub.storage import pacts, participants, verifications
from accord.hub.web.answers import SVG, text
from accord.hub.web.badge import badge, initials
from accord.hub.web.bodies import query_of
from accord.hub.web.hub import hub_of
from accord.hub.web.parameters import Branch, Consumer, Name, Provider, Tag, Text
from accord.hub.web.routes.matrix import Question, branch_question, tag_question
from accord.hub.web.routing import HubRouter

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

router = HubRouter(tags=["badges"])

_PAIR = "/pacts/provider/{provider:name}/consumer/{consumer:name}"
_STATES = {True: ("verified", "brightgreen"), False: ("failed", "red"), None: ("unknown", "lightgrey")}


async def _of_pact(
    request: Request, provider: str, consumer: str, narrow: Callable[[Any], Any], tag: str | None = None
) -> Response:
    query = query_of(request)
    short, label = query.get("initials") == "true", str(query.get("label") or "").lower()

    def work(connection: Connection) -> tuple[str, str] | None:
        found = pacts.pacts(connection, narrow(pacts.between(consumer, provider)).limit(1))
        if not found:
            return None
        newest = verifications.latest(connection, found[0].content_id)
        if newest is not None:
            return _STATES[newest.success]
        earlier = verifications.any_for_pair(connection, found[0].consumer_id, found[0].provider_id)
        return ("changed", "orange") if earlier else _STATES[None]

    state = await hub_of(request).read(work)
    if state is None:
        return text(badge("pact not found", "unknown", "lightgrey"), media_type=SVG)
    names = [initials(each) if short else each.lower() for each in (consumer, provider)]
    if tag is not None:
        names[0] += f" ({tag})"
    title = {"consumer": names[0], "provider": names[1]}.get(label, "/".join(names))
    return text(badge(f"{title} pact", *state), media_type=SVG)


@router.get(_PAIR + "/latest/badge")
async def get_badge(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """Whether the newest pact is verified."""
    return await _of_pact(request, provider, consumer, lambda query: query)


@router.get(_PAIR + "/latest-untagged/badge")
async def get_badge_untagged(request: Request, provider: Provider, consumer: Consumer) -> Response:
    """Whether the newest pact without tags is verified."""
    return await _of_pact(request, provider, consumer, pacts.untagged)


@router.get(_PAIR + "/latest/{tag:name}/badge")
async def get_badge_of_tag(request: Request, provider: Provider, consumer: Consumer, tag: Tag) -> Response:
    """Whether the newest pact with a tag is verified."""
    return await _of_pact(request, provider, consumer, lambda query: pacts.with_tag(query, tag), tag)


async def _of_question(request: Request, question: Question, words: str) -> Response:
    label = query_of(request).get("label")

    def work(connection: Connection) -> bool | None:
        return judge(find(connection, *question)).deployable

    try:
        deployable = await hub_of(request).read(work)
    except MatrixQueryError as problem:
        return text(badge("can-i-deploy", str(problem), "lightgrey"), media_type=SVG)
    title = label if isinstance(label, str) and label else "can-i-deploy"
    return text(badge(title, words, "brightgreen" if deployable else "red"), media_type=SVG)


@router.get("/pacticipants/{name:name}/latest-version/{tag:name}/can-i-deploy/to/{to:name}/badge")
async def get_can_i_deploy_badge(request: Request, name: Name, tag: Tag, to: Text) -> Response:
    """Whether the latest version with a tag can join the latest with another."""
    return await _of_question(request, tag_question(name, tag, to), f"{tag} to {to}")


@router.get(
    "/pacticipants/{name:name}/branches/{branch:name}/latest-version/can-i-deploy/to-environment/{environment:name}/badge"
)
async def get_can_i_deploy_branch_badge(request: Request, name: Name, branch: Branch, environment: Text) -> Response:
    """Whether the latest version of a branch can be deployed to an environment."""
    return await _of_question(request, branch_question(name, branch, environment), f"{branch} to {environment}")


@router.get("/pacticipants/{name:name}/main-branch/can-i-merge/badge")
async def get_can_i_merge_badge(request: Request, name: Name) -> Response:
    """Whether the main branch fits the main branches of its partners."""
    label = query_of(request).get("label")
    main = await hub_of(request).read(_main_branch, name)
    if main is None:
        return text(badge("can-i-merge", "no main branch", "lightgrey"), media_type=SVG)
    others = Criteria(latest=True, main_branch=True)
    selector = MatrixSelector(name, Criteria(latest=True, branch=main))
    question: Question = ([selector], MatrixOptions(latest_by="cvp", others=others))
    deployable = await hub_of(request).read(lambda c: judge(find(c, *question)).deployable)
    state = _STATES[deployable]
    words = {"verified": "success", "failed": "failed", "unknown": "unknown"}[state[0]]
    title = label if isinstance(label, str) and label else "can-i-merge"
    return text(badge(title, words, state[1]), media_type=SVG)


def _main_branch(connection: Connection, name: str) -> str | None:
    found = participants.by_name(connection, name)
    return found.main_branch if found else None


@router.get(
    "/matrix/provider/{provider:name}/latest/{provider_tag:name}/consumer/{consumer:name}/latest/{tag:name}/badge"
)
async def get_matrix_badge(
    request: Request, provider: Provider, provider_tag: Tag, consumer: Consumer, tag: Tag
) -> Response:
    """Whether the latest versions of a pair with a tag each fit."""
    selectors = [
        MatrixSelector(consumer, Criteria(latest=True, tag=tag)),
        MatrixSelector(provider, Criteria(latest=True, tag=provider_tag)),
    ]

    def work(connection: Connection) -> tuple[str, str]:
        rows = find(connection, selectors, MatrixOptions(latest_by="cvpv")).rows
        return _STATES[rows[0].success if rows else None]

    try:
        state = await hub_of(request).read(work)
    except MatrixQueryError:
        return text(badge("pact not found", "unknown", "lightgrey"), media_type=SVG)
    title = f"{consumer.lower()} ({tag})/{provider.lower()} ({provider_tag}) pact"
    return text(badge(title, *state), media_type=SVG)
