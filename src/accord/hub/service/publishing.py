"""A consumer version's contracts are published: all of them, or none."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from accord.hub.domain.decisions import Notice
from accord.hub.domain.differences import difference
from accord.hub.domain.identity import pact_sha, with_interaction_ids
from accord.hub.domain.merging import merged
from accord.hub.domain.publication import (
    ContractToPublish,
    Publication,
    change_comment,
    conflict_text,
    next_steps,
    publication_notice,
    unchanged_comment,
    version_notices,
)
from accord.hub.domain.webhooks import Event
from accord.hub.service.events import Delivery, Happening, announce, required_verifications
from accord.hub.storage import pacts, participants, verifications, versions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from accord.hub.domain.records import Pact, Participant, Version
    from accord.hub.service.moment import Moment
    from accord.hub.wire.addresses import Addresses

MAIN_BRANCHES = ("develop", "main", "master")
"""The first version on one of these makes it a participant's main branch, where none was named."""


class ConflictError(Exception):
    """A pact of the version is there already and says something else.

    Attributes:
        conflicts: a message and a diff for each.
    """

    def __init__(self, conflicts: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(message for message, _ in conflicts))
        self.conflicts = conflicts


@dataclass(slots=True)
class Published:
    """What came of a publication."""

    participant: Participant
    version: Version
    tags: tuple[str, ...]
    pacts: list[Pact] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)


def publish(connection: Connection, publication: Publication, moment: Moment) -> Published:
    """Keep a version with its branch, tags and contracts.

    Raises:
        ConflictError: nothing was kept.
    """
    _refuse_changes(connection, publication)
    now = moment.now
    participant = participants.find_or_create(connection, publication.participant, now)
    version, created = versions.find_or_create(
        connection, participant.id, publication.version, now, build_url=publication.build_url
    )
    if publication.branch:
        put_on_branch(connection, version, publication.branch, now)
    for tag in publication.tags:
        versions.add_tag(connection, version, tag, now)
    result = Published(participant, version, publication.tags)
    result.notices += version_notices(publication, created=created)
    for contract in publication.contracts:
        kept, notices, deliveries = _publish_one(connection, version, contract, moment, build_url=publication.build_url)
        result.pacts.append(kept)
        result.notices += notices
        result.deliveries += deliveries
    return result


def publish_pact(
    connection: Connection,
    consumer: str,
    number: str,
    contract: ContractToPublish,
    moment: Moment,
) -> tuple[Pact, bool]:
    """Keep one pact, the old way; and whether it is new.

    Raises:
        ConflictError: the version's pact says something else.
    """
    existing = pacts.by_version(connection, consumer, contract.provider, number)
    if existing is not None and not contract.merge:
        conflict = _conflict(connection, existing, contract.pact)
        if conflict is not None:
            raise ConflictError([conflict])
    participant = participants.find_or_create(connection, consumer, moment.now)
    version, _ = versions.find_or_create(connection, participant.id, number, moment.now)
    kept, _, _ = _publish_one(connection, version, contract, moment)
    return kept, existing is None


def put_on_branch(connection: Connection, version: Version, branch: str, now: int) -> bool:
    """Put a version on a branch; the first on a usual name makes it the main branch. False: it was there."""
    added = versions.add_to_branch(connection, version, branch, now)
    if branch in MAIN_BRANCHES:
        participant = participants.by_id(connection, version.participant_id)
        if participant.main_branch is None:
            participants.change(connection, participant.id, {"main_branch": branch}, now)
    return added


def _refuse_changes(connection: Connection, publication: Publication) -> None:
    conflicts = []
    for contract in publication.contracts:
        if contract.merge:
            continue
        existing = pacts.by_version(connection, publication.participant, contract.provider, publication.version)
        conflict = _conflict(connection, existing, contract.pact) if existing else None
        if conflict is not None:
            conflicts.append(conflict)
    if conflicts:
        raise ConflictError(conflicts)


def _conflict(connection: Connection, existing: Pact, pact: dict[str, Any]) -> tuple[str, str] | None:
    if existing.sha == pact_sha(pact):
        return None
    before = json.loads(pacts.document(connection, existing.content_id))
    return conflict_text(existing.consumer, existing.version, existing.provider), difference(before, pact)


def _publish_one(
    connection: Connection,
    version: Version,
    contract: ContractToPublish,
    moment: Moment,
    *,
    build_url: str | None = None,
) -> tuple[Pact, list[Notice], list[Delivery]]:
    provider_name, pact, merge = contract.provider, contract.pact, contract.merge
    now, addresses = moment.now, moment.addresses
    provider = participants.find_or_create(connection, provider_name, now)
    existing = pacts.by_version(connection, version.participant, provider_name, version.number)
    if merge and existing is not None:
        pact = merged(json.loads(pacts.document(connection, existing.content_id)), pact)
    text = json.dumps(with_interaction_ids(pact), ensure_ascii=False, separators=(",", ":"))
    sha = pact_sha(pact)
    content_id = pacts.keep_content(connection, (version.participant_id, provider.id), sha, text, now)
    pacts.publish(
        connection, consumer_id=version.participant_id, provider_id=provider.id,
        version_id=version.id, content_id=content_id, now=now,
    )  # fmt: skip
    participants.connect(connection, version.participant_id, provider.id, now)
    kept = pacts.by_version(connection, version.participant, provider_name, version.number)
    assert kept is not None  # noqa: S101 - just published, in this transaction
    happenings = _happenings(connection, kept, existing, build_url)
    deliveries, has_webhooks = announce(connection, happenings, kept, moment)
    notices = [
        publication_notice(kept, merge=merge, existed=existing is not None),
        Notice("debug", f"  View the published pact at {addresses.pact(kept.consumer, kept.provider, kept.version)}"),
        Notice("debug", f"  Events detected: {', '.join(dict.fromkeys(each.text for each in happenings))}"),
        *_delivery_notices(deliveries, addresses, has_webhooks=has_webhooks),
        *next_steps(
            provider_name,
            verified=verifications.any_for_pair(connection, kept.consumer_id, kept.provider_id),
            webhooks=has_webhooks,
        ),
    ]
    return kept, notices, deliveries


def _happenings(connection: Connection, pact: Pact, existing: Pact | None, build_url: str | None) -> list[Happening]:
    tags = tuple(each.name for each in versions.tags_of(connection, [pact.version_id]).get(pact.version_id, ()))
    comment = None
    if existing is not None:
        if existing.sha != pact.sha:
            what = f"{pact.consumer} version {pact.version}"
            comment = f"pact content modified since previous publication for {what}"
    else:
        lines: tuple[str | None, ...] = tags or (None,)
        comment = change_comment([(tag, pacts.previous(connection, pact, tag=tag)) for tag in lines], pact)
    same = unchanged_comment(tags) if comment is None and existing is None else None
    happened = [Happening(Event.CONTRACT_PUBLISHED, same)]
    happened += required_verifications(connection, pact)
    if comment is not None:
        happened.append(Happening(Event.CONTRACT_CONTENT_CHANGED, comment))
    return [replace(each, build_url=build_url, consumer_tags=tags) for each in happened]


def _delivery_notices(deliveries: list[Delivery], addresses: Addresses, *, has_webhooks: bool) -> list[Notice]:
    if not deliveries:
        return [Notice("debug", "  No enabled webhooks found for the detected events")] if has_webhooks else []
    notices = []
    for each in deliveries:
        name = json.dumps(each.webhook.description) if each.webhook.description else each.webhook.uuid
        notices.append(
            Notice(
                "debug",
                f"  Webhook {name} triggered for event {each.event.value}.\n"
                f"    View logs at {addresses.logs(each.uuid)}",
            )
        )
    return notices
