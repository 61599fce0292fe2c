"""Work in progress: the newest pacts of branches and tags, and which of them a line of the provider has settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, or_, select

from accord.hub.domain.records import Pact
from accord.hub.storage.pacts import ALL
from accord.hub.storage.tables import branch_versions, branches, publications, tags, verifications
from accord.hub.wire.selectors import VersionSelector

if TYPE_CHECKING:
    from collections.abc import Collection


def heads_since(connection: Connection, provider_id: int, since: int) -> list[tuple[Pact, VersionSelector]]:
    """Pacts published since then by the latest version of a branch or tag, with the selector that says which."""
    recent = ALL.where(publications.c.provider_id == provider_id, publications.c.created_at >= since)
    of_branches = recent.add_columns(branches.c.name).join(
        branches, branches.c.head_version_id == publications.c.version_id
    )
    newest = (
        select(tags.c.name, func.max(tags.c.version_id).label("version_id"))
        .join(publications, publications.c.version_id == tags.c.version_id)
        .where(publications.c.provider_id == provider_id)
        .group_by(tags.c.participant_id, tags.c.name)
        .subquery()
    )
    of_tags = recent.add_columns(newest.c.name).join(newest, newest.c.version_id == publications.c.version_id)
    return [
        *((Pact(*row[:11]), VersionSelector(branch=row[11], latest=True)) for row in connection.execute(of_branches)),
        *((Pact(*row[:11]), VersionSelector(tag=row[11], latest=True)) for row in connection.execute(of_tags)),
    ]


def settled_contents(
    connection: Connection,
    content_ids: Collection[int],
    provider_id: int,
    *,
    branch: str | None = None,
    tag: str | None = None,
) -> set[int]:
    """Those contents that a line verified, or that another line had verified before this one began.

    A line is a branch or a tag of the provider. One that is not there yet begins now.
    """
    verified = verifications.c.content_id.in_(list(content_ids)) & verifications.c.success
    query = select(verifications.c.content_id).distinct().where(verified)
    if branch is not None:
        mine = (
            select(branch_versions.c.version_id)
            .join(branches, branches.c.id == branch_versions.c.branch_id)
            .where(branches.c.participant_id == provider_id, branches.c.name == branch)
        )
        began = connection.scalar(
            select(branches.c.created_at).where(branches.c.participant_id == provider_id, branches.c.name == branch)
        )
        elsewhere = select(branch_versions.c.version_id)
    else:
        mine = select(tags.c.version_id).where(tags.c.participant_id == provider_id, tags.c.name == tag)
        began = connection.scalar(
            select(func.min(tags.c.created_at)).where(tags.c.participant_id == provider_id, tags.c.name == tag)
        )
        elsewhere = select(tags.c.version_id).where(tags.c.participant_id == provider_id)
    before = verifications.c.provider_version_id.in_(elsewhere)
    if began is not None:
        before &= verifications.c.created_at < began
    query = query.where(or_(verifications.c.provider_version_id.in_(mine), before))
    return set(connection.scalars(query))
