"""Versions, the branches they are on and the tags they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, bindparam, delete, desc, func, select, update

from accord.hub.domain.records import Branch, Version, VersionBranch, VersionTag
from accord.hub.storage.database import among, insert_or_ignore
from accord.hub.storage.tables import branch_versions, branches, participants, tags, versions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_ALL = select(
    versions.c.id,
    versions.c.participant_id,
    participants.c.name,
    versions.c.number,
    versions.c.build_url,
    versions.c.created_at,
    versions.c.updated_at,
).join(participants, participants.c.id == versions.c.participant_id)


_BY_NUMBER = _ALL.where(participants.c.name == bindparam("participant"), versions.c.number == bindparam("wanted"))
_BY_ID = _ALL.where(versions.c.id == bindparam("wanted"))
_BY_IDS = _ALL.where(among(versions.c.id, "ids"))
_OF_PARTICIPANT = _ALL.where(
    versions.c.participant_id == bindparam("participant"), versions.c.number == bindparam("wanted")
)
_BRANCHES = (
    select(
        branch_versions.c.version_id,
        branches.c.name,
        (branches.c.head_version_id == branch_versions.c.version_id).label("latest"),
        branch_versions.c.created_at,
    )
    .join(branches, branches.c.id == branch_versions.c.branch_id)
    .where(among(branch_versions.c.version_id, "ids"))
    .order_by(branch_versions.c.id)
)
_OTHER = tags.alias()
_NEWEST = (
    select(func.max(_OTHER.c.version_id))
    .where(_OTHER.c.participant_id == tags.c.participant_id, _OTHER.c.name == tags.c.name)
    .scalar_subquery()
)
_TAGS = (
    select(tags.c.version_id, tags.c.name, (tags.c.version_id == _NEWEST).label("latest"), tags.c.created_at)
    .where(among(tags.c.version_id, "ids"))
    .order_by(tags.c.created_at, tags.c.name)
)
_BRANCH_ID = select(branches.c.id).where(
    branches.c.participant_id == bindparam("participant"), branches.c.name == bindparam("wanted")
)
_ON_BRANCH = select(branch_versions.c.id).where(
    branch_versions.c.branch_id == bindparam("branch"), branch_versions.c.version_id == bindparam("version")
)
_SET_HEAD = update(branches).where(branches.c.id == bindparam("branch")).values(head_version_id=bindparam("version"))


def _one(connection: Connection, query: Select[Any], values: dict[str, Any] | None = None) -> Version | None:
    row = connection.execute(query, values or {}).first()
    return Version(*row) if row else None


def _many(connection: Connection, query: Select[Any], values: dict[str, Any] | None = None) -> list[Version]:
    return [Version(*row) for row in connection.execute(query, values or {})]


def by_number(connection: Connection, participant: str, number: str) -> Version | None:
    """One by its number, or None."""
    return _one(connection, _BY_NUMBER, {"participant": participant, "wanted": number})


def by_id(connection: Connection, version_id: int) -> Version | None:
    """One by its id, or None."""
    return _one(connection, _BY_ID, {"wanted": version_id})


def by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Version]:
    """Those that there are, by id."""
    return {each.id: each for each in _many(connection, _BY_IDS, {"ids": list(ids)})}


def find_or_create(
    connection: Connection, participant_id: int, number: str, now: int, *, build_url: str | None = None
) -> tuple[Version, bool]:
    """The version with the number, made where there is none; and whether it was made."""
    wanted = {"participant": participant_id, "wanted": number}
    found = _one(connection, _OF_PARTICIPANT, wanted)
    if found is not None:
        if build_url is not None and build_url != found.build_url:
            connection.execute(update(versions).where(versions.c.id == found.id).values(build_url=build_url))
        return found, False
    values = {"participant_id": participant_id, "number": number, "build_url": build_url, "created_at": now}
    created = insert_or_ignore(connection, versions, values)
    found = _one(connection, _OF_PARTICIPANT, wanted)
    assert found is not None  # noqa: S101 - just made, in this transaction
    return found, created


def touch(connection: Connection, version_id: int, now: int, **values: Any) -> None:
    """Note that a version was changed, and set values."""
    connection.execute(update(versions).where(versions.c.id == version_id).values(updated_at=now, **values))


def remove(connection: Connection, version_id: int) -> None:
    """Remove one with its pacts, results, tags and branches."""
    connection.execute(delete(versions).where(versions.c.id == version_id))


def latest(
    connection: Connection, participant_id: int, *, tag: str | None = None, branch: str | None = None
) -> Version | None:
    """The newest of all, of those with a tag, or the one put on a branch last."""
    return _one(connection, selection(participant_id, tag=tag, branch=branch, latest=True))


def selection(
    participant_id: int, *, tag: str | None = None, branch: str | None = None, latest: bool = False
) -> Select[Any]:
    """The query for versions by tag or branch, newest first."""
    query = _ALL.where(versions.c.participant_id == participant_id)
    if tag is not None:
        query = query.join(tags, and_(tags.c.version_id == versions.c.id, tags.c.name == tag))
    if branch is not None:
        query = query.join(branch_versions, branch_versions.c.version_id == versions.c.id)
        on_it = and_(branches.c.id == branch_versions.c.branch_id, branches.c.name == branch)
        query = query.join(branches, on_it)
        if latest:
            query = query.where(branches.c.head_version_id == versions.c.id)
    query = query.order_by(desc(versions.c.id))
    return query.limit(1) if latest else query


def listed(
    connection: Connection,
    participant_id: int,
    *,
    tag: str | None = None,
    branch: str | None = None,
    latest: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> list[Version]:
    """Versions, newest first."""
    query = selection(participant_id, tag=tag, branch=branch, latest=latest)
    return _many(connection, query if limit is None else query.limit(limit).offset(offset))


def count(connection: Connection, participant_id: int) -> int:
    """How many versions a participant has."""
    return connection.scalar(select(func.count()).where(versions.c.participant_id == participant_id)) or 0


def latest_of(connection: Connection, ids: Collection[int]) -> dict[int, Version]:
    """The newest version of each of several participants, by the participant's id."""
    newest = (
        select(func.max(versions.c.id))
        .where(versions.c.participant_id.in_(list(ids)))
        .group_by(versions.c.participant_id)
    )
    return {each.participant_id: each for each in _many(connection, _ALL.where(versions.c.id.in_(newest)))}


def branches_of(connection: Connection, version_ids: Collection[int]) -> dict[int, list[VersionBranch]]:
    """The branches of several versions, by id of the version, in the order they were put there."""
    found: dict[int, list[VersionBranch]] = {}
    for version_id, name, is_latest, created_at in connection.execute(_BRANCHES, {"ids": list(version_ids)}):
        found.setdefault(version_id, []).append(VersionBranch(version_id, name, bool(is_latest), created_at))
    return found


def tags_of(connection: Connection, version_ids: Collection[int]) -> dict[int, list[VersionTag]]:
    """The tags of several versions, by id of the version."""
    found: dict[int, list[VersionTag]] = {}
    for version_id, name, is_latest, created_at in connection.execute(_TAGS, {"ids": list(version_ids)}):
        found.setdefault(version_id, []).append(VersionTag(version_id, name, bool(is_latest), created_at))
    return found


def add_tag(connection: Connection, version: Version, name: str, now: int) -> bool:
    """Tag a version; False where it has the tag already."""
    values = {"version_id": version.id, "participant_id": version.participant_id, "name": name, "created_at": now}
    return insert_or_ignore(connection, tags, values)


def remove_tag(connection: Connection, version_id: int, name: str) -> bool:
    """Take a tag; False where there was none."""
    return bool(connection.execute(delete(tags).where(tags.c.version_id == version_id, tags.c.name == name)).rowcount)


def remove_tag_everywhere(connection: Connection, participant_id: int, names: Iterable[str]) -> None:
    """Take tags from all versions of a participant."""
    connection.execute(delete(tags).where(tags.c.participant_id == participant_id, tags.c.name.in_(list(names))))


def branch(connection: Connection, participant_id: int, name: str) -> Branch | None:
    """A branch of a participant, or None."""
    found = branches_named(connection, participant_id, [name])
    return found[0] if found else None


def branches_named(
    connection: Connection, participant_id: int, names: Collection[str] | None = None, *, containing: str | None = None
) -> list[Branch]:
    """The branches of a participant, newest first."""
    query = (
        select(branches.c.id, participants.c.name, branches.c.name, branches.c.created_at)
        .join(participants, participants.c.id == branches.c.participant_id)
        .where(branches.c.participant_id == participant_id)
        .order_by(desc(branches.c.id))
    )
    if names is not None:
        query = query.where(branches.c.name.in_(list(names)))
    if containing:
        query = query.where(branches.c.name.contains(containing, autoescape=True))
    return [Branch(*row) for row in connection.execute(query)]


def heads(connection: Connection, participant_id: int, limit: int) -> list[tuple[str, Version]]:
    """The branches of a participant with the version put there last, those that moved last first."""
    query = (
        _ALL.join(branches, branches.c.head_version_id == versions.c.id)
        .where(branches.c.participant_id == participant_id)
        .add_columns(branches.c.name)
        .order_by(desc(versions.c.id), branches.c.name)
        .limit(limit)
    )
    return [(row[-1], Version(*row[:-1])) for row in connection.execute(query)]


def add_to_branch(connection: Connection, version: Version, name: str, now: int) -> bool:
    """Put a version on a branch, as its head; False where it is on it already."""
    mine = {"participant": version.participant_id, "wanted": name}
    branch_id = connection.scalar(_BRANCH_ID, mine)
    if branch_id is None:
        insert_or_ignore(
            connection, branches, {"participant_id": version.participant_id, "name": name, "created_at": now}
        )
        branch_id = connection.scalar(_BRANCH_ID, mine)
    there = {"branch": branch_id, "version": version.id}
    on_it = connection.scalar(_ON_BRANCH, there)
    if on_it is not None:
        connection.execute(update(branch_versions).where(branch_versions.c.id == on_it).values(updated_at=now))
        return False
    row = {"branch_id": branch_id, "version_id": version.id, "created_at": now}
    insert_or_ignore(connection, branch_versions, row)
    connection.execute(_SET_HEAD, there)
    return True


def remove_from_branch(connection: Connection, version_id: int, branch_id: int) -> bool:
    """Take a version from a branch; the one put there before becomes the head."""
    query = delete(branch_versions).where(
        branch_versions.c.branch_id == branch_id, branch_versions.c.version_id == version_id
    )
    removed = bool(connection.execute(query).rowcount)
    renew_heads(connection, [branch_id])
    return removed


def renew_heads(connection: Connection, branch_ids: Collection[int]) -> None:
    """Find the heads of branches anew, after versions were removed."""
    for branch_id in branch_ids:
        head = (
            select(branch_versions.c.version_id)
            .where(branch_versions.c.branch_id == branch_id)
            .order_by(desc(branch_versions.c.id))
            .limit(1)
        )
        connection.execute(
            update(branches).where(branches.c.id == branch_id).values(head_version_id=connection.scalar(head))
        )


def branches_with_head(connection: Connection, version_ids: Collection[int]) -> list[int]:
    """The ids of the branches that one of these versions is the head of."""
    return list(connection.scalars(select(branches.c.id).where(branches.c.head_version_id.in_(list(version_ids)))))


def remove_branches(connection: Connection, branch_ids: Collection[int]) -> None:
    """Remove branches; their versions stay."""
    connection.execute(delete(branches).where(branches.c.id.in_(list(branch_ids))))
