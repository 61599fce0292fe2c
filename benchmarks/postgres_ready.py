"""How long until PostgreSQL is ready, and how long a database of a test's own takes.

Run: python benchmarks/postgres_ready.py [--rounds 9]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from accord.infra import PostgresServer

if TYPE_CHECKING:
    from accord.infra.runs import Storage

TABLES, ROWS = 10, 1000


def milliseconds_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def show(what: str, figures: list[float]) -> None:
    print(f"{what:<46}{statistics.median(figures):9.1f}{min(figures):9.1f}{max(figures):9.1f}{len(figures):5}")


def fill(url: str) -> None:
    with psycopg.connect(url) as connection:
        for table in range(TABLES):
            name = sql.Identifier(f"table_{table}")
            connection.execute(sql.SQL("CREATE TABLE {} (id int PRIMARY KEY, name text)").format(name))
            rows = sql.SQL("INSERT INTO {} SELECT i, 'name ' || i FROM generate_series(1, %s) i").format(name)
            connection.execute(rows, [ROWS // TABLES])


def measure_first_run(storage: Storage) -> None:
    cache, before = tempfile.mkdtemp(prefix="accord-bench-"), os.environ.get("ACCORD_CACHE_DIR")
    os.chmod(cache, 0o755)  # noqa: PTH101, S103 - as root the server's user must get in
    os.environ["ACCORD_CACHE_DIR"] = cache
    try:
        start = time.perf_counter()
        with PostgresServer(storage=storage):
            show(f"first run, nothing cached ({storage})", [milliseconds_since(start)])
    finally:
        del os.environ["ACCORD_CACHE_DIR"]
        if before is not None:
            os.environ["ACCORD_CACHE_DIR"] = before
        shutil.rmtree(cache)


def measure_later_runs(storage: Storage, rounds: int) -> None:
    ready, stopped, made, dropped = [], [], [], []
    for _ in range(rounds):
        server = PostgresServer(storage=storage)
        start = time.perf_counter()
        server.start()
        ready.append(milliseconds_since(start))
        template = server.template("bench", fill)
        server.database(template).drop()  # the first one pays for what is loaded once
        for _ in range(3):
            start = time.perf_counter()
            database = server.database(template)
            made.append(milliseconds_since(start))
            start = time.perf_counter()
            database.drop()
            dropped.append(milliseconds_since(start))
        start = time.perf_counter()
        server.stop()
        stopped.append(milliseconds_since(start))
    show(f"ready, second run and later ({storage})", ready)
    show(f"database of a test's own, {TABLES} tables ({storage})", made)
    show(f"dropping it ({storage})", dropped)
    show(f"stop, nothing left ({storage})", stopped)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9, help="how many servers to start (default 9)")
    rounds = parser.parse_args().rounds
    with PostgresServer() as server:  # fills the cache; loads what is loaded once
        server.database().drop()
        in_memory = server.data_in_memory
        print(f"PostgreSQL {server.version}, milliseconds")
    print(f"{'':<46}{'median':>9}{'min':>9}{'max':>9}{'n':>5}")
    if not in_memory:
        print("(no memory-backed directory with room here: its figures are left out)")
    storages: list[Storage] = ["memory", "disk"] if in_memory else ["disk"]
    for storage in storages:
        measure_first_run(storage)
        measure_later_runs(storage, rounds)


if __name__ == "__main__":
    main()
