"""Environments, what is deployed to them and released in them, and evidence."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, bindparam, delete, desc, insert, select, update

from accord.hub.domain.records import Environment, Evidence, Presence
from accord.hub.storage.database import among
from accord.hub.storage.tables import environments, evidence, participants, presences, versions

if TYPE_CHECKING:
    from collections.abc import Collection

_ENVIRONMENTS = select(
    environments.c.id,
    environments.c.uuid,
    environments.c.name,
    environments.c.display_name,
    environments.c.production,
    environments.c.contacts,
    environments.c.required_evidence,
    environments.c.created_at,
    environments.c.updated_at,
)
_PRESENCES = (
    select(
        presences.c.id,
        presences.c.uuid,
        presences.c.released,
        presences.c.version_id,
        versions.c.number,
        presences.c.participant_id,
        participants.c.name,
        presences.c.environment_id,
        presences.c.target,
        presences.c.current,
        presences.c.created_at,
        presences.c.ended_at,
    )
    .join(versions, versions.c.id == presences.c.version_id)
    .join(participants, participants.c.id == presences.c.participant_id)
)


_BY_NAME = _ENVIRONMENTS.where(environments.c.name == bindparam("wanted"))
_BY_UUID = _ENVIRONMENTS.where(environments.c.uuid == bindparam("wanted"))
_BY_IDS = _ENVIRONMENTS.where(among(environments.c.id, "ids"))
_PLACES = (
    select(presences.c.version_id, *_ENVIRONMENTS.selected_columns)
    .join(presences, presences.c.environment_id == environments.c.id)
    .where(among(presences.c.version_id, "ids"), presences.c.current)
    .order_by(presences.c.id)
)
_BY_TITLE = _ENVIRONMENTS.order_by(environments.c.name)


def _environment(row: Any) -> Environment:
    *first, contacts, required, created, updated = row
    values: Any = (*first, json.loads(contacts) if contacts else None, json.loads(required), created, updated)
    return Environment(*values)


def all_environments(connection: Connection) -> list[Environment]:
    """All, by name."""
    return [_environment(row) for row in connection.execute(_BY_TITLE)]


def environment(connection: Connection, *, uuid: str | None = None, name: str | None = None) -> Environment | None:
    """One by its UUID or its name."""
    query, wanted = (_BY_UUID, uuid) if uuid is not None else (_BY_NAME, name)
    row = connection.execute(query, {"wanted": wanted}).first()
    return _environment(row) if row else None


def keep_environment(connection: Connection, values: dict[str, Any], now: int) -> None:
    """Make an environment, or replace the one with the UUID."""
    row = {
        **values,
        "contacts": json.dumps(values["contacts"]) if values.get("contacts") else None,
        "required_evidence": json.dumps(values.get("required_evidence", [])),
    }
    mine = environments.c.uuid == values["uuid"]
    if not connection.execute(update(environments).where(mine).values(**row, updated_at=now)).rowcount:
        connection.execute(insert(environments).values(**row, created_at=now))


def remove_environment(connection: Connection, environment_id: int) -> None:
    """Remove one with what was deployed to it and released in it."""
    connection.execute(delete(environments).where(environments.c.id == environment_id))


def _presences(connection: Connection, query: Select[Any]) -> list[Presence]:
    return [Presence(*row) for row in connection.execute(query)]


def presence(connection: Connection, uuid: str, *, released: bool) -> Presence | None:
    """A deployment or release by its UUID."""
    found = _presences(connection, _PRESENCES.where(presences.c.uuid == uuid, presences.c.released == released))
    return found[0] if found else None


def present(
    connection: Connection,
    *,
    released: bool | None = None,
    environment_id: int | None = None,
    participant_ids: Collection[int] | None = None,
    version_ids: Collection[int] | None = None,
    current: bool | None = True,
) -> list[Presence]:
    """Deployments and releases, oldest first; what is None does not narrow."""
    given = {
        "released": released,
        "environment": environment_id,
        "participants": list(participant_ids) if participant_ids is not None else None,
        "versions": list(version_ids) if version_ids is not None else None,
        "current": current,
    }
    values = {name: value for name, value in given.items() if value is not None}
    return [Presence(*row) for row in connection.execute(_present(tuple(values)), values)]


_NARROWINGS = {
    "released": presences.c.released == bindparam("released"),
    "environment": presences.c.environment_id == bindparam("environment"),
    "participants": among(presences.c.participant_id, "participants"),
    "versions": among(presences.c.version_id, "versions"),
    "current": presences.c.current == bindparam("current"),
}


@cache
def _present(narrowings: tuple[str, ...]) -> Select[Any]:
    return _PRESENCES.where(*(_NARROWINGS[name] for name in narrowings)).order_by(presences.c.id)


def record(connection: Connection, values: dict[str, Any], now: int) -> None:
    """Note a deployment or a release."""
    connection.execute(insert(presences).values(**values, current=True, created_at=now))


def end(connection: Connection, ids: Collection[int], now: int) -> None:
    """Note that deployments were replaced or undone, or that support ended."""
    connection.execute(update(presences).where(presences.c.id.in_(list(ids))).values(current=False, ended_at=now))


def current_target(
    connection: Connection, participant_id: int, environment_id: int, target: str | None
) -> list[Presence]:
    """What is deployed as an application instance."""
    query = _PRESENCES.where(
        presences.c.participant_id == participant_id,
        presences.c.environment_id == environment_id,
        presences.c.released.is_(False),
        presences.c.current,
        presences.c.target.is_(None) if target is None else presences.c.target == target,
    )
    return _presences(connection, query.order_by(desc(presences.c.id)))


def environments_by_id(connection: Connection, ids: Collection[int]) -> dict[int, Environment]:
    """Those that there are, by id."""
    return {row.id: _environment(row) for row in connection.execute(_BY_IDS, {"ids": list(ids)})}


def places_of(connection: Connection, version_ids: Collection[int]) -> dict[int, list[Environment]]:
    """The environments that several versions are in, by id of the version; each once, the first one first."""
    found: dict[int, dict[int, Environment]] = {}
    for version_id, *environment in connection.execute(_PLACES, {"ids": list(version_ids)}):
        found.setdefault(version_id, {})[environment[0]] = _environment(environment)
    return {version_id: list(places.values()) for version_id, places in found.items()}


def evidence_of(connection: Connection, version_ids: Collection[int]) -> dict[int, list[Evidence]]:
    """The evidence of several versions, by id of the version."""
    query = select(evidence).where(evidence.c.version_id.in_(list(version_ids))).order_by(evidence.c.name)
    found: dict[int, list[Evidence]] = {}
    for row in connection.execute(query):
        details = json.loads(row.details) if row.details else None
        found.setdefault(row.version_id, []).append(
            Evidence(row.version_id, row.name, row.success, row.url, details, row.created_at, row.updated_at)
        )
    return found


def keep_evidence(connection: Connection, version_id: int, name: str, values: dict[str, Any], now: int) -> bool:
    """Attach evidence to a version, or replace it; whether it is new."""
    row = {**values, "details": json.dumps(values["details"]) if values.get("details") else None}
    mine = (evidence.c.version_id == version_id, evidence.c.name == name)
    if connection.execute(update(evidence).where(*mine).values(**row, updated_at=now)).rowcount:
        return False
    connection.execute(insert(evidence).values(version_id=version_id, name=name, **row, created_at=now))
    return True


def remove_evidence(connection: Connection, version_id: int, name: str) -> bool:
    """Take evidence away; False where there was none."""
    query = delete(evidence).where(evidence.c.version_id == version_id, evidence.c.name == name)
    return bool(connection.execute(query).rowcount)
