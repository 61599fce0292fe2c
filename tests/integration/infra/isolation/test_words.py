"""What each word leaves behind: nothing of the test, all of the migrations."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from accord.core.errors import ResourceError, UsageError
from accord.core.polling import poll_until
from accord.infra.postgres.isolation.pool import DatabasePool
from tests.integration.infra.isolation.conftest import SOURCE, migrate

if TYPE_CHECKING:
    from accord.infra import Database, Isolation, PostgresServer
    from accord.infra.postgres.isolation.words import Word

DIRTY = """
    INSERT INTO customers (name) VALUES ('Ada'), ('Bob');
    INSERT INTO orders (customer) SELECT max(id) FROM customers;
    INSERT INTO eggs VALUES (1); INSERT INTO hens VALUES (1, 1); UPDATE eggs SET hen = 1;
    INSERT INTO events SELECT 5, max(id) FROM orders;
    UPDATE kinds SET name = 'changed' WHERE id = 1; DELETE FROM kinds WHERE id = 2;
    INSERT INTO kinds (name) VALUES ('new')
"""
TABLES = ["customers", "orders", "eggs", "hens", "events"]
CLEAN: list[Word] = ["clone", "schema", "truncate", "delete"]


def dirty(database: Database) -> None:
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(DIRTY)


def assert_as_migrated(database: Database) -> None:
    with psycopg.connect(database.url) as connection:
        for table in TABLES:
            assert connection.execute(f"TABLE {table}").fetchall() == [], table
        assert connection.execute("SELECT * FROM kinds ORDER BY id").fetchall() == [(1, "book", 4), (2, "pencil", 6)]


def next_kind(database: Database) -> int:
    with psycopg.connect(database.url) as connection:
        row = connection.execute("INSERT INTO kinds (name) VALUES ('next') RETURNING id").fetchone()
        assert row
        return int(row[0])


@pytest.mark.parametrize("word", CLEAN)
def test_the_next_test_finds_what_the_migrations_made(isolation: Isolation, word: Word) -> None:
    for _ in range(3):
        with isolation.test(word, SOURCE) as database:
            assert_as_migrated(database)
            dirty(database)


@pytest.mark.parametrize(("word", "number"), [("clone", 3), ("schema", 3), ("truncate", 3)])
def test_sequences_go_on_where_the_migrations_left_them(isolation: Isolation, word: Word, number: int) -> None:
    for _ in range(2):
        with isolation.test(word, SOURCE) as database:
            assert next_kind(database) == number


def test_delete_lets_sequences_run_on_unless_told(isolation: Isolation) -> None:
    found = []
    for restart in (True, False, False):
        with isolation.test("delete", SOURCE, restart_sequences=restart) as database:
            found.append(next_kind(database))
    assert found == [3, 3, 4]


@pytest.mark.parametrize("word", CLEAN)
def test_a_connection_that_the_test_left_in_a_transaction_harms_nobody(isolation: Isolation, word: Word) -> None:
    with isolation.test(word, SOURCE) as database:
        left = psycopg.connect(database.url)
        left.execute("INSERT INTO customers (name) VALUES ('Ada')")
    with isolation.test(word, SOURCE) as database:
        assert_as_migrated(database)
    left.close()


def test_work_that_goes_on_after_the_test_is_named(isolation: Isolation) -> None:
    def work(url: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "WITH held AS (INSERT INTO customers (name) VALUES ('Ada') RETURNING id) SELECT id, pg_sleep(60) FROM held"
            )

    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(ResourceError, match=r"still works.*pg_sleep.*clone"):
            with isolation.test("truncate", SOURCE) as database:
                running = pool.submit(work, database.url)
                with psycopg.connect(database.url, autocommit=True) as connection:
                    poll_until(
                        lambda: connection.execute(
                            "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'WITH held%' AND state = 'active'"
                        ).fetchone(),
                        description="the insertion to run",
                    )
        assert isinstance(running.exception(timeout=10), psycopg.OperationalError)  # the database was thrown away
    with isolation.test("truncate", SOURCE) as database:
        assert_as_migrated(database)


def test_a_trigger_that_keeps_rows_does_not_stop_the_superuser(isolation: Isolation) -> None:
    def prepare(url: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "CREATE TABLE ledger (id int); CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS "
                "$$BEGIN RAISE EXCEPTION 'nothing is ever deleted'; END$$; "
                "CREATE TRIGGER keep BEFORE DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION keep()"
            )

    for _ in range(2):
        with isolation.test("delete", ("ledger", prepare)) as database, psycopg.connect(database.url) as connection:
            assert connection.execute("SELECT count(*) FROM ledger").fetchone() == (0,)
            connection.execute("INSERT INTO ledger VALUES (1)")


@pytest.mark.parametrize("word", ["truncate", "delete", "rollback"])
def test_an_empty_database_can_be_cleaned_too(isolation: Isolation, word: Word) -> None:
    for _ in range(2):
        with isolation.test(word) as database:
            assert database.name


async def test_every_driver_works_in_a_schema(isolation: Isolation) -> None:
    with isolation.test("schema", SOURCE) as database:
        with database.engine() as engine, engine.connect() as connection:
            assert connection.execute(text("SELECT current_schema()")).scalar() == database.schema
        async with database.async_engine() as later, later.connect() as session:
            assert (await session.execute(text("SELECT count(*) FROM kinds"))).scalar() == 2
        async with database.asyncpg() as plain:
            assert await plain.fetchval("SELECT current_schema()") == database.schema
        async with database.async_connection() as other:
            assert await (await other.execute("SELECT count(*) FROM kinds")).fetchone() == (2,)
        engine = create_engine(database.url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM kinds")).scalar() == 2
        engine.dispose()


async def test_engines_are_real_ones_with_clone(isolation: Isolation) -> None:
    with isolation.test("clone", SOURCE) as database:
        async with database.async_engine() as engine, engine.begin() as connection:
            await connection.execute(text("INSERT INTO customers (name) VALUES ('Ada')"))
        own = create_async_engine(database.url.replace("postgresql://", "postgresql+asyncpg://"))
        async with own.connect() as connection:
            assert (await connection.execute(text("SELECT name FROM customers"))).scalars().all() == ["Ada"]
        await own.dispose()


@pytest.mark.parametrize(("word", "hint"), [("clown", "did you mean 'clone'"), ("nothing at all", "there are clone, ")])
def test_another_word_is_answered_with_the_nearest(isolation: Isolation, word: Word, hint: str) -> None:
    with pytest.raises(UsageError, match=hint), isolation.test(word):
        pass


def test_sequences_belong_to_delete(isolation: Isolation) -> None:
    with pytest.raises(UsageError, match="belongs to 'delete'"), isolation.test("truncate", restart_sequences=True):
        pass


def test_a_schema_that_cannot_be_prepared_says_so_and_goes(isolation: Isolation) -> None:
    def fail(url: str) -> None:
        migrate(url)
        raise ValueError("migration 7")

    with pytest.raises(ResourceError, match="could not be prepared: ValueError: migration 7"):
        with isolation.test("schema", ("key", fail)):
            pass
    with isolation.test("schema") as database, psycopg.connect(database.url) as connection:
        found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'test_%'").fetchall()
        assert found == [(database.schema,)]


# The pool.


def names_of(server: PostgresServer) -> set[str]:
    with psycopg.connect(server.url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}


def test_the_pool_drops_all_it_was_given_back_and_stays_small(own_isolation: Isolation) -> None:
    pool = DatabasePool(own_isolation.server, None)
    before = names_of(own_isolation.server)
    for number in range(30):
        database = pool.take(f"test {number}")
        assert database.name.startswith(f"test_{number}_")
        pool.give_back(database)
    assert pool.settle()
    left = names_of(own_isolation.server) - before
    assert len([name for name in left if not name.startswith("template_")]) <= 8
    pool.close(drop=True)
    assert {name for name in names_of(own_isolation.server) - before if not name.startswith("template_")} == set()


def test_many_threads_take_different_databases(own_isolation: Isolation) -> None:
    template = own_isolation.server.template(*SOURCE)
    pool = DatabasePool(own_isolation.server, template)
    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(pool.take, [f"test_{number}" for number in range(12)]))
    assert len({database.name for database in taken}) == 12
    for database in taken:
        assert_as_migrated(database)
    pool.close(drop=False)


@pytest.mark.parametrize("action", ["kill", "pause", "restart", "stop"])
def test_every_word_works_after_a_test_has_disturbed_the_server(own_isolation: Isolation, action: str) -> None:
    for _ in range(2):
        for word in CLEAN:
            with own_isolation.test(word, SOURCE) as database:
                assert_as_migrated(database)
                dirty(database)
        with own_isolation.test("clone", SOURCE) as database:
            assert_as_migrated(database)
            getattr(own_isolation.server, action)()
    own_isolation.server.start()  # a paused one would be waited for when the pool is closed


def test_closing_a_pool_of_a_paused_server_does_not_hang(
    own_isolation: Isolation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.infra.postgres.isolation.pool._END_WAIT", 0.2)
    pool = DatabasePool(own_isolation.server, None)
    pool.give_back(pool.take("test"))
    own_isolation.server.pause()
    pool.close(drop=False)
    own_isolation.server.resume()
