"""Every pair with its newest pact, the newest result, and how its webhooks are doing: few queries for all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.hub.storage import overview as storage
from accord.hub.storage import pacts, verifications

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from accord.hub.domain.records import Pact, Verification


@dataclass(frozen=True, slots=True)
class PairView:
    """A pair.

    Attributes:
        status: ``success``, ``failed``, ``stale`` (an earlier pact was verified, the newest not yet) or ``never``.
        webhooks: ``none``, ``success``, ``failure``, ``retrying`` or ``not_run``.
        triggered_at: when a webhook was triggered last.
    """

    pact: Pact
    verification: Verification | None
    status: str
    webhooks: str
    triggered_at: int | None


def pairs(connection: Connection, *, consumer: str | None = None, provider: str | None = None) -> list[PairView]:
    """Every pair that has a pact, by name."""
    query = pacts.ALL if consumer or provider else None
    if query is not None and consumer is not None:
        query = query.where(pacts.consumers.c.name == consumer)
    if query is not None and provider is not None:
        query = query.where(pacts.providers.c.name == provider)
    newest = pacts.pacts(connection, pacts.newest_per_pair(query))
    results = verifications.latest_each(connection, {each.content_id for each in newest})
    verified = storage.verified_pairs(connection)
    hooks = storage.webhook_states(connection)
    views = []
    for pact in newest:
        pair = (pact.consumer_id, pact.provider_id)
        result = results.get(pact.content_id)
        if result is not None:
            status = "success" if result.success else "failed"
        else:
            status = "stale" if pair in verified else "never"
        state, at = hooks.get(pair, ("none", None))
        views.append(PairView(pact, result, status, state, at))
    return views
