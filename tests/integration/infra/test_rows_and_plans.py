"""Rows by COPY, and plans of queries on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, select
from sqlalchemy.orm import Session

from accord.core.errors import UsageError
from accord.infra import assert_plan, copy_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accord.infra import Database

COUNT = 20_000
metadata = MetaData()
orders = Table("orders", metadata, Column("id", Integer), Column("customer", Text), Column("note", Text))


def migrate(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE orders (id int PRIMARY KEY, customer text, note text)")
        connection.execute("CREATE INDEX by_customer ON orders (customer)")


@pytest.fixture(scope="session")
def postgres_template() -> tuple[str, Callable[[str], None]]:
    return "rows-and-plans", migrate


@dataclass
class Row:
    id: int
    note: str


def rows() -> Iterator[tuple[int, str, str | None]]:
    return (
        (number, f"customer-{number % 1000}", None if number % 2 else 'tab\t, "quote" \\ and ü')
        for number in range(COUNT)
    )


@pytest.fixture
def filled(postgres: Database) -> Database:
    assert copy_rows(postgres, "orders", rows()) == COUNT
    return postgres


def count(database: Database) -> int:
    with database.connection() as connection:
        row = connection.execute("SELECT count(*) FROM orders").fetchone()
        assert row
        return int(row[0])


def test_rows_come_in_as_they_were(filled: Database) -> None:
    with filled.connection() as connection:
        found = connection.execute("SELECT * FROM orders WHERE id < 2 ORDER BY id").fetchall()
    assert found == [(0, "customer-0", 'tab\t, "quote" \\ and ü'), (1, "customer-1", None)]


@pytest.mark.parametrize(
    "given",
    [[{"id": 1, "note": "a"}, {"note": "b", "id": 2}], [Row(1, "a"), Row(2, "b")]],
    ids=["mappings", "dataclasses"],
)
def test_rows_name_their_columns(postgres: Database, given: list[Any]) -> None:
    assert copy_rows(postgres.url, "public.orders", iter(given)) == 2
    with postgres.connection() as connection:
        assert connection.execute("SELECT * FROM orders ORDER BY id").fetchall() == [(1, None, "a"), (2, None, "b")]


def test_rows_are_part_of_the_transaction_they_come_in(postgres: Database) -> None:
    with postgres.connection() as connection:
        copy_rows(connection, "orders", [(1, "a")], columns=["id", "customer"])
        connection.rollback()
    with postgres.engine() as engine, Session(engine) as session:
        copy_rows(session, "orders", [(1, "a", None)])
        session.rollback()
        copy_rows(engine, "orders", [(2, "a", None)])
    assert count(postgres) == 1


@pytest.mark.postgres("rollback")
@pytest.mark.parametrize("turn", [1, 2])
def test_rows_can_be_rolled_back_with_the_test(postgres: Any, turn: int) -> None:
    with postgres.engine() as engine, engine.connect() as connection:
        copy_rows(postgres, "orders", [(1, "a", None)])
        assert connection.execute(select(orders.c.customer)).scalars().all() == ["a"]


def test_no_rows_are_no_rows(postgres: Database) -> None:
    assert copy_rows(postgres, "orders", []) == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([{"id": 1}, {"id": 2, "note": "b"}], "a row has the columns"),
        ([{"id": 1}, {"nr": 2}], "a row has no 'id'"),
        ([7], "must be a sequence, a mapping or a dataclass, seen int"),
    ],
)
def test_rows_of_another_form_are_refused_and_none_is_written(postgres: Database, given: list[Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        copy_rows(postgres, "orders", given)
    assert count(postgres) == 0


async def test_an_asynchronous_connection_is_refused_with_what_to_do(postgres: Database) -> None:
    async with postgres.async_engine() as engine, engine.connect() as connection:
        for target in (connection, await connection.get_raw_connection(), 7):
            with pytest.raises(UsageError, match="Beside asynchronous code"):
                copy_rows(target, "orders", [])
    async with postgres.async_engine("psycopg") as engine, engine.begin() as connection:
        with pytest.raises(UsageError, match="Beside asynchronous code"):
            await connection.run_sync(lambda sync: copy_rows(sync, "orders", []))


# Plans

BY_CUSTOMER = "SELECT * FROM orders WHERE customer = %s"
BY_NOTE = "SELECT * FROM orders WHERE note = 'x'"


def test_a_query_by_its_index_passes(filled: Database) -> None:
    plan = assert_plan(
        filled, BY_CUSTOMER, ["customer-7"], uses_index="by_customer", no_seq_scan_on="orders", max_rows=20, max_read=20, max_ms=5000,
    )  # fmt: skip
    assert (plan.rows, plan.indexes) == (20, {"by_customer"})


def test_every_kind_of_target_and_statement_will_do(filled: Database) -> None:
    statement = select(orders).where(orders.c.customer == "customer-7", orders.c.id.in_([7, 1007]))
    with filled.engine() as engine, engine.connect() as connection, Session(engine) as session:
        for target in (engine, connection, session, filled, filled.url):
            assert assert_plan(target, statement, max_rows=2).rows == 2
    with filled.connection() as plain:
        assert (
            assert_plan(plain, "SELECT * FROM orders WHERE id = %(id)s", {"id": 5}, uses_index="orders_pkey").rows == 1
        )


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"uses_index": "by_customer"}, r"expected the index by_customer to be used; used: none\."),
        ({"no_seq_scan_on": ["orders"]}, "expected no scan of orders from end to end; there was one"),
        ({"max_read": 100}, "expected at most 100 rows to be looked at; it looked at 20000"),
        ({"max_ms": 0}, r"expected at most 0 ms; it took [\d.]+ ms"),
    ],
)
def test_a_plan_that_is_not_as_expected_is_shown(filled: Database, limits: dict[str, Any], words: str) -> None:
    with pytest.raises(AssertionError, match=words) as caught:
        assert_plan(filled, BY_NOTE, **limits)
    assert "Seq Scan on orders (rows 0" in str(caught.value)
    assert "thrown away: 20000" in str(caught.value)


def test_too_many_rows_are_a_finding(filled: Database) -> None:
    with pytest.raises(AssertionError, match="expected at most 19 rows; it gave 20"):
        assert_plan(filled, BY_CUSTOMER, ["customer-7"], max_rows=19)


def test_what_the_query_writes_is_rolled_back(filled: Database) -> None:
    assert_plan(filled, "DELETE FROM orders WHERE id < 10", uses_index="orders_pkey")
    assert count(filled) == COUNT
