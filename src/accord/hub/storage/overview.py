"""What the overview asks of all pairs at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from accord.hub.storage.tables import (
    branches,
    contents,
    environments,
    integrations,
    labels,
    participants,
    presences,
    publications,
    tags,
    triggered_webhooks,
    verifications,
    versions,
    webhook_attempts,
    webhooks,
)

Pair = tuple[int, int]


def verified_pairs(connection: Connection) -> set[Pair]:
    """The pairs of which any pact was ever verified, with whatever result."""
    any_result = (
        select(verifications.c.id)
        .join(contents, contents.c.id == verifications.c.content_id)
        .where(
            contents.c.consumer_id == integrations.c.consumer_id, contents.c.provider_id == integrations.c.provider_id
        )
        .exists()
    )
    query = select(integrations.c.consumer_id, integrations.c.provider_id).where(any_result)
    return {(row[0], row[1]) for row in connection.execute(query)}


def webhook_states(connection: Connection) -> dict[Pair, tuple[str, int]]:
    """By pair, what became of the newest thing that a webhook sent, and when it was triggered."""
    table = triggered_webhooks.c
    newest = select(func.max(table.id)).group_by(table.consumer_id, table.provider_id)
    query = select(table.consumer_id, table.provider_id, table.status, table.created_at).where(table.id.in_(newest))
    return {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(query)}


def counts(connection: Connection) -> dict[str, Any]:
    """How much there is of everything, in the reference's shape."""

    def count(table: Any, *where: Any) -> int:
        return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0

    distinct_tags = connection.scalar(select(func.count(func.distinct(tags.c.name)))) or 0
    return {
        "pacticipants": {
            "count": count(participants),
            "withMainBranchSetCount": count(participants, participants.c.main_branch.is_not(None)),
        },
        "integrations": {"count": count(integrations)},
        "pactPublications": {"count": count(publications)},
        "pactVersions": {"count": count(contents)},
        "pactRevisions": {"count": connection.scalar(select(func.coalesce(func.sum(publications.c.revision), 0))) or 0},
        "verificationResults": {
            "count": count(verifications),
            "successCount": count(verifications, verifications.c.success),
            "failureCount": count(verifications, ~verifications.c.success),
        },
        "pacticipantVersions": {"count": count(versions)},
        "labels": {"count": count(labels)},
        "tags": {"count": count(tags), "distinctCount": distinct_tags},
        "branches": {"count": count(branches)},
        "webhooks": {"count": count(webhooks)},
        "triggeredWebhooks": {"count": count(triggered_webhooks)},
        "webhookExecutions": {"count": count(webhook_attempts)},
        "environments": {"count": count(environments)},
        "deployedVersions": {
            "count": count(presences, ~presences.c.released),
            "currentlyDeployedCount": count(presences, ~presences.c.released, presences.c.current),
        },
        "releasedVersions": {
            "count": count(presences, presences.c.released),
            "currentlySupportedCount": count(presences, presences.c.released, presences.c.current),
        },
    }
