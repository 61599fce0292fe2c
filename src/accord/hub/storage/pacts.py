"""Contents and the publications of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, bindparam, delete, desc, func, insert, select, union, update

from accord.hub.domain.records import Pact
from accord.hub.storage.database import among, insert_or_ignore
from accord.hub.storage.tables import (
    branch_versions,
    branches,
    contents,
    overwritten,
    participants,
    publications,
    tags,
    versions,
)

if TYPE_CHECKING:
    from collections.abc import Collection

consumers = participants.alias("consumers")
providers = participants.alias("providers")

ALL = (
    select(
        publications.c.id,
        publications.c.consumer_id,
        consumers.c.name.label("consumer"),
        publications.c.provider_id,
        providers.c.name.label("provider"),
        publications.c.version_id,
        versions.c.number,
        publications.c.content_id,
        contents.c.sha,
        publications.c.created_at,
        publications.c.revision,
    )
    .join(consumers, consumers.c.id == publications.c.consumer_id)
    .join(providers, providers.c.id == publications.c.provider_id)
    .join(versions, versions.c.id == publications.c.version_id)
    .join(contents, contents.c.id == publications.c.content_id)
)


_NEWEST_FIRST = desc(publications.c.version_id)
_PAIR = ALL.where(consumers.c.name == bindparam("consumer"), providers.c.name == bindparam("provider")).order_by(
    _NEWEST_FIRST
)
_PAIR_BY_ID = ALL.where(
    publications.c.consumer_id == bindparam("consumer"),
    publications.c.provider_id == bindparam("provider"),
    publications.c.version_id < bindparam("before"),
).order_by(_NEWEST_FIRST)
_BY_VERSION = _PAIR.where(versions.c.number == bindparam("wanted"))
_BY_SHA = _PAIR.where(contents.c.sha == bindparam("wanted"))
_NEWEST_BY_SHA = _BY_SHA.limit(1)
_OF_VERSIONS = ALL.where(among(publications.c.version_id, "ids")).order_by(providers.c.name)
_CONTENT_ID = select(contents.c.id).where(
    contents.c.consumer_id == bindparam("consumer"),
    contents.c.provider_id == bindparam("provider"),
    contents.c.sha == bindparam("wanted"),
)
_DOCUMENTS = select(contents.c.id, contents.c.document).where(among(contents.c.id, "ids"))
_PREVIOUS_TAGGED = _PAIR_BY_ID.join(
    tags, and_(tags.c.version_id == publications.c.version_id, tags.c.name == bindparam("tag"))
).limit(1)
_PREVIOUS_UNTAGGED = _PAIR_BY_ID.where(
    ~select(tags.c.version_id).where(tags.c.version_id == publications.c.version_id).exists()
).limit(1)
_PREVIOUS_DISTINCT = _PAIR_BY_ID.where(publications.c.content_id != bindparam("content")).limit(1)


def pacts(connection: Connection, query: Select[Any], values: dict[str, Any] | None = None) -> list[Pact]:
    """The pacts that a query over ALL finds."""
    return [Pact(*row[:11]) for row in connection.execute(query, values or {})]


def _one(connection: Connection, query: Select[Any], values: dict[str, Any] | None = None) -> Pact | None:
    found = pacts(connection, query, values)
    return found[0] if found else None


def between(consumer: str, provider: str) -> Select[Any]:
    """The query for all pacts of a pair, newest first."""
    pair = ALL.where(consumers.c.name == consumer, providers.c.name == provider)
    return pair.order_by(desc(publications.c.version_id))


def by_version(connection: Connection, consumer: str, provider: str, number: str) -> Pact | None:
    """The pact that a consumer version published for a provider."""
    return _one(connection, _BY_VERSION, {"consumer": consumer, "provider": provider, "wanted": number})


def by_sha(connection: Connection, consumer: str, provider: str, sha: str) -> Pact | None:
    """The newest pact with a content."""
    return _one(connection, _NEWEST_BY_SHA, {"consumer": consumer, "provider": provider, "wanted": sha})


def by_id(connection: Connection, pact_id: int) -> Pact | None:
    """One by its id."""
    return _one(connection, ALL.where(publications.c.id == pact_id))


def with_sha(connection: Connection, consumer: str, provider: str, sha: str) -> list[Pact]:
    """All pacts with a content, newest first."""
    return pacts(connection, _BY_SHA, {"consumer": consumer, "provider": provider, "wanted": sha})


def on_branch(query: Select[Any], name: Any, *, head: bool) -> Select[Any]:
    """Narrow to the versions on a branch, by its name or a parameter for it; head: to the last put there."""
    return _on_branch(query, branches.c.name == name, head=head)


def _on_branch(query: Select[Any], which: Any, *, head: bool) -> Select[Any]:
    if head:
        return query.join(branches, and_(branches.c.head_version_id == publications.c.version_id, which))
    query = query.join(branch_versions, branch_versions.c.version_id == publications.c.version_id)
    return query.join(branches, and_(branches.c.id == branch_versions.c.branch_id, which))


def on_main_branch(query: Select[Any], *, head: bool) -> Select[Any]:
    """Narrow to the versions on their consumer's main branch."""
    return _on_branch(query, branches.c.name == consumers.c.main_branch, head=head)


def with_tag(query: Select[Any], name: Any) -> Select[Any]:
    """Narrow to the versions with a tag, by its name or a parameter for it."""
    return query.join(tags, and_(tags.c.version_id == publications.c.version_id, tags.c.name == name))


def newest_first(query: Select[Any]) -> Select[Any]:
    """In the order of publication, the last first."""
    return query.order_by(desc(publications.c.id))


def by_consumer(query: Select[Any]) -> Select[Any]:
    """In the order of the consumers' names and versions."""
    return query.order_by(consumers.c.name, publications.c.version_id)


def of_versions(query: Select[Any], version_ids: Collection[int]) -> Select[Any]:
    """Narrow to consumer versions."""
    return query.where(publications.c.version_id.in_(list(version_ids)))


def untagged(query: Select[Any]) -> Select[Any]:
    """Narrow to the versions without any tag."""
    return query.where(~select(tags.c.version_id).where(tags.c.version_id == publications.c.version_id).exists())


def newest_per_pair(query: Select[Any] | None = None) -> Select[Any]:
    """The newest of each pair, of all or of a query over ALL, by consumer and provider."""
    newest = func.max(publications.c.version_id).label("newest")
    pair = (publications.c.consumer_id, publications.c.provider_id)
    narrowed = select(*pair, newest) if query is None else query.order_by(None).with_only_columns(*pair, newest)
    inner = narrowed.group_by(*pair).subquery()
    mine = and_(
        publications.c.version_id == inner.c.newest,
        publications.c.provider_id == inner.c.provider_id,
        publications.c.consumer_id == inner.c.consumer_id,
    )
    return ALL.join(inner, mine).order_by(func.lower(consumers.c.name), func.lower(providers.c.name))


def document(connection: Connection, content_id: int) -> str:
    """A content as JSON, with the ids of its interactions."""
    text: str = connection.execute(select(contents.c.document).where(contents.c.id == content_id)).scalar_one()
    return text


def documents(connection: Connection, content_ids: Collection[int]) -> dict[int, str]:
    """Several contents, by id."""
    return {row.id: row.document for row in connection.execute(_DOCUMENTS, {"ids": list(content_ids)})}


def keep_content(connection: Connection, pair: tuple[int, int], sha: str, text: str, now: int) -> int:
    """The id of a content of a consumer and a provider; kept where it is new."""
    consumer_id, provider_id = pair
    wanted = {"consumer": consumer_id, "provider": provider_id, "wanted": sha}
    found: int | None = connection.scalar(_CONTENT_ID, wanted)
    if found is None:
        values = {"consumer_id": consumer_id, "provider_id": provider_id, "sha": sha, "document": text}
        insert_or_ignore(connection, contents, {**values, "created_at": now})
        made: int = connection.execute(_CONTENT_ID, wanted).scalar_one()
        return made
    return found


def publish(
    connection: Connection, *, consumer_id: int, provider_id: int, version_id: int, content_id: int, now: int
) -> None:
    """Note a publication; the same version's earlier one for the provider is replaced, and kept aside."""
    values = {"consumer_id": consumer_id, "provider_id": provider_id, "version_id": version_id}
    row = {**values, "content_id": content_id, "revision": 1, "created_at": now}
    if insert_or_ignore(connection, publications, row):
        return
    mine = and_(publications.c.version_id == version_id, publications.c.provider_id == provider_id)
    changed = and_(mine, publications.c.content_id != content_id)
    before = (publications.c.id, publications.c.content_id, publications.c.revision, publications.c.created_at)
    names = ["publication_id", "content_id", "revision", "created_at"]
    connection.execute(insert(overwritten).from_select(names, select(*before).where(changed)))
    connection.execute(
        update(publications)
        .where(changed)
        .values(content_id=content_id, revision=publications.c.revision + 1, created_at=now)
    )


def previous(connection: Connection, pact: Pact, *, tag: str | None = None, distinct: bool = False) -> Pact | None:
    """The pact before this one: without any tag, or with a tag; distinct: with another content."""
    values: dict[str, Any] = {"consumer": pact.consumer_id, "provider": pact.provider_id, "before": pact.version_id}
    if distinct:
        return _one(connection, _PREVIOUS_DISTINCT, {**values, "content": pact.content_id})
    if tag is not None:
        return _one(connection, _PREVIOUS_TAGGED, {**values, "tag": tag})
    return _one(connection, _PREVIOUS_UNTAGGED, values)


def remove(connection: Connection, pact_ids: Collection[int]) -> None:
    """Remove publications, and contents that nobody publishes any more with their results."""
    ids = list(pact_ids)
    content_ids = contents_of(connection, publications.c.id.in_(ids))
    connection.execute(delete(publications).where(publications.c.id.in_(ids)))
    remove_orphans(connection, content_ids)


def contents_of(connection: Connection, which: Any) -> list[int]:
    """The contents of publications that fit a condition, those too that were overwritten."""
    mine = select(publications.c.content_id).where(which)
    before = select(overwritten.c.content_id).join(publications, publications.c.id == overwritten.c.publication_id)
    return list(connection.scalars(union(mine, before.where(which))))


def remove_orphans(connection: Connection, content_ids: Collection[int]) -> int:
    """Remove those contents that no version publishes; how many."""
    return connection.execute(_UNUSED, {"ids": list(content_ids)}).rowcount if content_ids else 0


_UNUSED = delete(contents).where(
    among(contents.c.id, "ids"),
    ~select(publications.c.id).where(publications.c.content_id == contents.c.id).exists(),
    ~select(overwritten.c.id).where(overwritten.c.content_id == contents.c.id).exists(),
)


def published_by(connection: Connection, version_ids: Collection[int]) -> dict[int, list[Pact]]:
    """The pacts of several consumer versions, by id of the version."""
    found: dict[int, list[Pact]] = {}
    for pact in pacts(connection, _OF_VERSIONS, {"ids": list(version_ids)}):
        found.setdefault(pact.version_id, []).append(pact)
    return found
