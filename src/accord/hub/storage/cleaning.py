"""What retention may remove, found and removed in small batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, select

from accord.hub.domain.records import Version
from accord.hub.storage import pacts
from accord.hub.storage.tables import (
    audit,
    branches,
    participants,
    presences,
    publications,
    tags,
    triggered_webhooks,
    versions,
)
from accord.hub.storage.webhooks import WAITING

if TYPE_CHECKING:
    from collections.abc import Collection


def removable(connection: Connection, before: int, limit: int | None = None) -> list[Version]:
    """Versions older than that which nobody needs, oldest first.

    Needed are: what is deployed or supported, the head of a branch, the newest with a tag, a participant's newest.
    """
    there = select(presences.c.version_id).where(presences.c.current)
    heads = select(branches.c.head_version_id).where(branches.c.head_version_id.is_not(None))
    tagged = select(func.max(tags.c.version_id)).group_by(tags.c.participant_id, tags.c.name)
    newest = select(func.max(versions.c.id)).group_by(versions.c.participant_id)
    query = (
        select(
            versions.c.id,
            versions.c.participant_id,
            participants.c.name,
            versions.c.number,
            versions.c.build_url,
            versions.c.created_at,
            versions.c.updated_at,
        )
        .join(participants, participants.c.id == versions.c.participant_id)
        .where(
            versions.c.created_at < before,
            *(versions.c.id.not_in(kept) for kept in (there, heads, tagged, newest)),
        )
        .order_by(versions.c.id)
    )
    rows = connection.execute(query if limit is None else query.limit(limit))
    return [Version(*row) for row in rows]


def remove(connection: Connection, version_ids: Collection[int]) -> int:
    """Remove versions with all that hangs on them; how many contents went with them."""
    ids = list(version_ids)
    content_ids = pacts.contents_of(connection, publications.c.version_id.in_(ids))
    connection.execute(delete(versions).where(versions.c.id.in_(ids)))
    return pacts.remove_orphans(connection, content_ids)


def remove_records(connection: Connection, before: int) -> int:
    """Remove what webhooks sent, and who changed what, before that; how many entries."""
    sent = delete(triggered_webhooks).where(
        triggered_webhooks.c.created_at < before, triggered_webhooks.c.status.not_in(WAITING)
    )
    count = connection.execute(sent).rowcount
    return count + connection.execute(delete(audit).where(audit.c.created_at < before)).rowcount
