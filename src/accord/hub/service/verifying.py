"""Which pacts a provider has to verify now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from accord.hub.domain.selection import Selection, SelectionError
from accord.hub.domain.verifiable import Match, VerifiablePact, merged
from accord.hub.storage import choosing, deployments, pacts, participants, verifications, wip
from accord.hub.wire.selectors import VersionSelector

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

    from accord.hub.domain.records import Pact, Participant


def pacts_for_verification(connection: Connection, provider: Participant, selection: Selection) -> list[VerifiablePact]:
    """The pacts that the selectors choose, one for each content; then those in progress.

    Raises:
        SelectionError: an environment is not known.
    """
    selectors = selection.selectors or tuple(_default_selectors(connection, provider))
    _check_environments(connection, selectors)
    found: list[tuple[Pact, Match]] = []
    for selector in selectors:
        found += _select(connection, provider, selector, selection.branch)
    chosen = merged(found)
    verifiable = [VerifiablePact(pact, matches, branch=selection.branch) for pact, matches in chosen]
    if selection.pending:
        verifiable = _with_pending(connection, verifiable, selection)
    if selection.wip_since is not None:
        verifiable += _in_progress(connection, provider, selection, {pact.content_id for pact, _ in chosen})
    return verifiable


def _check_environments(connection: Connection, selectors: Collection[VersionSelector]) -> None:
    errors = [
        f"environment with name '{selector.environment}' does not exist (at index {index})"
        for index, selector in enumerate(selectors)
        if selector.environment and deployments.environment(connection, name=selector.environment) is None
    ]
    if errors:
        raise SelectionError({"consumerVersionSelectors": errors})


def _default_selectors(connection: Connection, provider: Participant) -> list[VersionSelector]:
    """The latest of each consumer's main branch, else the latest of all; and what runs somewhere."""
    pairs = participants.pairs(connection, provider_ids=[provider.id])
    consumers = participants.by_ids(connection, [consumer for consumer, _ in pairs])
    selectors = []
    for consumer in sorted(consumers.values(), key=lambda each: each.name):
        query = pacts.between(consumer.name, provider.name)
        if consumer.main_branch and pacts.pacts(connection, pacts.on_main_branch(query, head=False).limit(1)):
            selectors.append(VersionSelector(main_branch=True, consumer=consumer.name))
        elif consumer.main_branch and pacts.pacts(connection, pacts.with_tag(query, consumer.main_branch).limit(1)):
            selectors.append(VersionSelector(tag=consumer.main_branch, latest=True, consumer=consumer.name))
        else:
            selectors.append(VersionSelector(latest=True, consumer=consumer.name))
    return [*selectors, VersionSelector(deployed=True), VersionSelector(released=True)]


def _select(
    connection: Connection, provider: Participant, selector: VersionSelector, branch: str | None
) -> list[tuple[Pact, Match]]:
    if selector.matching_branch:
        selector = VersionSelector(branch=branch, consumer=selector.consumer, latest=True)
    if selector.environment or selector.deployed or selector.released or selector.deployed_or_released:
        return _select_present(connection, provider, selector)
    first, fallback = _lines(selector)
    chosen = [
        (pact, Match(selector, pact.version_id, pact.version, main_branch=main))
        for pact, main in choosing.of_line(connection, provider.id, consumer=selector.consumer, **first)
    ]
    if fallback is not None:
        have = {pact.consumer_id for pact, _ in chosen}
        chosen += [
            (pact, Match(selector, pact.version_id, pact.version, fell_back=True))
            for pact, _ in choosing.of_line(connection, provider.id, consumer=selector.consumer, **fallback)
            if pact.consumer_id not in have
        ]
    return chosen


def _lines(selector: VersionSelector) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """What a selector is about, and what is taken for the consumers that have none of it."""
    if selector.main_branch:
        return {"main_branch": True}, None
    if selector.branch:
        fallback = selector.fallback_branch
        return {"branch": selector.branch}, {"branch": fallback} if fallback else None
    if selector.tag:
        fallback = selector.fallback_tag
        return {"tag": selector.tag, "latest": bool(selector.latest)}, {"tag": fallback} if fallback else None
    return {}, None


def _select_present(
    connection: Connection, provider: Participant, selector: VersionSelector
) -> list[tuple[Pact, Match]]:
    released = None
    if selector.deployed != selector.released and not selector.deployed_or_released:
        released = selector.released
    found = choosing.in_environments(
        connection, provider.id, released=released, environment=selector.environment, consumer=selector.consumer
    )
    return [
        (pact, Match(selector, pact.version_id, pact.version, environment=environment, released=as_release))
        for pact, environment, as_release in found
    ]


def _with_pending(
    connection: Connection, verifiable: list[VerifiablePact], selection: Selection
) -> list[VerifiablePact]:
    ids = {each.pact.content_id for each in verifiable}
    if selection.branch or not selection.tags:
        verified = verifications.verified_contents(connection, ids, branch=selection.branch)
        return [replace(each, pending=each.pact.content_id not in verified) for each in verifiable]
    by_tag = {tag: verifications.verified_contents(connection, ids, tag=tag) for tag in selection.tags}
    result = []
    for each in verifiable:
        pending = tuple(tag for tag, verified in by_tag.items() if each.pact.content_id not in verified)
        settled = tuple(tag for tag in by_tag if tag not in pending)
        result.append(replace(each, pending=bool(pending), pending_tags=pending, settled_tags=settled))
    return result


def _in_progress(
    connection: Connection, provider: Participant, selection: Selection, chosen: set[int]
) -> list[VerifiablePact]:
    """Heads of branches and tags that are new, and that this branch (or tag) of the provider never verified."""
    if not selection.branch and not selection.tags:
        return []
    heads = wip.heads_since(connection, provider.id, selection.wip_since or 0)
    heads = [(pact, selector) for pact, selector in heads if pact.content_id not in chosen]
    ids = {pact.content_id for pact, _ in heads}
    lines = [("branch", selection.branch)] if selection.branch else [("tag", tag) for tag in selection.tags]
    open_for: dict[int, list[str]] = {}
    for kind, name in lines:
        settled = wip.settled_contents(connection, ids, provider.id, **{kind: name})
        for content_id in ids - settled:
            open_for.setdefault(content_id, []).append(name or "")
    found = merged(
        [
            (pact, Match(selector, pact.version_id, pact.version))
            for pact, selector in heads
            if pact.content_id in open_for
        ]
    )
    return [
        VerifiablePact(
            pact,
            matches,
            pending=True if selection.pending else None,
            wip=True,
            branch=selection.branch,
            pending_tags=() if selection.branch else tuple(open_for[pact.content_id]),
        )
        for pact, matches in found
    ]
