"""Telling webhooks again of a verification that is missing too long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from accord.hub.service.events import announce, required_verifications
from accord.hub.storage import reminders

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from accord.hub.domain.records import Pact
    from accord.hub.service.events import Happening
    from accord.hub.service.moment import Moment


def due(connection: Connection, before: int) -> list[tuple[Pact, list[Happening]]]:
    """The pacts that wait since before a time, with an event for each provider version that has to verify them."""
    found = [(pact, required_verifications(connection, pact)) for pact in reminders.overdue(connection, before)]
    return [(pact, missing) for pact, missing in found if missing]


def remind(connection: Connection, moment: Moment, after: int) -> int:
    """Queue the event again for each content that waits longer than so many microseconds; how many entries.

    What was told is in the queue of all hubs on the database, so that each interval has one reminder, whoever gives it.
    """
    reminders.take_turn(connection)
    count = 0
    for pact, missing in due(connection, moment.now - after):
        again = [replace(each, comment="still missing") for each in missing]
        entries, _ = announce(connection, again, pact, moment)
        count += len(entries)
    return count
