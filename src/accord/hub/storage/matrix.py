"""What the matrix is made of: versions that selectors mean, pairs, publications with their latest verifications."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, String, Table, and_, bindparam, cast, func, null, or_, select

from accord.hub.domain.matrix import Criteria, MatrixRow
from accord.hub.storage.database import among
from accord.hub.storage.tables import (
    branch_versions,
    branches,
    contents,
    environments,
    overwritten,
    participants,
    presences,
    publications,
    tags,
    verifications,
    versions,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

MOST_VALUES = 10_000
"""How many values one query lists; more take several queries."""

_consumers = participants.alias("consumers")
_providers = participants.alias("providers")

FoundVersion = tuple[int, int, str, str | None]
"""Participant's id, version's id, its number, the branch's name where the selector is about the main branch."""


def versions_for(connection: Connection, participant_ids: Collection[int], criteria: Criteria) -> list[FoundVersion]:
    """The versions of several participants that one wish finds, newest first."""
    wanted = {
        "version": criteria.version,
        "environment": criteria.environment,
        "tag": criteria.tag,
        "branch": criteria.branch,
    }
    values: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    query = _versions_query(tuple(values), latest=criteria.latest, main_branch=criteria.main_branch)
    values["ids"] = list(participant_ids)
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query, values)]


_COLUMNS: tuple[Any, ...] = (versions.c.participant_id, versions.c.id, versions.c.number)


@cache
def _versions_query(wanted: tuple[str, ...], *, latest: bool, main_branch: bool) -> Select[Any]:
    if "branch" in wanted or main_branch:
        return _branch_query(main_branch=main_branch, latest=latest)
    query = select(*_COLUMNS, cast(null(), String).label("branch")).where(among(versions.c.participant_id, "ids"))
    if "version" in wanted:
        return query.where(versions.c.number == bindparam("version"))
    if "environment" in wanted:
        there = (
            select(presences.c.version_id)
            .join(environments, environments.c.id == presences.c.environment_id)
            .where(
                among(presences.c.participant_id, "ids"),
                presences.c.current,
                environments.c.name == bindparam("environment"),
            )
        )
        return query.where(versions.c.id.in_(there)).order_by(versions.c.id.desc())
    if "tag" in wanted:
        mine = (among(tags.c.participant_id, "ids"), tags.c.name == bindparam("tag"))
        tagged = select(tags.c.version_id).where(*mine)
        if latest:
            tagged = select(func.max(tags.c.version_id)).where(*mine).group_by(tags.c.participant_id)
        return query.where(versions.c.id.in_(tagged)).order_by(versions.c.id.desc())
    newest = select(func.max(versions.c.id)).where(among(versions.c.participant_id, "ids"))
    return query.where(versions.c.id.in_(newest.group_by(versions.c.participant_id)))


def _branch_query(*, main_branch: bool, latest: bool) -> Select[Any]:
    query = select(*_COLUMNS, branches.c.name).where(among(branches.c.participant_id, "ids"))
    if latest:
        query = query.join(branches, branches.c.head_version_id == versions.c.id)
    else:
        query = query.join(branch_versions, branch_versions.c.version_id == versions.c.id)
        query = query.join(branches, branches.c.id == branch_versions.c.branch_id)
    if main_branch:
        query = query.join(participants, participants.c.id == branches.c.participant_id)
        query = query.where(branches.c.name == participants.c.main_branch)
    else:
        query = query.where(branches.c.name == bindparam("branch"))
    return query.order_by(versions.c.id.desc())


_PROVIDERS = (
    select(publications.c.consumer_id, publications.c.provider_id)
    .distinct()
    .where(among(publications.c.version_id, "versions"))
)


def providers_of(connection: Connection, version_ids: Collection[int]) -> list[tuple[int, int]]:
    """Consumer and provider of each pact that these versions published."""
    return [(row[0], row[1]) for row in connection.execute(_PROVIDERS, {"versions": list(version_ids)})]


def _rows(revisions: Table) -> Select[Any]:
    """Pacts as they are now (publications), or as they were before they were merged (overwritten)."""
    query = select(
        publications.c.id,
        publications.c.consumer_id,
        _consumers.c.name,
        publications.c.version_id,
        versions.c.number,
        publications.c.provider_id,
        _providers.c.name,
        revisions.c.content_id,
        contents.c.sha,
        revisions.c.created_at,
        revisions.c.revision,
    ).select_from(publications)
    if revisions is not publications:
        query = query.join(revisions, revisions.c.publication_id == publications.c.id)
    return (
        query.join(_consumers, _consumers.c.id == publications.c.consumer_id)
        .join(_providers, _providers.c.id == publications.c.provider_id)
        .join(versions, versions.c.id == publications.c.version_id)
        .join(contents, contents.c.id == revisions.c.content_id)
    )


def published(
    connection: Connection,
    *,
    version_ids: Collection[int] = (),
    consumer_ids: Collection[int] = (),
    provider_ids: Collection[int] | None = None,
    content_ids: Collection[int] | None = None,
    every: bool = False,
) -> list[MatrixRow]:
    """Pacts as rows without a verification: of these versions and of all versions of these consumers.

    Args:
        connection: where.
        version_ids: consumer versions.
        consumer_ids: consumers of which all versions count.
        provider_ids: only pacts with these; None takes all.
        content_ids: only these contents; None takes all.
        every: as they were before they were merged, too.
    """
    given = {"versions": version_ids or None, "consumers": consumer_ids or None, "contents": content_ids}
    values: dict[str, Any] = {name: list(value) for name, value in given.items() if value is not None}
    if not values:
        return []
    sides = tuple(values)
    if provider_ids is not None:
        values["providers"] = list(provider_ids)
    return [
        MatrixRow(*row)
        for revisions in ((publications, overwritten) if every else (publications,))
        for row in connection.execute(_published(sides, revisions, of_providers=provider_ids is not None), values)
    ]


@cache
def _published(sides: tuple[str, ...], revisions: Table, *, of_providers: bool) -> Select[Any]:
    known = {
        "versions": among(publications.c.version_id, "versions"),
        "consumers": among(publications.c.consumer_id, "consumers"),
        "contents": among(revisions.c.content_id, "contents"),
    }
    query = _rows(revisions).where(or_(*(known[name] for name in sides)))
    return query.where(among(publications.c.provider_id, "providers")) if of_providers else query


Result = tuple[int, int, str, int, bool, int]
"""Of a verification: its content, the provider version's id and number, its own id, success, time."""


def latest_results(
    connection: Connection,
    content_ids: Collection[int],
    *,
    version_ids: Collection[int] | None = None,
    provider_ids: Collection[int] = (),
    every: bool = False,
) -> list[Result]:
    """The newest result of each provider version for each content.

    Args:
        connection: where.
        content_ids: the contents.
        version_ids: only by these provider versions; None takes all.
        provider_ids: by all versions of these too.
        every: older results of them too.
    """
    query = _results_query(by_version=version_ids is not None, of_providers=bool(provider_ids), every=every)
    values: dict[str, Any] = {"versions": list(version_ids)} if version_ids is not None else {}
    if version_ids is not None and provider_ids:
        values["providers"] = list(provider_ids)
    found: list[Result] = []
    for ids in _in_parts(content_ids):
        rows = connection.execute(query, {**values, "ids": ids})
        found += [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows]
    return found


@cache
def _results_query(*, by_version: bool, of_providers: bool, every: bool = False) -> Select[Any]:
    newest = select(verifications.c.id if every else func.max(verifications.c.id))
    newest = newest.where(among(verifications.c.content_id, "ids"))
    if not every:
        newest = newest.group_by(verifications.c.content_id, verifications.c.provider_version_id)
    if by_version:
        wanted: Any = among(verifications.c.provider_version_id, "versions")
        if of_providers:
            mine = select(versions.c.id).where(among(versions.c.participant_id, "providers"))
            wanted = or_(wanted, verifications.c.provider_version_id.in_(mine))
        newest = newest.where(wanted)
    return (
        select(
            verifications.c.content_id,
            verifications.c.provider_version_id,
            versions.c.number,
            verifications.c.id,
            verifications.c.success,
            verifications.c.created_at,
        )
        .join(versions, versions.c.id == verifications.c.provider_version_id)
        .where(verifications.c.id.in_(newest))
    )


def contents_verified_by(
    connection: Connection, *, version_ids: Collection[int] = (), provider_ids: Collection[int] = ()
) -> list[int]:
    """The contents that these versions, or any version of these providers, gave a result for."""
    sides: list[Any] = [verifications.c.provider_version_id.in_(list(version_ids))]
    if provider_ids:
        mine = and_(
            versions.c.id == verifications.c.provider_version_id, versions.c.participant_id.in_(list(provider_ids))
        )
        sides.append(select(versions.c.id).where(mine).exists())
    return list(connection.scalars(select(verifications.c.content_id).distinct().where(or_(*sides))))


def _in_parts(values: Iterable[int]) -> Iterator[list[int]]:
    whole = list(values)
    for start in range(0, len(whole), MOST_VALUES):
        yield whole[start : start + MOST_VALUES]
