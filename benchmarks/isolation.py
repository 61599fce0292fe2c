"""What keeping tests apart costs, beside the plain way in the same run: python benchmarks/isolation.py [--quick].

Ten tables with a hundred rows each, as in research. "As the test sees it" is from asking for a database to a connection
to it. Figures are medians of a busy or a quiet machine: read them beside those of the plain way.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import psycopg
from psycopg import sql
from sqlalchemy import create_engine, text

from accord.infra import Isolation, PostgresServer, copy_rows
from accord.infra.postgres.isolation.pool import DatabasePool

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.infra import DatabaseTemplate
    from accord.infra.postgres.isolation.words import Word

TABLES, ROWS = 10, 100
WHOLE_RUN = """
import psycopg, pytest

def migrate(url):
    with psycopg.connect(url, autocommit=True) as connection:
        for table in range(10):
            connection.execute(f"CREATE TABLE table_{table} (id int PRIMARY KEY, name text)")
            connection.execute(f"INSERT INTO table_{table} SELECT i, 'name ' || i FROM generate_series(1, 100) i")

@pytest.fixture(scope="session")
def postgres_template():
    return ("bench", migrate)

@pytest.mark.parametrize("number", range(100))
def test_it(postgres, number):
    with psycopg.connect(postgres.url) as connection:
        connection.execute("INSERT INTO table_1 VALUES (0, 'mine')")
        assert connection.execute("SELECT count(*) FROM table_1").fetchone() == (101,)
"""


def ms_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def show(what: str, figures: list[float], unit: str = "ms", aim: str = "") -> None:
    ordered = sorted(figures)
    middle, most = statistics.median(ordered), ordered[int(len(ordered) * 0.9)]
    print(f"{what:<64}{middle:10.2f}{ordered[0]:10.2f}{most:10.2f} {unit:<8}{aim}", flush=True)


def fill(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for table in range(TABLES):
            name = sql.Identifier(f"table_{table}")
            connection.execute(sql.SQL("CREATE TABLE {} (id int PRIMARY KEY, name text)").format(name))
            rows = sql.SQL("INSERT INTO {} SELECT i, 'name ' || i FROM generate_series(1, {}) i").format(name, ROWS)
            connection.execute(rows)


def measure_own_databases(server: PostgresServer, template: DatabaseTemplate, count: int, pause: float) -> None:
    """In turns, so that both ways meet the same machine."""
    pool = DatabasePool(server, template)
    pool.give_back(pool.take("first"))
    time.sleep(0.3)
    plain, pooled, bare = [], [], []
    reused = server.database(template)
    with psycopg.connect(server.url, autocommit=True) as admin:
        for number in range(count):
            start = time.perf_counter()
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    *map(sql.Identifier, (f"plain_{number}", template.name))
                )
            )
            psycopg.connect(server.url_of(f"plain_{number}")).close()
            plain.append(ms_since(start))
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(f"plain_{number}")))
            time.sleep(pause)
            start = time.perf_counter()
            psycopg.connect(reused.url).close()
            bare.append(ms_since(start))
            start = time.perf_counter()
            database = pool.take("pooled")
            psycopg.connect(database.url).close()
            pooled.append(ms_since(start))
            pool.give_back(database)
            time.sleep(pause)
    show("plain: CREATE DATABASE, as the test sees it with connect", plain)
    show("connect alone, to a database that is there", bare)
    show(f"clone, pool on, with connect (a test every {pause * 1000:.0f} ms)", pooled, aim="<= 4")
    pool.close(drop=True)


def measure_sustained(server: PostgresServer, template: DatabaseTemplate, count: int) -> None:
    rates = []
    for _ in range(3):
        pool = DatabasePool(server, template)
        pool.give_back(pool.take("first"))
        start = time.perf_counter()
        for _ in range(count):
            database = pool.take("pooled")
            with psycopg.connect(database.url) as connection:
                connection.execute("SELECT 1")
            pool.give_back(database)
        pool.settle()
        rates.append(count / (time.perf_counter() - start))
        pool.close(drop=True)
    show("clone, one after the other, drop included", rates, "a second", ">= 80")
    with psycopg.connect(server.url, autocommit=True) as admin:
        start = time.perf_counter()
        for number in range(count // 2):
            name = sql.Identifier(f"serial_{number}")
            admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(template.name)))
            with psycopg.connect(server.url_of(f"serial_{number}")) as connection:
                connection.execute("SELECT 1")
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        show("plain: create, use and drop", [count // 2 / (time.perf_counter() - start)], "a second")


def measure_words(server: PostgresServer, source: tuple[str, Callable[[str], None]], count: int) -> None:
    isolation = Isolation(server)
    for word in ("truncate", "delete", "schema"):
        spent = [cost_of_one(isolation, word, source) for _ in range(count)][1:]
        show(f"{word}: before and after a test that writes to three tables", spent)
    isolation.close()


def cost_of_one(isolation: Isolation, word: Word, source: Any) -> float:
    start = time.perf_counter()
    with isolation.test(word, source) as database:
        before = ms_since(start)
        with psycopg.connect(database.url) as connection:
            for table in range(3):
                connection.execute(sql.SQL("INSERT INTO {} VALUES (0, 'x')").format(sql.Identifier(f"table_{table}")))
        start = time.perf_counter()
    return before + ms_since(start)


def measure_rollback(server: PostgresServer, source: tuple[str, Callable[[str], None]], count: int) -> None:
    """The same insert and commit on a connection that stays open, plain and rolled back."""
    isolation = Isolation(server)
    plain_engine = create_engine(
        server.database(server.template(*source)).url.replace("postgresql", "postgresql+psycopg", 1)
    )
    statement = text("INSERT INTO table_0 VALUES (:id, 'x')")
    plain, rolled_back = [], []
    for number in range(count):
        start = time.perf_counter()
        with plain_engine.begin() as connection:
            connection.execute(statement, {"id": 1000 + number})
        plain.append(ms_since(start))
        start = time.perf_counter()
        with isolation.test("rollback", source) as database, database.engine() as engine, engine.begin() as connection:
            connection.execute(statement, {"id": 1000})
        rolled_back.append(ms_since(start))
    plain_engine.dispose()
    show("plain: SQLAlchemy inserts and commits", plain[5:])
    show("rollback: the same, isolated", rolled_back[5:])
    show(
        "rollback: what the isolation adds",
        [statistics.median(rolled_back[5:]) - statistics.median(plain[5:])],
        aim="<= 0.5",
    )
    asyncio.run(measure_asyncpg(server, isolation, source, count))
    isolation.close()


async def measure_asyncpg(server: PostgresServer, isolation: Isolation, source: Any, count: int) -> None:
    """A connection of asyncpg belongs to a loop, so both ways open one for each test."""
    plain, rolled_back = [], []
    with server.database(server.template(*source)) as database:
        for number in range(count):
            start = time.perf_counter()
            connection = await asyncpg.connect(database.url)
            await connection.execute("INSERT INTO table_0 VALUES ($1, 'x')", 1000 + number)
            await connection.close()
            plain.append(ms_since(start))
            start = time.perf_counter()
            with isolation.test("rollback", source) as test:
                async with test.asyncpg() as connection:
                    await connection.execute("INSERT INTO table_0 VALUES ($1, 'x')", 1000)
            rolled_back.append(ms_since(start))
    show("plain: asyncpg connects and inserts", plain)
    show("rollback: the same, isolated", rolled_back)


def measure_rows(server: PostgresServer, count: int) -> None:
    with server.database() as database, psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE copied (id int, customer text, total numeric)")
        start = time.perf_counter()
        copy_rows(database, "copied", ((i, f"customer-{i % 1000}", i / 100) for i in range(count)), analyze=False)
        show(f"copy_rows: {count:,} rows of a generator", [count / (time.perf_counter() - start)], "rows/s")
        few = count // 50
        start = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO copied VALUES (%s, %s, %s)", [(i, "customer", i / 100) for i in range(few)])
        show(f"plain: executemany, {few:,} rows", [few / (time.perf_counter() - start)], "rows/s")
        start = time.perf_counter()
        connection.execute("INSERT INTO copied SELECT i, 'customer', i / 100.0 FROM generate_series(1, %s) i", [count])
        show(f"plain: generate_series, {count:,} rows", [count / (time.perf_counter() - start)], "rows/s")


def measure_whole_run(what: str, rounds: int, options: list[str], aim: str = "", **variables: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_it.py").write_text(WHOLE_RUN)
        (Path(folder) / "pytest.ini").write_text("[pytest]\n")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | variables
        spent = []
        for _ in range(rounds):
            start = time.perf_counter()
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
            spent.append(time.perf_counter() - start)
            assert "100 passed" in done.stdout, done.stdout
    show(f"100 tests on clone, the whole process, {what}", spent, "s", aim)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a fifth of it")
    scale = 5 if parser.parse_args().quick else 1
    print(f"{'':<64}{'median':>10}{'least':>10}{'90 %':>10}")
    with PostgresServer() as server:
        source = ("bench", fill)
        template = server.template(*source)
        measure_own_databases(server, template, 100 // scale, 0.02)
        measure_sustained(server, template, 200 // scale)
        measure_rollback(server, source, 200 // scale)
        measure_words(server, source, 50 // scale)
        measure_rows(server, 1_000_000 // scale)
    rounds = 1 if scale > 1 else 3
    alone = ["-p", "accord.pytest_plugin"]
    measure_whole_run("Accord's plugin", rounds, alone, "<= 3", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    # Of this environment; importing Hypothesis and Faker at the start takes longer than most of the tests.
    measure_whole_run("every plugin", rounds, ["-p", "no:xdist"])


if __name__ == "__main__":
    main()
