"""The seed of ``hub_seed`` written straight into a hub's tables: 150,000 versions in a minute or two."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import asyncpg

from accord.hub.domain.identity import pact_sha, with_interaction_ids
from accord.hub.storage.tables import metadata
from tests.behaviours.hub_seed import CHANGES_EVERY, PROVIDERS_EACH, pact, service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Row = tuple[Any, ...]

BEGAN = 1_700_000_000_000_000
ENVIRONMENT = "4f1c0000-0000-4000-8000-000000000000"


class Bulk:
    """What ``hub_seed.seed`` publishes, verifies and deploys, as rows.

    Args:
        services: how many; each publishes for the three after it.
        count: versions of each.
    """

    def __init__(self, services: int, count: int) -> None:
        self.services, self.count = services, count
        self.editions = (count - 1) // CHANGES_EVERY + 1

    def tables(self) -> Iterator[tuple[str, tuple[str, ...], Iterator[Row]]]:
        """Name, columns and rows of each table, in the order in which they refer to each other."""
        participants = ("id", "name", "display_name", "main_branch", "created_at")
        yield "participants", participants, self._participants()
        yield "versions", ("id", "participant_id", "number", "created_at"), self._versions()
        yield "branches", ("id", "participant_id", "name", "head_version_id", "created_at"), self._branches()
        yield "branch_versions", ("id", "branch_id", "version_id", "created_at"), self._on_branches()
        contents = ("id", "consumer_id", "provider_id", "sha", "document", "created_at")
        yield "contents", contents, self._contents()
        publications = ("id", "consumer_id", "provider_id", "version_id", "content_id", "revision", "created_at")
        yield "publications", publications, self._publications()
        yield "integrations", ("consumer_id", "provider_id", "created_at"), self._integrations()
        yield "verifications", ("id", "content_id", "provider_version_id", "success", "created_at"), self._results()
        environments = ("id", "uuid", "name", "display_name", "production", "required_evidence", "created_at")
        place = (1, ENVIRONMENT, "production", "Production", True, "[]", BEGAN)
        yield "environments", environments, iter([place])
        presences = (
            "id", "uuid", "released", "version_id", "participant_id", "environment_id", "current", "created_at",
        )  # fmt: skip
        yield "presences", presences, self._deployments()

    def _version(self, who: int, number: int) -> int:
        return number * self.services + who + 1

    def _content(self, consumer: int, step: int, number: int) -> int:
        return ((number // CHANGES_EVERY) * self.services + consumer) * PROVIDERS_EACH + step

    def _pairs(self) -> Iterator[tuple[int, int, int]]:
        for consumer in range(self.services):
            for step in range(1, PROVIDERS_EACH + 1):
                yield consumer, step, (consumer + step) % self.services

    def _participants(self) -> Iterator[Row]:
        for who in range(self.services):
            yield who + 1, service(who), service(who), "main", BEGAN

    def _versions(self) -> Iterator[Row]:
        for number in range(self.count):
            for who in range(self.services):
                yield self._version(who, number), who + 1, f"1.0.{number}", BEGAN + self._version(who, number)

    def _branches(self) -> Iterator[Row]:
        for who in range(self.services):
            yield who + 1, who + 1, "main", self._version(who, self.count - 1), BEGAN

    def _on_branches(self) -> Iterator[Row]:
        for number in range(self.count):
            for who in range(self.services):
                version = self._version(who, number)
                yield version, who + 1, version, BEGAN + version

    def _contents(self) -> Iterator[Row]:
        for edition in range(self.editions):
            for consumer, step, provider in self._pairs():
                document = pact(service(consumer), service(provider), edition)
                text = json.dumps(with_interaction_ids(document), separators=(",", ":"))
                first = edition * CHANGES_EVERY
                published = BEGAN + self._version(consumer, first)
                content = self._content(consumer, step, first)
                yield content, consumer + 1, provider + 1, pact_sha(document), text, published

    def _publications(self) -> Iterator[Row]:
        row = 0
        for number in range(self.count):
            for consumer, step, provider in self._pairs():
                row += 1
                version = self._version(consumer, number)
                content = self._content(consumer, step, number)
                yield row, consumer + 1, provider + 1, version, content, 1, BEGAN + version

    def _integrations(self) -> Iterator[Row]:
        for consumer, _, provider in self._pairs():
            yield consumer + 1, provider + 1, BEGAN

    def _results(self) -> Iterator[Row]:
        row = 0
        for number in range(self.count):
            for consumer, step, provider in self._pairs():
                row += 1
                version = self._version(provider, number)
                yield row, self._content(consumer, step, number), version, True, BEGAN + version + self.services

    def _deployments(self) -> Iterator[Row]:
        for who in range(self.services):
            version = self._version(who, max(0, self.count - 2))
            uuid = f"00000000-0000-4000-8000-{who:012d}"
            yield who + 1, uuid, False, version, who + 1, 1, True, BEGAN + version


def fill_file(file: Path, bulk: Bulk) -> None:
    """Fill a new database of SQLite, which has its tables already."""
    with closing(sqlite3.connect(file)) as connection, connection:
        for name, columns, rows in bulk.tables():
            assert name in metadata.tables
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608 - the names are ours


def fill_server(url: str, bulk: Bulk) -> None:
    """Fill a new database of PostgreSQL, which has its tables already; with figures for its planner."""
    asyncio.run(_fill_server(url, bulk))


async def _fill_server(url: str, bulk: Bulk) -> None:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            for name, columns, rows in bulk.tables():
                await connection.copy_records_to_table(name, records=rows, columns=columns)
                if "id" in columns:
                    await connection.execute(
                        f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"  # noqa: S608 - the names are ours
                    )
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
