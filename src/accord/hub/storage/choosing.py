"""The pacts of a provider that one selector means. Each kind of selector is one statement, written once."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, null, select

from accord.hub.domain.records import Pact
from accord.hub.storage import pacts
from accord.hub.storage.tables import branches, environments, integrations, participants, presences, publications

# Few, found first: else a database without figures of its tables looks at all that a provider's consumers published.
HEADS_OF_CONSUMERS = (
    select(branches.c.head_version_id)
    .join(integrations, integrations.c.consumer_id == branches.c.participant_id)
    .where(integrations.c.provider_id == bindparam("provider"))
)
_RUNNING_OF_CONSUMERS = (
    select(presences.c.version_id)
    .join(integrations, integrations.c.consumer_id == presences.c.participant_id)
    .where(integrations.c.provider_id == bindparam("provider"), presences.c.current)
)
_OF_PROVIDER = pacts.ALL.where(publications.c.provider_id == bindparam("provider"))


def of_line(
    connection: Connection,
    provider_id: int,
    *,
    consumer: str | None = None,
    branch: str | None = None,
    tag: str | None = None,
    main_branch: bool = False,
    latest: bool = True,
) -> list[tuple[Pact, str | None]]:
    """Pacts by main branch, branch or tag of the consumer, else the newest of each; with the main branch's name.

    Args:
        connection: where.
        provider_id: whose.
        consumer: only of this one.
        branch: heads of the branch.
        tag: versions with the tag.
        main_branch: heads of the main branches.
        latest: of versions with a tag only the newest of each consumer.
    """
    line = "main" if main_branch else "branch" if branch is not None else "tag" if tag is not None else "newest"
    values: dict[str, Any] = {"provider": provider_id}
    if consumer is not None:
        values["consumer"] = consumer
    if line in {"branch", "tag"}:
        values["line"] = branch if branch is not None else tag
    query = _of_line(line, of_consumer=consumer is not None, latest=latest)
    return [(Pact(*row[:11]), row[11]) for row in connection.execute(query, values)]


@cache
def _of_line(line: str, *, of_consumer: bool, latest: bool) -> Select[Any]:
    if line in {"newest", "tag"} and (latest or line == "newest"):
        # Which they are is found without a look at anything else.
        found = select(publications.c.id).where(publications.c.provider_id == bindparam("provider"))
        if of_consumer:
            mine = select(participants.c.id).where(participants.c.name == bindparam("consumer"))
            found = found.where(publications.c.consumer_id == mine.scalar_subquery())
        found = pacts.with_tag(found, bindparam("line")) if line == "tag" else found
        return pacts.newest_per_pair(found).add_columns(null())
    query = _OF_PROVIDER
    if of_consumer:
        query = query.where(pacts.consumers.c.name == bindparam("consumer"))
    if line == "main":
        mains = branches.c.name == participants.c.main_branch
        heads = HEADS_OF_CONSUMERS.join(participants, and_(participants.c.id == branches.c.participant_id, mains))
        query = query.where(publications.c.version_id.in_(heads))
        return pacts.on_main_branch(query, head=True).add_columns(pacts.consumers.c.main_branch)
    if line == "branch":
        heads = HEADS_OF_CONSUMERS.where(branches.c.name == bindparam("line"))
        query = pacts.on_branch(query.where(publications.c.version_id.in_(heads)), bindparam("line"), head=True)
    else:
        query = pacts.with_tag(query, bindparam("line"))
    return query.add_columns(null())


def in_environments(
    connection: Connection,
    provider_id: int,
    *,
    released: bool | None,
    environment: str | None = None,
    consumer: str | None = None,
) -> list[tuple[Pact, str, bool]]:
    """Pacts of versions that run somewhere, with the environment's name and whether as a release.

    Args:
        connection: where.
        provider_id: whose.
        released: only releases, or only deployments; None: both.
        environment: only there.
        consumer: only of this one.
    """
    given = {"released": released, "environment": environment, "consumer": consumer}
    values = {name: value for name, value in given.items() if value is not None}
    rows = connection.execute(_present(tuple(values)), {**values, "provider": provider_id})
    return [(Pact(*row[:11]), row[11], bool(row[12])) for row in rows]


_NARROWINGS = {
    "released": presences.c.released == bindparam("released"),
    "environment": environments.c.name == bindparam("environment"),
    "consumer": pacts.consumers.c.name == bindparam("consumer"),
}


@cache
def _present(narrowings: tuple[str, ...]) -> Select[Any]:
    return (
        _OF_PROVIDER.add_columns(environments.c.name, presences.c.released)
        .join(presences, presences.c.version_id == publications.c.version_id)
        .join(environments, environments.c.id == presences.c.environment_id)
        .where(publications.c.version_id.in_(_RUNNING_OF_CONSUMERS))
        .where(presences.c.current, *(_NARROWINGS[name] for name in narrowings))
        .order_by(presences.c.id)
    )
