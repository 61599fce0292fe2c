"""Which contracts wait for their verification longer than they should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select, text

from accord.hub.domain.webhooks import Event
from accord.hub.storage import pacts
from accord.hub.storage.tables import contents, publications, triggered_webhooks, webhooks

if TYPE_CHECKING:
    from accord.hub.domain.records import Pact

EVENT = Event.CONTRACT_REQUIRING_VERIFICATION_PUBLISHED.value

_LOCK = 0x4ACC08D
"""Of PostgreSQL's locks by number, the one that those take who remind."""


def take_turn(connection: Connection) -> None:
    """Wait until no other hub on the same database reminds; SQLite lets only one write anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def overdue(connection: Connection, before: int) -> list[Pact]:
    """The newest pact of each pair whose content is older than that, and was told of last before that.

    Empty where no webhook would hear of it.
    """
    heard = select(webhooks.c.id).where(webhooks.c.enabled, webhooks.c.events.contains(f'"{EVENT}"')).limit(1)
    if connection.execute(heard).first() is None:
        return []
    told = (
        select(publications.c.content_id)
        .join(triggered_webhooks, triggered_webhooks.c.publication_id == publications.c.id)
        .where(triggered_webhooks.c.event_name == EVENT)
        .group_by(publications.c.content_id)
        .having(func.max(triggered_webhooks.c.created_at) > before)
    )
    query = pacts.newest_per_pair().where(contents.c.created_at <= before, publications.c.content_id.not_in(told))
    return pacts.pacts(connection, query)
