from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg
import pytest

from accord.core.errors import ResourceError, UsageError
from accord.infra import PostgresServer

if TYPE_CHECKING:
    from accord.infra import Database


def new_key(request: pytest.FixtureRequest) -> str:
    """A key of the test's own: the server may be shared with other workers and runs of this test."""
    return f"{request.node.nodeid}-{threading.get_ident()}-{id(request)}"


def make_orders(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE orders (id int)")
        connection.execute("INSERT INTO orders VALUES (1), (2)")


def count_orders(database: Database) -> int:
    with psycopg.connect(database.url) as connection:
        row = connection.execute("SELECT count(*) FROM orders").fetchone()
        assert row is not None
        return int(row[0])


def database_names(server: PostgresServer) -> set[str]:
    with psycopg.connect(server.url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}


def test_two_databases_of_one_template_do_not_see_each_other(
    postgres_server: PostgresServer, request: pytest.FixtureRequest
) -> None:
    template = postgres_server.template(new_key(request), make_orders)
    with postgres_server.database(template) as one, postgres_server.database(template) as other:
        with psycopg.connect(one.url) as connection:
            connection.execute("DELETE FROM orders")
        assert count_orders(one) == 0
        assert count_orders(other) == 2


def test_leaving_the_block_drops_the_database_even_with_open_connections(postgres_server: PostgresServer) -> None:
    with postgres_server.database() as database:
        connection = psycopg.connect(database.url)
    assert database.name not in database_names(postgres_server)
    database.drop()  # again: nothing happens
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()


def test_a_database_is_named_by_its_label_and_never_too_long(postgres_server: PostgresServer) -> None:
    with (
        postgres_server.database(label='Test "Order"; DROP TABLE x -- [a-1]' + "x" * 100) as named,
        postgres_server.database(label="!!!") as unnamed,
    ):
        assert named.name.startswith("test_order_drop_table_x_a_1_xxx")
        assert len(named.name) <= 63
        assert {named.name, unnamed.name} <= database_names(postgres_server)


def test_many_threads_prepare_a_template_once(postgres_server: PostgresServer, request: pytest.FixtureRequest) -> None:
    prepared = []

    def prepare(url: str) -> None:
        prepared.append(url)
        make_orders(url)

    key = new_key(request)
    with ThreadPoolExecutor(6) as pool:
        templates = list(pool.map(lambda _: postgres_server.template(key, prepare), range(6)))
        databases = list(pool.map(postgres_server.database, templates))
    assert len(prepared) == 1
    assert len({database.name for database in databases}) == 6
    assert {count_orders(database) for database in databases} == {2}
    for database in databases:
        database.drop()


def test_a_template_can_be_used_although_who_prepared_it_left_connections(
    postgres_server: PostgresServer, request: pytest.FixtureRequest
) -> None:
    left: list[psycopg.Connection] = []
    template = postgres_server.template(new_key(request), lambda url: left.append(psycopg.connect(url)))
    postgres_server.database(template).drop()
    with pytest.raises(psycopg.OperationalError):
        left[0].execute("SELECT 1")
    left[0].close()
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        psycopg.connect(postgres_server.url_of(template.name))


def test_a_failing_prepare_is_shown_and_leaves_nothing_half_made(
    postgres_server: PostgresServer, request: pytest.FixtureRequest
) -> None:
    key = new_key(request)

    def fail(url: str) -> None:
        make_orders(url)
        raise ValueError("migration 7 has no column amount")

    with pytest.raises(ResourceError, match="ValueError: migration 7 has no column amount") as caught:
        postgres_server.template(key, fail)
    assert isinstance(caught.value.__cause__, ValueError)
    assert key in str(caught.value)
    made = postgres_server.template(key, make_orders)
    assert not {name for name in database_names(postgres_server) if name.startswith(made.name) and name != made.name}
    with postgres_server.database(made) as database:
        assert count_orders(database) == 2


def test_an_interrupted_prepare_stays_an_interrupt(
    postgres_server: PostgresServer, request: pytest.FixtureRequest
) -> None:
    def interrupt(url: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        postgres_server.template(new_key(request), interrupt)


def test_a_template_of_another_server_is_refused(
    postgres_server: PostgresServer, request: pytest.FixtureRequest
) -> None:
    with PostgresServer() as other:
        template = other.template(new_key(request), make_orders)
        with pytest.raises(UsageError, match="was made in another server"):
            postgres_server.database(template)


def test_what_the_server_refuses_is_explained(postgres_server: PostgresServer) -> None:
    assert postgres_server._admin is not None
    with pytest.raises(ResourceError, match=r"PostgreSQL refused .*CREATE DATABASE.*does not exist"):
        postgres_server._admin.create("mine", "no_such_template")
