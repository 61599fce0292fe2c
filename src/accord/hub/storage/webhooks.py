"""Webhooks, and the queue of what they are to send."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, bindparam, delete, desc, insert, or_, select, update

from accord.hub.domain.webhooks import Side, Webhook, WebhookRequest
from accord.hub.storage.tables import labels, participants, triggered_webhooks, webhook_attempts, webhooks

if TYPE_CHECKING:
    from collections.abc import Collection

WAITING = ("not_run", "retrying")

_consumers = participants.alias("consumers")
_providers = participants.alias("providers")
_ALL = (
    select(webhooks, _consumers.c.name.label("consumer"), _providers.c.name.label("provider"))
    .outerjoin(_consumers, _consumers.c.id == webhooks.c.consumer_id)
    .outerjoin(_providers, _providers.c.id == webhooks.c.provider_id)
    .order_by(webhooks.c.id)
)


def _webhook(row: Any) -> Webhook:
    return Webhook(
        id=row.id,
        uuid=row.uuid,
        description=row.description,
        consumer=Side(row.consumer, row.consumer_label),
        provider=Side(row.provider, row.provider_label),
        enabled=row.enabled,
        request=WebhookRequest(**json.loads(row.request)),
        events=tuple(json.loads(row.events)),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def by_uuid(connection: Connection, uuid: str) -> Webhook | None:
    """One by its UUID."""
    row = connection.execute(_ALL.where(webhooks.c.uuid == uuid)).first()
    return _webhook(row) if row else None


def listed(connection: Connection, *, consumer: str | None = None, provider: str | None = None) -> list[Webhook]:
    """All, or those of exactly these sides."""
    query = _ALL
    if consumer is not None:
        query = query.where(_consumers.c.name == consumer)
        if provider is None:
            query = query.where(webhooks.c.provider_id.is_(None), webhooks.c.provider_label.is_(None))
    if provider is not None:
        query = query.where(_providers.c.name == provider)
        if consumer is None:
            query = query.where(webhooks.c.consumer_id.is_(None), webhooks.c.consumer_label.is_(None))
    return [_webhook(row) for row in connection.execute(query)]


def concerning(connection: Connection, consumer_id: int, provider_id: int) -> list[Webhook]:
    """The enabled ones that are about a pair: by name, by label, or about everybody."""
    rows = connection.execute(_CONCERNING, {"consumer": consumer_id, "provider": provider_id})
    return [_webhook(row) for row in rows]


def _side_fits(participant_id: Any, label: Any, wanted: Any) -> Any:
    has_label = select(labels.c.name).where(labels.c.participant_id == wanted)
    return or_(participant_id == wanted, and_(participant_id.is_(None), or_(label.is_(None), label.in_(has_label))))


_CONCERNING = _ALL.where(
    webhooks.c.enabled,
    _side_fits(webhooks.c.consumer_id, webhooks.c.consumer_label, bindparam("consumer")),
    _side_fits(webhooks.c.provider_id, webhooks.c.provider_label, bindparam("provider")),
)


def keep(connection: Connection, uuid: str, values: dict[str, Any], ids: dict[str, int], now: int) -> bool:
    """Make a webhook or replace the one with the UUID; whether it is new."""
    row = {
        "description": values["description"],
        "consumer_id": ids.get(values["consumer"].name),
        "consumer_label": values["consumer"].label,
        "provider_id": ids.get(values["provider"].name),
        "provider_label": values["provider"].label,
        "enabled": values["enabled"],
        "request": json.dumps(values["request"].to_json()),
        "events": json.dumps(values["events"]),
    }
    mine = webhooks.c.uuid == uuid
    if connection.execute(update(webhooks).where(mine).values(**row, updated_at=now)).rowcount:
        return False
    connection.execute(insert(webhooks).values(uuid=uuid, **row, created_at=now))
    return True


def remove(connection: Connection, uuid: str) -> bool:
    """Remove one; what it sent stays on record."""
    found = connection.scalar(select(webhooks.c.id).where(webhooks.c.uuid == uuid))
    if found is None:
        return False
    waiting = and_(triggered_webhooks.c.webhook_id == found, triggered_webhooks.c.status.in_(WAITING))
    connection.execute(update(triggered_webhooks).where(waiting).values(status="failure", next_attempt_at=None))
    connection.execute(
        update(triggered_webhooks).where(triggered_webhooks.c.webhook_id == found).values(webhook_id=None)
    )
    connection.execute(delete(webhooks).where(webhooks.c.id == found))
    return True


@dataclass(frozen=True, slots=True)
class Triggered:
    """Something sent or to be sent."""

    id: int
    uuid: str
    webhook_uuid: str
    event_name: str
    trigger_type: str
    request: WebhookRequest
    context: dict[str, Any]
    status: str
    attempts: int
    publication_id: int | None
    verification_id: int | None
    created_at: int


_TRIGGERED = select(
    triggered_webhooks.c.id,
    triggered_webhooks.c.uuid,
    triggered_webhooks.c.webhook_uuid,
    triggered_webhooks.c.event_name,
    triggered_webhooks.c.trigger_type,
    triggered_webhooks.c.request,
    triggered_webhooks.c.context,
    triggered_webhooks.c.status,
    triggered_webhooks.c.attempts,
    triggered_webhooks.c.publication_id,
    triggered_webhooks.c.verification_id,
    triggered_webhooks.c.created_at,
)


def _triggered(connection: Connection, query: Select[Any]) -> list[Triggered]:
    return [
        Triggered(
            id=row.id,
            uuid=row.uuid,
            webhook_uuid=row.webhook_uuid,
            event_name=row.event_name,
            trigger_type=row.trigger_type,
            request=WebhookRequest(**json.loads(row.request)),
            context=json.loads(row.context),
            status=row.status,
            attempts=row.attempts,
            publication_id=row.publication_id,
            verification_id=row.verification_id,
            created_at=row.created_at,
        )
        for row in connection.execute(query)
    ]


def enqueue(connection: Connection, values: dict[str, Any], now: int) -> None:
    """Put something in the queue, due at once."""
    connection.execute(
        insert(triggered_webhooks).values(**values, status="not_run", attempts=0, next_attempt_at=now, created_at=now)
    )


def claim(connection: Connection, worker: str, now: int, until: int, most: int) -> list[Triggered]:
    """Take what is due, so that no other worker sends it; the claim ends by itself if this one dies."""
    table = triggered_webhooks.c
    free = or_(table.claimed_until.is_(None), table.claimed_until < now)
    due = (
        select(table.id)
        .where(table.status.in_(WAITING), table.next_attempt_at <= now, free)
        .order_by(table.next_attempt_at, table.id)
        .limit(most)
    )
    if connection.dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    ids = list(connection.scalars(due))
    if not ids:
        return []
    connection.execute(
        update(triggered_webhooks).where(table.id.in_(ids)).values(claimed_by=worker, claimed_until=until)
    )
    return _triggered(connection, _TRIGGERED.where(table.id.in_(ids)).order_by(table.id))


def next_due(connection: Connection) -> int | None:
    """When the next thing in the queue is due, in microseconds; None: the queue is empty."""
    table = triggered_webhooks.c
    query = select(table.next_attempt_at).where(table.status.in_(WAITING)).order_by(table.next_attempt_at).limit(1)
    return connection.scalar(query)


def settle(
    connection: Connection,
    triggered_id: int,
    *,
    success: bool,
    status: int | None,
    log: str,
    now: int,
    again: int | None,
) -> None:
    """Note what came of a try; again: when the next one is due, None for never."""
    outcome = "success" if success else "failure" if again is None else "retrying"
    connection.execute(
        insert(webhook_attempts).values(
            triggered_webhook_id=triggered_id, success=success, status=status, log=log, created_at=now
        )
    )
    connection.execute(
        update(triggered_webhooks)
        .where(triggered_webhooks.c.id == triggered_id)
        .values(
            status=outcome,
            attempts=triggered_webhooks.c.attempts + 1,
            next_attempt_at=again,
            claimed_by=None,
            claimed_until=None,
        )
    )


def redeliver(connection: Connection, uuid: str, now: int) -> bool:
    """Put something in the queue again, with all its tries; False where there is no such thing."""
    mine = triggered_webhooks.c.uuid == uuid
    values = {"status": "not_run", "attempts": 0, "next_attempt_at": now, "claimed_by": None, "claimed_until": None}
    return bool(connection.execute(update(triggered_webhooks).where(mine).values(**values)).rowcount)


def triggered(
    connection: Connection,
    *,
    uuid: str | None = None,
    pair: tuple[int, int] | None = None,
    publication_ids: Collection[int] | None = None,
    verification_id: int | None = None,
    limit: int = 200,
) -> list[Triggered]:
    """What was or will be sent, newest first."""
    table = triggered_webhooks.c
    query = _TRIGGERED.order_by(desc(table.id)).limit(limit)
    if uuid is not None:
        query = query.where(table.uuid == uuid)
    if pair is not None:
        query = query.where(table.consumer_id == pair[0], table.provider_id == pair[1])
    if publication_ids is not None:
        query = query.where(table.publication_id.in_(list(publication_ids)), table.verification_id.is_(None))
    if verification_id is not None:
        query = query.where(table.verification_id == verification_id)
    return _triggered(connection, query)


def attempts(connection: Connection, triggered_id: int) -> list[str]:
    """The log of each try, in order."""
    query = (
        select(webhook_attempts.c.log)
        .where(webhook_attempts.c.triggered_webhook_id == triggered_id)
        .order_by(webhook_attempts.c.id)
    )
    return list(connection.scalars(query))
