"""Work in progress: the newest pacts of branches and tags, and which of them a line of the provider has settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select

from accord.hub.domain.records import Pact
from accord.hub.storage.choosing import HEADS_OF_CONSUMERS
from accord.hub.storage.database import among
from accord.hub.storage.pacts import ALL
from accord.hub.storage.tables import branch_versions, branches, publications, tags, verifications
from accord.hub.wire.selectors import VersionSelector

if TYPE_CHECKING:
    from collections.abc import Collection


_BRANCHES = branches.alias()
_TAGS = tags.alias()
_OF_PROVIDER = ALL.where(publications.c.provider_id == bindparam("provider"))
_RECENT = _OF_PROVIDER.where(publications.c.created_at >= bindparam("since"))
_OF_BRANCHES = (
    _RECENT.add_columns(branches.c.name)
    .join(branches, branches.c.head_version_id == publications.c.version_id)
    .where(publications.c.version_id.in_(HEADS_OF_CONSUMERS))
)
_TAGGED = (
    select(tags.c.name, func.max(tags.c.version_id).label("version_id"))
    .join(publications, publications.c.version_id == tags.c.version_id)
    .where(publications.c.provider_id == bindparam("provider"))
    .group_by(tags.c.participant_id, tags.c.name)
    .subquery()
)
_OF_TAGS = _RECENT.add_columns(_TAGGED.c.name).join(_TAGGED, _TAGGED.c.version_id == publications.c.version_id)


def heads_since(connection: Connection, provider_id: int, since: int) -> list[tuple[Pact, VersionSelector]]:
    """Pacts published since then by the latest version of a branch or tag, with the selector that says which."""
    wanted = {"provider": provider_id, "since": since}
    of_branches, of_tags = connection.execute(_OF_BRANCHES, wanted), connection.execute(_OF_TAGS, wanted)
    return [
        *((Pact(*row[:11]), VersionSelector(branch=row[11], latest=True)) for row in of_branches),
        *((Pact(*row[:11]), VersionSelector(tag=row[11], latest=True)) for row in of_tags),
    ]


_BRANCH = and_(branches.c.participant_id == bindparam("provider"), branches.c.name == bindparam("line"))
_TAG = and_(tags.c.participant_id == bindparam("provider"), tags.c.name == bindparam("line"))
_BRANCH_BEGAN = select(_BRANCHES.c.created_at).where(
    _BRANCHES.c.participant_id == bindparam("provider"), _BRANCHES.c.name == bindparam("line")
)
_TAG_BEGAN = select(func.min(_TAGS.c.created_at)).where(
    _TAGS.c.participant_id == bindparam("provider"), _TAGS.c.name == bindparam("line")
)
_SUCCESSES = (
    select(verifications.c.content_id)
    .distinct()
    .where(among(verifications.c.content_id, "ids"), verifications.c.success)
)


def _settled(on_lines: Select[Any], mine: Any, began: Any) -> Select[Any]:
    """One of the line's versions verified it, or another line's before this one began, if it has begun."""
    return on_lines.where(or_(mine, began.is_(None), verifications.c.created_at < began))


_SETTLED_FOR_BRANCH = _settled(
    _SUCCESSES.join(branch_versions, branch_versions.c.version_id == verifications.c.provider_version_id).join(
        branches, branches.c.id == branch_versions.c.branch_id
    ),
    _BRANCH,
    _BRANCH_BEGAN.scalar_subquery(),
)
_SETTLED_FOR_TAG = _settled(
    _SUCCESSES.join(tags, tags.c.version_id == verifications.c.provider_version_id).where(
        tags.c.participant_id == bindparam("provider")
    ),
    _TAG,
    _TAG_BEGAN.scalar_subquery(),
)


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
    if not content_ids:
        return set()
    query, line = (_SETTLED_FOR_BRANCH, branch) if branch is not None else (_SETTLED_FOR_TAG, tag)
    return set(connection.scalars(query, {"ids": list(content_ids), "provider": provider_id, "line": line}))
