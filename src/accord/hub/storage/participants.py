"""Participants and their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from accord.hub.domain.records import Label, Participant
from accord.hub.storage.database import among, insert_or_ignore
from accord.hub.storage.tables import integrations, labels, participants

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_COLUMNS = (
    participants.c.id,
    participants.c.name,
    participants.c.display_name,
    participants.c.repository_url,
    participants.c.repository_name,
    participants.c.repository_namespace,
    participants.c.main_branch,
    participants.c.created_at,
    participants.c.updated_at,
)
_ALL = select(*_COLUMNS)
_BY_NAME = _ALL.where(participants.c.name == bindparam("wanted"))
_BY_NAMES = _ALL.where(among(participants.c.name, "names", texts=True))
_BY_ID = _ALL.where(participants.c.id == bindparam("wanted"))
_BY_IDS = _ALL.where(among(participants.c.id, "ids"))
_PAIRS = select(integrations.c.consumer_id, integrations.c.provider_id)
_PAIRS_OF_PROVIDERS = _PAIRS.where(among(integrations.c.provider_id, "providers"))
_PAIRS_OF_CONSUMER = _PAIRS.where(integrations.c.consumer_id == bindparam("consumer"))
_PAIR = _PAIRS_OF_CONSUMER.where(integrations.c.provider_id == bindparam("provider"))
_consumers = participants.alias("consumers")
_providers = participants.alias("providers")
_PAIRS_TOUCHING = (
    select(integrations.c.consumer_id, _consumers.c.name, integrations.c.provider_id, _providers.c.name)
    .join(_consumers, _consumers.c.id == integrations.c.consumer_id)
    .join(_providers, _providers.c.id == integrations.c.provider_id)
    .where(or_(among(integrations.c.consumer_id, "ids"), among(integrations.c.provider_id, "ids")))
)
_LABELS = (
    select(labels.c.participant_id, participants.c.name, labels.c.name, labels.c.created_at)
    .join(participants, participants.c.id == labels.c.participant_id)
    .where(among(labels.c.participant_id, "ids"))
    .order_by(labels.c.name)
)


def by_names(connection: Connection, names: Iterable[str]) -> dict[str, Participant]:
    """Those that there are, by name."""
    rows = connection.execute(_BY_NAMES, {"names": list(names)})
    return {row.name: Participant(*row) for row in rows}


def by_name(connection: Connection, name: str) -> Participant | None:
    """One, or None."""
    row = connection.execute(_BY_NAME, {"wanted": name}).first()
    return Participant(*row) if row else None


def by_id(connection: Connection, participant_id: int) -> Participant:
    """One that there is."""
    return Participant(*connection.execute(_BY_ID, {"wanted": participant_id}).one())


def by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Participant]:
    """Those that there are, by id."""
    rows = connection.execute(_BY_IDS, {"ids": list(ids)})
    return {row.id: Participant(*row) for row in rows}


def all_of_them(connection: Connection, *, label: str | None = None) -> list[Participant]:
    """All, by name; with a label those that have it."""
    query = _ALL.order_by(func.lower(participants.c.name), participants.c.id)
    if label is not None:
        query = query.join(labels, labels.c.participant_id == participants.c.id).where(labels.c.name == label)
    return [Participant(*row) for row in connection.execute(query)]


def find_or_create(connection: Connection, name: str, now: int) -> Participant:
    """The one with the name; made where there is none."""
    found = by_name(connection, name)
    if found is None:
        create(connection, {"name": name}, now)
        found = by_name(connection, name)
    assert found is not None  # noqa: S101 - just made, in this transaction
    return found


def create(connection: Connection, values: dict[str, Any], now: int) -> bool:
    """Make one; False where there is one with the name already."""
    row = {"display_name": values["name"], **values, "created_at": now}
    return insert_or_ignore(connection, participants, row)


def change(connection: Connection, participant_id: int, values: dict[str, Any], now: int) -> None:
    """Set some of its values."""
    connection.execute(update(participants).where(participants.c.id == participant_id).values(**values, updated_at=now))


def remove(connection: Connection, participant_id: int) -> None:
    """Remove one with everything that belongs to it."""
    connection.execute(delete(participants).where(participants.c.id == participant_id))


def labels_of(connection: Connection, ids: Collection[int]) -> dict[int, list[Label]]:
    """The labels of among, by id of the participant."""
    found: dict[int, list[Label]] = {}
    for participant_id, *rest in connection.execute(_LABELS, {"ids": list(ids)}):
        found.setdefault(participant_id, []).append(Label(*rest))
    return found


def label_names(connection: Connection) -> list[str]:
    """Every label that is in use, once."""
    return list(connection.scalars(select(labels.c.name).distinct().order_by(labels.c.name)))


def add_label(connection: Connection, participant_id: int, name: str, now: int) -> bool:
    """Give a label; False where it has it already."""
    return insert_or_ignore(connection, labels, {"participant_id": participant_id, "name": name, "created_at": now})


def remove_label(connection: Connection, participant_id: int, name: str) -> bool:
    """Take a label; False where there was none."""
    query = delete(labels).where(labels.c.participant_id == participant_id, labels.c.name == name)
    return bool(connection.execute(query).rowcount)


def connect(connection: Connection, consumer_id: int, provider_id: int, now: int) -> None:
    """Note that a pair has a contract."""
    if connection.execute(_PAIR, {"consumer": consumer_id, "provider": provider_id}).first() is None:
        values = {"consumer_id": consumer_id, "provider_id": provider_id, "created_at": now}
        insert_or_ignore(connection, integrations, values)


def pairs(
    connection: Connection, *, provider_ids: Collection[int] | None = None, consumer_id: int | None = None
) -> list[tuple[int, int]]:
    """Consumer and provider of every pair that has a contract, or of those of one side."""
    if provider_ids is not None:
        rows = connection.execute(_PAIRS_OF_PROVIDERS, {"providers": list(provider_ids)})
    elif consumer_id is not None:
        rows = connection.execute(_PAIRS_OF_CONSUMER, {"consumer": consumer_id})
    else:
        rows = connection.execute(_PAIRS)
    return [(row[0], row[1]) for row in rows]


def pairs_touching(connection: Connection, ids: Collection[int]) -> dict[tuple[int, int], tuple[str, str]]:
    """The names of every pair that has a contract and one of these as consumer or provider."""
    rows = connection.execute(_PAIRS_TOUCHING, {"ids": list(ids)})
    return {(row[0], row[2]): (row[1], row[3]) for row in rows}


def disconnect(connection: Connection, consumer_id: int, provider_id: int) -> bool:
    """Forget that a pair has a contract."""
    query = delete(integrations).where(
        integrations.c.consumer_id == consumer_id, integrations.c.provider_id == provider_id
    )
    return bool(connection.execute(query).rowcount)


def insert_row(connection: Connection, values: dict[str, Any]) -> None:
    """Put a row as it is, for what comes from elsewhere."""
    connection.execute(insert(participants).values(**values))
