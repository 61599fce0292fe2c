"""Contents and the publications of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, delete, desc, func, select, update

from accord.hub.domain.records import Pact
from accord.hub.storage.database import insert_or_ignore
from accord.hub.storage.tables import branch_versions, branches, contents, participants, publications, tags, versions

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


def pacts(connection: Connection, query: Select[Any]) -> list[Pact]:
    """The pacts that a query over ALL finds."""
    return [Pact(*row[:11]) for row in connection.execute(query)]


def _one(connection: Connection, query: Select[Any]) -> Pact | None:
    found = pacts(connection, query.limit(1))
    return found[0] if found else None


def between(consumer: str, provider: str) -> Select[Any]:
    """The query for all pacts of a pair, newest first."""
    pair = ALL.where(consumers.c.name == consumer, providers.c.name == provider)
    return pair.order_by(desc(publications.c.version_id))


def by_version(connection: Connection, consumer: str, provider: str, number: str) -> Pact | None:
    """The pact that a consumer version published for a provider."""
    return _one(connection, between(consumer, provider).where(versions.c.number == number))


def by_sha(connection: Connection, consumer: str, provider: str, sha: str) -> Pact | None:
    """The newest pact with a content."""
    return _one(connection, between(consumer, provider).where(contents.c.sha == sha))


def by_id(connection: Connection, pact_id: int) -> Pact | None:
    """One by its id."""
    return _one(connection, ALL.where(publications.c.id == pact_id))


def with_sha(connection: Connection, consumer: str, provider: str, sha: str) -> list[Pact]:
    """All pacts with a content, newest first."""
    return pacts(connection, between(consumer, provider).where(contents.c.sha == sha))


def on_branch(query: Select[Any], name: str, *, head: bool) -> Select[Any]:
    """Narrow to the versions on a branch; head: to the last put there."""
    query = query.join(branch_versions, branch_versions.c.version_id == publications.c.version_id)
    query = query.join(branches, and_(branches.c.id == branch_versions.c.branch_id, branches.c.name == name))
    return query.where(branches.c.head_version_id == publications.c.version_id) if head else query


def on_main_branch(query: Select[Any], *, head: bool) -> Select[Any]:
    """Narrow to the versions on their consumer's main branch."""
    query = query.join(branch_versions, branch_versions.c.version_id == publications.c.version_id)
    query = query.join(
        branches, and_(branches.c.id == branch_versions.c.branch_id, branches.c.name == consumers.c.main_branch)
    )
    return query.where(branches.c.head_version_id == publications.c.version_id) if head else query


def with_tag(query: Select[Any], name: str) -> Select[Any]:
    """Narrow to the versions with a tag."""
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


def newest_per_pair(query: Select[Any]) -> Select[Any]:
    """Of a query over ALL, the newest of each pair, by consumer and provider."""
    rows = query.order_by(None).add_columns(
        func.row_number()
        .over(
            partition_by=(publications.c.consumer_id, publications.c.provider_id),
            order_by=desc(publications.c.version_id),
        )
        .label("place")
    )
    inner = rows.subquery()
    return select(inner).where(inner.c.place == 1).order_by(func.lower(inner.c.consumer), func.lower(inner.c.provider))


def document(connection: Connection, content_id: int) -> str:
    """A content as JSON, with the ids of its interactions."""
    text: str = connection.execute(select(contents.c.document).where(contents.c.id == content_id)).scalar_one()
    return text


def documents(connection: Connection, content_ids: Collection[int]) -> dict[int, str]:
    """Several contents, by id."""
    query = select(contents.c.id, contents.c.document).where(contents.c.id.in_(list(content_ids)))
    return {row.id: row.document for row in connection.execute(query)}


def keep_content(connection: Connection, pair: tuple[int, int], sha: str, text: str, now: int) -> int:
    """The id of a content of a consumer and a provider; kept where it is new."""
    consumer_id, provider_id = pair
    query = select(contents.c.id).where(
        contents.c.consumer_id == consumer_id, contents.c.provider_id == provider_id, contents.c.sha == sha
    )
    found: int | None = connection.scalar(query)
    if found is None:
        values = {"consumer_id": consumer_id, "provider_id": provider_id, "sha": sha, "document": text}
        insert_or_ignore(connection, contents, {**values, "created_at": now})
        made: int = connection.execute(query).scalar_one()
        return made
    return found


def publish(
    connection: Connection, *, consumer_id: int, provider_id: int, version_id: int, content_id: int, now: int
) -> None:
    """Note a publication; the same version's earlier one for the provider is replaced."""
    values = {"consumer_id": consumer_id, "provider_id": provider_id, "version_id": version_id}
    row = {**values, "content_id": content_id, "revision": 1, "created_at": now}
    if insert_or_ignore(connection, publications, row):
        return
    mine = and_(publications.c.version_id == version_id, publications.c.provider_id == provider_id)
    changed = and_(mine, publications.c.content_id != content_id)
    connection.execute(
        update(publications).where(changed).values(content_id=content_id, revision=publications.c.revision + 1)
    )


def previous(connection: Connection, pact: Pact, *, tag: str | None = None, distinct: bool = False) -> Pact | None:
    """The pact before this one: without any tag, or with a tag; distinct: with another content."""
    query = between(pact.consumer, pact.provider).where(publications.c.version_id < pact.version_id)
    if distinct:
        query = query.where(publications.c.content_id != pact.content_id)
    elif tag is not None:
        query = with_tag(query, tag)
    else:
        query = untagged(query)
    return _one(connection, query)


def remove(connection: Connection, pact_ids: Collection[int]) -> None:
    """Remove publications, and contents that nobody publishes any more with their results."""
    ids = list(pact_ids)
    content_ids = list(connection.scalars(select(publications.c.content_id).where(publications.c.id.in_(ids))))
    connection.execute(delete(publications).where(publications.c.id.in_(ids)))
    remove_orphans(connection, content_ids)


def remove_orphans(connection: Connection, content_ids: Collection[int]) -> int:
    """Remove those contents that no version publishes; how many."""
    used = select(publications.c.id).where(publications.c.content_id == contents.c.id).exists()
    return connection.execute(delete(contents).where(contents.c.id.in_(list(content_ids)), ~used)).rowcount


def published_by(connection: Connection, version_ids: Collection[int]) -> dict[int, list[Pact]]:
    """The pacts of several consumer versions, by id of the version."""
    query = ALL.where(publications.c.version_id.in_(list(version_ids))).order_by(providers.c.name)
    found: dict[int, list[Pact]] = {}
    for pact in pacts(connection, query):
        found.setdefault(pact.version_id, []).append(pact)
    return found
