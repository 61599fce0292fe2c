"""Tables for these tests, and the ways of isolation without the fixtures around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from accord.infra import Isolation, PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = """
    CREATE TABLE customers (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE);
    CREATE TABLE orders (id serial PRIMARY KEY, customer int NOT NULL REFERENCES customers ON DELETE RESTRICT);
    CREATE TABLE eggs (id int PRIMARY KEY, hen int);
    CREATE TABLE hens (id int PRIMARY KEY, egg int REFERENCES eggs);
    ALTER TABLE eggs ADD FOREIGN KEY (hen) REFERENCES hens;
    CREATE TABLE events (at int, "order" int REFERENCES orders) PARTITION BY RANGE (at);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100);
    CREATE TABLE kinds (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text,
                        length int GENERATED ALWAYS AS (length(name)) STORED);
    INSERT INTO kinds (name) VALUES ('book'), ('pencil');
"""


def migrate(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA)


SOURCE = ("isolation-tests", migrate)


@pytest.fixture
def isolation(postgres_server: PostgresServer) -> Iterator[Isolation]:
    """On the run's server, which other workers use too."""
    shared = Isolation(postgres_server)
    yield shared
    shared.close()


@pytest.fixture
def own_isolation() -> Iterator[Isolation]:
    """On a server that a test may disturb."""
    with PostgresServer() as server:
        shared = Isolation(server)
        yield shared
        shared.close()
