"""Which pacts a provider has to verify now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from accord.hub.domain.selection import Selection, SelectionError
from accord.hub.domain.verifiable import Match, VerifiablePact, merged
from accord.hub.storage import deployments, pacts, participants, verifications, wip
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
    query = pacts.ALL.where(pacts.providers.c.name == provider.name)
    if selector.consumer:
        query = query.where(pacts.consumers.c.name == selector.consumer)
    if selector.main_branch:
        found = pacts.pacts(connection, pacts.on_main_branch(query, head=True))
        mains = participants.by_ids(connection, {pact.consumer_id for pact in found})
        return [
            (pact, Match(selector, pact.version_id, pact.version, main_branch=mains[pact.consumer_id].main_branch))
            for pact in found
        ]
    if selector.branch:
        found = pacts.pacts(connection, pacts.on_branch(query, selector.branch, head=True))
        rest = pacts.on_branch(query, selector.fallback_branch, head=True) if selector.fallback_branch else None
    elif selector.tag:
        tagged = pacts.with_tag(query, selector.tag)
        found = pacts.pacts(connection, pacts.newest_per_pair(tagged) if selector.latest else tagged)
        fallback = selector.fallback_tag
        rest = pacts.newest_per_pair(pacts.with_tag(query, fallback)) if fallback else None
    else:
        found, rest = pacts.pacts(connection, pacts.newest_per_pair(query)), None
    chosen = [(pact, Match(selector, pact.version_id, pact.version)) for pact in found]
    if rest is not None:
        have = {pact.consumer_id for pact in found}
        chosen += [
            (pact, Match(selector, pact.version_id, pact.version, fell_back=True))
            for pact in pacts.pacts(connection, rest)
            if pact.consumer_id not in have
        ]
    return chosen


def _select_present(
    connection: Connection, provider: Participant, selector: VersionSelector
) -> list[tuple[Pact, Match]]:
    released = None
    if selector.deployed != selector.released and not selector.deployed_or_released:
        released = selector.released
    environment = deployments.environment(connection, name=selector.environment) if selector.environment else None
    consumers = [consumer for consumer, _ in participants.pairs(connection, provider_ids=[provider.id])]
    there = deployments.present(
        connection,
        released=released,
        environment_id=environment.id if environment else None,
        participant_ids=consumers,
    )
    if selector.consumer:
        there = [each for each in there if each.participant == selector.consumer]
    by_version = pacts.published_by(connection, {each.version_id for each in there})
    names = deployments.environments_by_id(connection, {each.environment_id for each in there})
    return [
        (pact, Match(
            selector, each.version_id, each.version,
            environment=names[each.environment_id].name, released=each.released,
        ))
        for each in there
        for pact in by_version.get(each.version_id, [])
        if pact.provider_id == provider.id
    ]  # fmt: skip


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
