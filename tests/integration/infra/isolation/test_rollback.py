"""The code under test commits, and nothing of it is left: with every driver."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import asyncpg
import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session

from accord.core.errors import IsolationError
from tests.integration.infra.isolation.conftest import SOURCE

if TYPE_CHECKING:
    from accord.infra import Isolation
    from accord.infra.postgres.isolation.rollback import RolledBackDatabase

INSERT = "INSERT INTO customers (name) VALUES ('{}')"
NAMES = "SELECT name FROM customers ORDER BY id"
DRIVERS = ["asyncpg", "psycopg"]


def insert(engine: Engine, name: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(INSERT.format(name)))


def names(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text(NAMES)).scalars())


def open_test(isolation: Isolation) -> Any:
    return isolation.test("rollback", SOURCE)


def assert_nothing_is_left(isolation: Isolation) -> None:
    with open_test(isolation) as database, database.connection() as connection:
        assert connection.execute(NAMES).fetchall() == []


def test_an_engine_that_commits_and_fails_and_goes_on(isolation: Isolation) -> None:
    with open_test(isolation) as database, database.engine() as engine:
        insert(engine, "Ada")
        with pytest.raises(IntegrityError):
            insert(engine, "Ada")
        with pytest.raises(ZeroDivisionError), engine.begin() as connection:
            connection.execute(text(INSERT.format("Bob")))
            _ = 1 / 0
        insert(engine, "Eve")
        engine.dispose()
        assert names(engine) == ["Ada", "Eve"]
    assert_nothing_is_left(isolation)


def test_a_session_that_commits_rolls_back_and_nests(isolation: Isolation) -> None:
    with open_test(isolation) as database, database.engine() as engine, Session(engine) as session:
        session.execute(text(INSERT.format("Ada")))
        session.commit()
        session.execute(text(INSERT.format("Bob")))
        session.rollback()
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(INSERT.format("Ada")))
        with session.begin_nested():
            session.execute(text(INSERT.format("Eve")))
        session.commit()
        assert names(engine) == ["Ada", "Eve"]
    assert_nothing_is_left(isolation)


def test_the_tests_own_session_stays_open_while_the_code_commits(isolation: Isolation) -> None:
    with open_test(isolation) as database, database.engine(pool_size=20) as engine, Session(engine) as session:
        session.execute(text(INSERT.format("Ada")))
        insert(engine, "Bob")
        session.commit()
        assert names(engine) == ["Ada", "Bob"]


def test_a_connection_of_psycopg_commits_and_rolls_back(isolation: Isolation) -> None:
    with open_test(isolation) as database:
        with database.connection() as connection:
            connection.execute(INSERT.format("Ada"))
            connection.commit()
            connection.execute(INSERT.format("Bob"))
            connection.rollback()
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute(INSERT.format("Ada"))
            connection.rollback()
            connection.execute(INSERT.format("Eve"))
            connection.close()  # without a commit
        with database.connection() as again:
            assert again.execute(NAMES).fetchall() == [("Ada",)]
    assert_nothing_is_left(isolation)


def test_blocks_of_psycopg_commit_outside_and_nest_inside(isolation: Isolation) -> None:
    with open_test(isolation) as database, database.connection() as connection:
        with connection.transaction():
            connection.execute(INSERT.format("Ada"))
            with pytest.raises(psycopg.errors.UniqueViolation), connection.transaction():
                connection.execute(INSERT.format("Ada"))
            with pytest.raises(psycopg.ProgrammingError, match="forbidden"):
                connection.commit()
        connection.rollback()  # too late: the block has committed
        connection.execute(INSERT.format("Bob"))
        with connection.transaction():  # only a savepoint, for a transaction is open already
            connection.execute(INSERT.format("Eve"))
        connection.rollback()
        assert connection.execute(NAMES).fetchall() == [("Ada",)]
    assert_nothing_is_left(isolation)


def test_autocommit_makes_each_statement_stand_alone(isolation: Isolation) -> None:
    with open_test(isolation) as database, database.connection(autocommit=True) as connection:
        assert connection.autocommit
        connection.execute(INSERT.format("Ada"))
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(INSERT.format("Ada"))
        connection.execute(INSERT.format("Bob"))
        connection.rollback()
        with connection.transaction():
            connection.execute(INSERT.format("Eve"))
        assert connection.execute(NAMES).fetchall() == [("Ada",), ("Bob",), ("Eve",)]
        connection.autocommit = False
        connection.execute(INSERT.format("Zoe"))
        connection.rollback()
        assert len(connection.execute(NAMES).fetchall()) == 3
    assert_nothing_is_left(isolation)


async def test_an_asynchronous_connection_of_psycopg(isolation: Isolation) -> None:
    with open_test(isolation) as database:
        async with database.async_connection() as connection:
            await connection.execute(INSERT.format("Ada"))
            await connection.commit()
            await connection.execute(INSERT.format("Bob"))
            await connection.rollback()
            async with connection.transaction():
                await connection.execute(INSERT.format("Eve"))
            await connection.rollback()
            await connection.set_autocommit(True)
            with pytest.raises(psycopg.errors.UniqueViolation):
                await connection.execute(INSERT.format("Ada"))
            cursor = await connection.execute(NAMES)
            assert await cursor.fetchall() == [("Ada",), ("Eve",)]
            await connection.close()
    assert_nothing_is_left(isolation)


async def test_a_connection_of_asyncpg(isolation: Isolation) -> None:
    with open_test(isolation) as database:
        async with database.asyncpg() as connection:
            await connection.execute(INSERT.format("Ada"))
            with pytest.raises(asyncpg.UniqueViolationError):
                await connection.execute(INSERT.format("Ada"))
            async with connection.transaction():
                await connection.execute("INSERT INTO customers (name) VALUES ($1)", "Bob")
                with pytest.raises(asyncpg.UniqueViolationError):
                    async with connection.transaction():
                        await connection.execute(INSERT.format("Ada"))
            with pytest.raises(ZeroDivisionError):
                async with connection.transaction():
                    await connection.execute(INSERT.format("Eve"))
                    _ = 1 / 0
            await connection.copy_records_to_table("customers", records=[("Zoe",)], columns=["name"])
            assert [row["name"] for row in await connection.fetch(NAMES)] == ["Ada", "Bob", "Zoe"]
            with pytest.raises(IsolationError, match="clone"):
                connection.transaction(isolation="serializable")
    assert_nothing_is_left(isolation)


async def insert_later(engine: AsyncEngine, name: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(INSERT.format(name)))


@pytest.mark.parametrize("driver", DRIVERS)
async def test_an_asynchronous_engine_that_commits_and_fails_and_goes_on(isolation: Isolation, driver: str) -> None:
    with open_test(isolation) as database:
        async with database.async_engine(driver) as engine, AsyncSession(engine) as session:
            await insert_later(engine, "Ada")
            with pytest.raises(IntegrityError):
                await insert_later(engine, "Ada")
            session.add_all([])
            await session.execute(text(INSERT.format("Bob")))
            await session.rollback()
            async with session.begin():
                await session.execute(text(INSERT.format("Eve")))
                await asyncio.create_task(insert_later(engine, "Zoe"))  # what it starts runs inside it
            await engine.dispose()
            found = (await session.execute(text(NAMES))).scalars().all()
            assert found == ["Ada", "Eve", "Zoe"]
    assert_nothing_is_left(isolation)


@pytest.mark.parametrize("driver", DRIVERS)
async def test_ten_requests_at_once_are_refused_and_the_test_cannot_pass(isolation: Isolation, driver: str) -> None:
    with (
        pytest.raises(IsolationError, match=r'at once.*@pytest.mark.postgres\("clone"\)'),
        open_test(isolation) as database,
    ):
        async with database.async_engine(driver) as engine:
            done = await asyncio.gather(
                *(insert_later(engine, f"customer-{number}") for number in range(10)), return_exceptions=True
            )
            assert sum(isinstance(each, IsolationError) for each in done) >= 1
            # swallowed, as an application turns it into status 500: the end of the test still raises it
    assert_nothing_is_left(isolation)


def test_threads_at_once_are_refused(isolation: Isolation) -> None:
    refused: list[BaseException] = []

    def run(engine: Engine) -> None:
        try:
            insert(engine, "Eve")
        except IsolationError as error:
            refused.append(error)

    with pytest.raises(IsolationError, match="clone"), open_test(isolation) as database, database.engine() as engine:
        with engine.begin():
            thread = threading.Thread(target=run, args=(engine,))
            thread.start()
            thread.join()
        assert len(refused) == 1


def test_code_that_connects_by_itself_is_refused(isolation: Isolation) -> None:
    with open_test(isolation) as database, pytest.raises(IsolationError, match=r"by URL.*engine.*clone"):
        _ = database.url


async def test_two_kinds_of_connection_are_refused(isolation: Isolation) -> None:
    with open_test(isolation) as database, database.engine():
        with pytest.raises(IsolationError, match="already took the connection of psycopg"):
            async with database.asyncpg():
                pass


async def test_another_isolation_level_is_refused(isolation: Isolation) -> None:
    with open_test(isolation) as database, database.engine() as engine:
        with pytest.raises(IsolationError, match="SERIALIZABLE"):
            engine.connect().execution_options(isolation_level="SERIALIZABLE")


def commit_by_hand(database: RolledBackDatabase) -> None:
    with database.connection() as connection:
        connection.execute(INSERT.format("Ada"))
        connection.execute("COMMIT")


@pytest.mark.parametrize("driver", [*DRIVERS, "sync"])
async def test_a_commit_as_text_is_found_out_and_the_next_test_is_clean(isolation: Isolation, driver: str) -> None:
    with pytest.raises(IsolationError, match="ended the transaction itself"), open_test(isolation) as database:
        if driver == "sync":
            commit_by_hand(database)
        else:
            async with database.async_engine(driver) as engine:
                with pytest.raises(IsolationError, match="ended the transaction itself"):
                    async with engine.begin() as connection:
                        await connection.execute(text(INSERT.format("Ada")))
                        await connection.execute(text("COMMIT"))
    assert_nothing_is_left(isolation)


def test_a_failing_test_keeps_its_own_error(isolation: Isolation) -> None:
    with pytest.raises(ZeroDivisionError), open_test(isolation) as database, database.engine() as engine:
        insert(engine, "Ada")
        _ = 1 / 0
    assert_nothing_is_left(isolation)


def test_it_goes_on_after_the_server_was_killed_in_a_test(own_isolation: Isolation) -> None:
    with open_test(own_isolation) as database, database.connection() as connection:
        connection.execute(INSERT.format("Ada"))
    with open_test(own_isolation) as database, database.connection():
        own_isolation.server.kill()
    assert_nothing_is_left(own_isolation)
