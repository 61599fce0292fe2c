"""Rows of an outbox table as events: by every kind of connection, with the same expectations, and never changed."""

from __future__ import annotations

import contextlib
import json
import threading
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from accord.core.errors import UsageError
from accord.testing import AsyncOutboxCapture, EventMissing, EventUnexpected, capture_outbox, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.infra import Database

TABLE = 'CREATE TABLE outbox (id bigserial PRIMARY KEY, subject text, payload jsonb, "the: key" text, headers jsonb)'
WITH_ALL = {"key": "the: key", "headers": "headers"}


@pytest.fixture
def url(postgres: Database) -> str:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(TABLE)
    return postgres.url


def write(url: str, *rows: tuple[str, Any]) -> None:
    with psycopg.connect(url) as connection:
        for subject, payload in rows:
            connection.execute(
                'INSERT INTO outbox (subject, payload, "the: key", headers) VALUES (%s, %s, %s, %s)',
                (subject, json.dumps(payload), "o-1", json.dumps({"tenant": "acme"})),
            )


def count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM outbox").fetchone()
    assert row is not None
    return int(row[0])


@contextlib.contextmanager
def source(kind: str, url: str) -> Iterator[Any]:
    """A source of each synchronous kind."""
    if kind == "url":
        yield url
    elif kind == "psycopg":
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection
    else:
        engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            yield engine if kind == "engine" else connection
        engine.dispose()


@pytest.mark.parametrize("kind", ["url", "psycopg", "engine", "sqlalchemy"])
def test_rows_are_events_whatever_they_are_read_by(url: str, kind: str) -> None:
    with source(kind, url) as reader:
        outbox = capture_outbox(reader, columns=WITH_ALL)
        write(url, ("orders.placed", {"id": 1}), ("orders.paid", {"id": 1, "total": "9.99"}))
        outbox.expect_in_order(
            event({"id": 1}, subject="orders.placed", key="o-1", headers={"tenant": "acme"}),
            event({"total": "9.99"}, subject="orders.paid"),
        )
        outbox.no_other()
    assert count(url) == 2


def test_a_row_that_comes_later_is_waited_for(url: str) -> None:
    outbox = capture_outbox(url)
    writer = threading.Thread(target=write, args=(url, ("orders.placed", {"id": 7})))
    writer.start()
    assert outbox.expect({"id": 7}).subject == "orders.placed"
    writer.join()


def test_a_row_that_its_relay_deletes_stays_seen(url: str) -> None:
    outbox = capture_outbox(url)
    write(url, ("orders.placed", {"id": 1}))
    outbox.expect_none({"id": 2}, within=0)
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM outbox")
    outbox.expect({"id": 1}, timeout=0)


def test_what_a_transaction_has_not_committed_is_seen_by_its_own_connection_alone(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO outbox (subject, payload) VALUES ('orders.placed', '{}')")
        capture_outbox(connection).expect({}, timeout=0)
        capture_outbox(url).no_other()


def test_a_failure_shows_the_rows(url: str) -> None:
    write(url, ("orders.placed", {"id": 1}))
    with pytest.raises(EventMissing, match=r"on the outbox table 'outbox'; it did not come(.|\n)*body \$\.id"):
        capture_outbox(url).expect({"id": 2}, timeout=0)
    with pytest.raises(EventUnexpected, match=r"orders\.placed"):
        capture_outbox(url).no_other()


def test_a_table_that_is_not_there_is_the_cause(url: str) -> None:
    with pytest.raises(
        EventMissing, match=r'Looking for them failed: UndefinedTable: relation "shop\.events" does not'
    ):
        capture_outbox(url, table="shop.events").expect({"id": 2}, timeout=0)
    with pytest.raises(psycopg.errors.UndefinedTable):
        capture_outbox(url, table="shop.events").no_other()


def test_names_are_quoted(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        name = 'out"box; DROP TABLE outbox'
        connection.execute(sql.SQL("CREATE TABLE {} (n int, body bytea)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("INSERT INTO {} VALUES (1, '[1]'), (2, '\\x00')").format(sql.Identifier(name)))
    outbox = capture_outbox(url, table=name, columns={"id": "n", "subject": "", "payload": "body"})
    outbox.expect_in_order([1], b"\x00")
    assert count(url) == 0


async def test_asynchronous_connections_are_awaited(url: str) -> None:
    write(url, ("orders.placed", {"id": 1}))
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with (
        await psycopg.AsyncConnection.connect(url, autocommit=True) as plain,
        engine.connect() as connection,
        AsyncSession(engine) as session,
    ):
        for reader in (plain, connection, session, engine):
            outbox = capture_outbox(reader, columns=WITH_ALL)
            assert isinstance(outbox, AsyncOutboxCapture)
            assert (await outbox.expect({"id": 1})).key == "o-1"
            await outbox.no_other()
    await engine.dispose()


def test_what_is_no_source_is_refused() -> None:
    with pytest.raises(UsageError, match="expected a URL postgresql://…, or a connection of psycopg or of SQLAlchemy"):
        capture_outbox(object())
    with pytest.raises(UsageError, match="seen one of 'mysql'"):
        capture_outbox("mysql://host/db")
    with pytest.raises(UsageError, match=r"columns=\{'topic': …\}\): known are id, subject"):
        capture_outbox("postgresql://host/db", columns={"topic": "topic"})
