"""What providers verified."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, delete, desc, func, insert, select

from accord.hub.domain.records import Verification
from accord.hub.storage.database import among
from accord.hub.storage.tables import branch_versions, branches, contents, participants, tags, verifications, versions

if TYPE_CHECKING:
    from collections.abc import Collection

FIRST_NUMBER = 100
"""Numbers of results begin after this one, as the reference's do."""

_consumers = participants.alias("consumers")
_providers = participants.alias("providers")

_ALL = (
    select(
        verifications.c.id,
        verifications.c.content_id,
        contents.c.sha,
        contents.c.consumer_id,
        _consumers.c.name,
        contents.c.provider_id,
        _providers.c.name,
        verifications.c.provider_version_id,
        versions.c.number,
        verifications.c.success,
        verifications.c.build_url,
        verifications.c.test_results,
        verifications.c.verified_by,
        verifications.c.created_at,
    )
    .join(contents, contents.c.id == verifications.c.content_id)
    .join(_consumers, _consumers.c.id == contents.c.consumer_id)
    .join(_providers, _providers.c.id == contents.c.provider_id)
    .join(versions, versions.c.id == verifications.c.provider_version_id)
)


_BY_IDS = _ALL.where(among(verifications.c.id, "ids"))
_LATEST = _ALL.where(verifications.c.content_id == bindparam("content")).order_by(desc(verifications.c.id)).limit(1)
_LATEST_EACH = _ALL.where(
    verifications.c.id.in_(
        select(func.max(verifications.c.id))
        .where(among(verifications.c.content_id, "ids"))
        .group_by(verifications.c.content_id)
    )
)
_ANY = (
    select(verifications.c.id)
    .join(contents, contents.c.id == verifications.c.content_id)
    .where(contents.c.consumer_id == bindparam("consumer"), contents.c.provider_id == bindparam("provider"))
    .limit(1)
)
_VERIFIED = (
    select(verifications.c.content_id)
    .distinct()
    .where(among(verifications.c.content_id, "ids"), verifications.c.success)
)
_VERIFIED_BY_BRANCH = (
    _VERIFIED.join(branch_versions, branch_versions.c.version_id == verifications.c.provider_version_id)
    .join(branches, branches.c.id == branch_versions.c.branch_id)
    .where(branches.c.name == bindparam("line"))
)
_VERIFIED_BY_TAG = _VERIFIED.join(tags, tags.c.version_id == verifications.c.provider_version_id).where(
    tags.c.name == bindparam("line")
)


def _many(connection: Connection, query: Select[Any], values: dict[str, Any] | None = None) -> list[Verification]:
    found = []
    for row in connection.execute(query, values or {}):
        verification_id, *facts, tests, by, created_at = row
        read = (json.loads(tests) if tests else None, json.loads(by) if by else None)
        facts_of_it: Any = (verification_id, verification_id + FIRST_NUMBER, *facts, *read, created_at)
        found.append(Verification(*facts_of_it))
    return found


def _one(connection: Connection, query: Select[Any], values: dict[str, Any] | None = None) -> Verification | None:
    found = _many(connection, query, values)
    return found[0] if found else None


def record(connection: Connection, values: dict[str, Any]) -> Verification:
    """Keep a result."""
    new = connection.execute(insert(verifications).values(**values).returning(verifications.c.id)).scalar_one()
    found = by_id(connection, new)
    assert found is not None  # noqa: S101 - just made, in this transaction
    return found


def by_id(connection: Connection, verification_id: int) -> Verification | None:
    """One by its id."""
    return _one(connection, _BY_IDS, {"ids": [verification_id]})


def by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Verification]:
    """Those that there are, by id."""
    return {each.id: each for each in _many(connection, _BY_IDS, {"ids": list(ids)})}


def by_number(connection: Connection, content_id: int, number: int) -> Verification | None:
    """A content's result with a number, or None."""
    mine = (verifications.c.id == number - FIRST_NUMBER, verifications.c.content_id == content_id)
    return _one(connection, _ALL.where(*mine))


def latest(connection: Connection, content_id: int) -> Verification | None:
    """The newest result for a content, by whatever version."""
    return _one(connection, _LATEST, {"content": content_id})


def latest_of_pair(connection: Connection, consumer_id: int | None, provider_id: int | None) -> Verification | None:
    """The newest result for any pact of a pair; None for a side takes all."""
    query = _ALL.order_by(desc(verifications.c.id))
    if consumer_id is not None:
        query = query.where(contents.c.consumer_id == consumer_id)
    if provider_id is not None:
        query = query.where(contents.c.provider_id == provider_id)
    return _one(connection, query.limit(1))


def latest_each(connection: Connection, content_ids: Collection[int]) -> dict[int, Verification]:
    """The newest result of each content, by id of the content."""
    return {each.content_id: each for each in _many(connection, _LATEST_EACH, {"ids": list(content_ids)})}


def any_for_pair(connection: Connection, consumer_id: int, provider_id: int) -> bool:
    """Whether the provider ever verified a pact of the consumer."""
    return connection.execute(_ANY, {"consumer": consumer_id, "provider": provider_id}).first() is not None


def verified_contents(
    connection: Connection, content_ids: Collection[int], *, branch: str | None = None, tag: str | None = None
) -> set[int]:
    """Those contents that were verified successfully: by any version, or by one on a branch or with a tag."""
    ids = list(content_ids)
    if branch is not None:
        return set(connection.scalars(_VERIFIED_BY_BRANCH, {"ids": ids, "line": branch}))
    if tag is not None:
        return set(connection.scalars(_VERIFIED_BY_TAG, {"ids": ids, "line": tag}))
    return set(connection.scalars(_VERIFIED, {"ids": ids}))


def count_for(connection: Connection, content_id: int) -> int:
    """How many results a content has."""
    return connection.scalar(select(func.count()).where(verifications.c.content_id == content_id)) or 0


def remove(connection: Connection, verification_id: int) -> None:
    """Forget a result."""
    connection.execute(delete(verifications).where(verifications.c.id == verification_id))
