"""One suite of behaviours for every provider of PostgreSQL that is here; a provider that is not says why it skips."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
import pytest

from accord.core.errors import ResourceError, UsageError
from accord.infra import ContainerPostgres, ExistingPostgres, Isolation, PostgresServer
from accord.infra.postgres.container import engine_problem
from tests.integration.infra.isolation.conftest import SOURCE
from tests.integration.infra.isolation.test_words import assert_as_migrated, dirty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.infra.postgres.isolation.words import Word
    from accord.infra.postgres.making import DatabaseMaker

PROVIDERS = ["native", "by URL", "by URL, may make no database", "container"]
WORDS: list[Word] = ["clone", "schema", "truncate", "delete"]
PASSWORD = "s3cret/:@pass"


@pytest.fixture(scope="module")
def there() -> Iterator[PostgresServer]:
    """The server that is there already; with a role that may make databases and one that may not."""
    with PostgresServer() as server, psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE maker LOGIN CREATEDB PASSWORD '{PASSWORD}'")
        connection.execute(f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
        connection.execute("CREATE DATABASE shared OWNER maker")
        connection.execute("GRANT CREATE ON DATABASE shared TO guest")
        yield server


def url_for(server: PostgresServer, role: str) -> str:
    return f"postgresql://{role}:s3cret%2F%3A%40pass@127.0.0.1:{server.port}/shared"


def all_names(server: PostgresServer) -> set[str]:
    with psycopg.connect(server.url_of("shared")) as connection:
        return {
            name
            for (name,) in connection.execute(
                "SELECT datname::text FROM pg_database UNION ALL SELECT nspname::text FROM pg_namespace"
            ).fetchall()
        }


@pytest.fixture(params=PROVIDERS)
def server(request: pytest.FixtureRequest) -> Iterator[DatabaseMaker]:
    if request.param == "native":
        made: DatabaseMaker = PostgresServer()
    elif request.param == "container":
        if problem := engine_problem():
            pytest.skip(f"unproven here: {problem}")
        made = ContainerPostgres()
    else:
        role = "guest" if "no database" in request.param else "maker"
        made = ExistingPostgres(url_for(request.getfixturevalue("there"), role))
    with made:
        yield made


@pytest.mark.parametrize("word", WORDS)
def test_each_test_starts_from_the_migrations(server: DatabaseMaker, word: Word) -> None:
    isolation = Isolation(server)
    for _ in range(3):
        with isolation.test(word, SOURCE) as database:
            assert_as_migrated(database)
            dirty(database)
    isolation.close()


def test_what_is_rolled_back_is_gone(server: DatabaseMaker) -> None:
    isolation = Isolation(server)
    if not server.makes_databases:
        pytest.skip("without databases of its own there is a schema for each test instead")
    for _ in range(2):
        with isolation.test("rollback", SOURCE) as database, database.connection() as connection:
            assert connection.execute("SELECT count(*) FROM customers").fetchone() == (0,)
            connection.execute("INSERT INTO customers (name) VALUES ('Ada')")
            connection.commit()
    isolation.close()


def test_two_tests_at_once_do_not_see_each_other(server: DatabaseMaker) -> None:
    isolation = Isolation(server)
    with isolation.test("clone", SOURCE) as one, isolation.test("clone", SOURCE) as other:
        dirty(one)
        assert_as_migrated(other)
    isolation.close()


def test_the_version_is_known(server: DatabaseMaker) -> None:
    with psycopg.connect(server.url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
        assert row
        assert row[0].split()[0] == server.version


@pytest.mark.parametrize("role", ["maker", "guest"])
def test_a_run_leaves_an_existing_server_as_it_was(there: PostgresServer, role: str) -> None:
    before = all_names(there)
    with ExistingPostgres(url_for(there, role)) as server:
        isolation = Isolation(server)
        for word in WORDS:
            with isolation.test(word, SOURCE) as database:
                dirty(database)
                assert all_names(there) > before
        isolation.close()
    assert all_names(there) == before


def test_the_last_of_a_run_removes_what_it_made(there: PostgresServer) -> None:
    before = all_names(there)
    share = os.urandom(4).hex()
    with ExistingPostgres(url_for(there, "maker"), share=share) as one:
        with ExistingPostgres(url_for(there, "maker"), share=share) as other:
            made = one.template(*SOURCE)
            assert other.template(*SOURCE).name == made.name
        assert made.name in all_names(there)
    assert all_names(there) == before


def test_what_a_killed_run_left_is_removed_by_the_next_and_a_living_run_is_not(there: PostgresServer) -> None:
    before = all_names(there)
    url = url_for(there, "maker")
    program = (
        "import os, sys\nfrom accord.infra import ExistingPostgres\n"
        "ExistingPostgres(sys.argv[1]).start().database()\nos._exit(9)"
    )
    with ExistingPostgres(url) as living:
        database = living.database()
        subprocess.run([sys.executable, "-c", program, url], check=False, timeout=60)
        assert len(all_names(there) - before) == 2
        # From another database of the same server, where advisory locks are others.
        with ExistingPostgres(url.replace("/shared", "/postgres")):
            assert all_names(there) - before == {database.name}
    assert all_names(there) == before


@pytest.mark.parametrize("action", ["kill", "pause", "resume", "restart", "logs"])
def test_an_existing_server_is_not_disturbed(there: PostgresServer, action: str) -> None:
    server = ExistingPostgres(url_for(there, "maker"))
    with pytest.raises(UsageError) as caught:
        getattr(server, action)()
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@db.staging.example.com/app",
        "postgresql://u:p@prod-db-1/app",
        "postgresql://u:p@db.example.com/app_production",
        "postgresql://u:p@PRODUCTION/app",
        "postgres://u:p@stage:5432/app",
    ],
)
def test_servers_that_others_depend_on_are_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is refused for tests") as caught:
        ExistingPostgres(url)
    assert ":p@" not in str(caught.value)


def test_words_within_other_words_are_no_mark() -> None:
    for host in ("products-db", "backstage", "reproduction.test", "delivery"):
        assert ExistingPostgres(f"postgresql://u@{host}/app").home == "app"


def test_listed_hosts_are_refused() -> None:
    with pytest.raises(UsageError, match=r"lists 'db\?'"):
        ExistingPostgres("postgresql://u@db7/app", refused_hosts=["db?"])


@pytest.mark.parametrize(
    "url", ["mysql://u:p@h/d", "postgresql://", "postgresql://h:port/d", "postgresql://[::1", "host=h"]
)
def test_what_is_no_url_of_postgresql_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is no URL of PostgreSQL"):
        ExistingPostgres(url)


@pytest.mark.parametrize("parameter", ["host=prod-1", "hostaddr=10.0.0.1", "dbname=production", "service=live"])
def test_a_second_server_behind_the_question_mark_is_refused(parameter: str) -> None:
    with pytest.raises(UsageError, match="names its server twice"):
        ExistingPostgres(f"postgresql://localhost/test?{parameter}")


@pytest.mark.parametrize("variable", ["PGHOSTADDR", "PGSERVICE"])
def test_nor_does_the_environment_name_a_second_one(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "10.0.0.1")
    with pytest.raises(UsageError, match=f"{variable} is set"):
        ExistingPostgres("postgresql://localhost/test")


def test_a_url_that_the_driver_cannot_read_is_not_quoted_in_full() -> None:
    with pytest.raises(ResourceError, match="driver cannot read this URL") as caught:
        ExistingPostgres("postgresql://me:s3c ret@127.0.0.1/d").start()
    assert "s3c" not in str(caught.value)


def test_the_password_is_never_shown(there: PostgresServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for wrong in (
        f"postgresql://maker:s3cret-wrong@127.0.0.1:{there.port}/nowhere",
        f"postgresql://maker@127.0.0.1:{there.port}/nowhere?password=s3cret-wrong",
    ):
        server = ExistingPostgres(wrong)
        with pytest.raises(ResourceError, match="nowhere") as caught:
            server.start()
        assert "s3cret" not in f"{caught.value} {server!r} {server.shown_url}"
    assert "s3cret" not in caplog.text
    with ExistingPostgres(url_for(there, "maker")) as server, server.database() as database:
        assert "s3cret" not in f"{database!r} {database}"


def test_containers_without_an_engine_are_refused_with_what_to_do() -> None:
    if engine_problem() is None:
        pytest.skip("an engine answers here")
    with pytest.raises(ResourceError, match=r"cannot run in a container: .*PostgresServer\(\) needs neither"):
        ContainerPostgres().start()
