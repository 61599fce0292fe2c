"""A verification that is missing too long is told again: once in each interval, however many hubs there are."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from accord.hub.app.reminder import Reminder
from accord.hub.domain.publication import ContractToPublish
from accord.hub.domain.webhooks import Event, Side, WebhookRequest
from accord.hub.service.moment import Moment
from accord.hub.service.publishing import publish_pact
from accord.hub.storage import participants, verifications, versions, webhooks
from accord.hub.storage.database import Database, Location, location_of, open_database
from accord.hub.storage.migrate import migrate
from accord.hub.web.hub import Hub
from accord.hub.wire.addresses import Addresses
from tests.behaviours.hub_seed import pact

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

URL = "http://hub.example.org"
HOUR = 3_600_000_000


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    database = request.getfixturevalue("postgres").url if request.param == "postgresql" else str(tmp_path / "hub.db")
    found = location_of(database)
    migrate(found)
    return found


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000_000

    def __call__(self) -> int:
        return self.now


def prepare(connection: Connection, now: int) -> int:
    """A provider with a main branch, a webhook that waits, and a contract; the content's id."""
    provider = participants.find_or_create(connection, "P", now)
    participants.change(connection, provider.id, {"main_branch": "main"}, now)
    version, _ = versions.find_or_create(connection, provider.id, "1", now)
    versions.add_to_branch(connection, version, "main", now)
    hook: dict[str, Any] = {
        "description": None, "consumer": Side(), "provider": Side(), "enabled": True,
        "request": WebhookRequest(method="POST", url="https://ci.example.org/build", body={"pact": "${pactbroker.pactUrl}"}),
        "events": [Event.CONTRACT_REQUIRING_VERIFICATION_PUBLISHED.value],
    }  # fmt: skip
    webhooks.keep(connection, "hook", hook, {}, now)
    kept, _ = publish_pact(
        connection, "C", "1", ContractToPublish("P", pact("C", "P", 1), False), Moment(now, Addresses(URL))
    )
    return kept.content_id


async def told(database: Database) -> list[webhooks.Triggered]:
    return await database.read(webhooks.triggered)


async def test_it_is_told_once_in_each_interval_by_whichever_hub_until_it_is_there(location: Location) -> None:
    first, second, clock = open_database(location), open_database(location), Time()
    hubs = [Hub(each, clock=clock) for each in (first, second)]
    reminders = [Reminder(each, 3600) for each in hubs]

    async def look() -> list[int]:
        return sorted(await asyncio.gather(*(each.look(URL) for each in reminders * 2)))

    try:
        content_id = await first.write(prepare, clock.now)
        assert len(await told(first)) == 1
        clock.now += HOUR - 1
        assert await look() == [0, 0, 0, 0]
        clock.now += 1
        assert await look() == [0, 0, 0, 1]
        clock.now += HOUR // 2
        assert await look() == [0, 0, 0, 0]
        clock.now += HOUR // 2
        assert await look() == [0, 0, 0, 1]
        again = (await told(first))[0]
        assert again.context["providerVersionNumber"] == "1"
        assert json.dumps(again.request.to_json()).count(f"{URL}/pacts/provider/P/consumer/C/pact-version/") == 1
        result = {"content_id": content_id, "provider_version_id": 1, "success": True, "created_at": clock.now}
        await first.write(verifications.record, result)
        clock.now += 10 * HOUR
        assert await look() == [0, 0, 0, 0]
        assert len(await told(second)) == 3
    finally:
        await first.close()
        await second.close()
