"""The fixtures, as a project's own test run sees them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from accord.core.polling import poll_until
from accord.infra import PostgresServer, directories
from tests import prefork

if TYPE_CHECKING:
    from accord.infra import Database

CONFTEST = """
import psycopg, pytest

def migrate(url):
    with open("prepared", "a") as log:
        log.write("once\\n")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE orders (id int)")

@pytest.fixture(scope="session")
def postgres_template():
    return ("orders-v1", migrate)
"""

ISOLATED = """
import psycopg, pytest

@pytest.mark.parametrize("number", range(6))
def test_insert(postgres, number):
    with psycopg.connect(postgres.url) as connection:
        connection.execute("INSERT INTO orders VALUES (1)")
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (1,)
    with open("ports", "a") as log:
        log.write(f"{postgres.server.port}\\n")
"""

DISTURBING = """
import psycopg, pytest

@pytest.mark.parametrize("action", ["kill", "pause", "restart", "stop", "kill"])
def test_disturb(postgres, action):
    getattr(postgres.server, action)()

@pytest.mark.parametrize("action", ["kill", "pause", "restart", "stop"])
def test_fail_after_disturbing(postgres, action):
    getattr(postgres.server, action)()
    assert action == "nothing"

def test_undisturbed(postgres):
    with psycopg.connect(postgres.url) as connection:
        connection.execute("INSERT INTO orders VALUES (1)")
"""

ALONE = """
import psycopg

def test_alone(postgres, postgres_alone):
    postgres_alone.server.kill()
    with psycopg.connect(postgres.url) as connection:
        connection.execute("INSERT INTO orders VALUES (1)")
"""

WORDS = """
import pytest

@pytest.fixture(scope="session")
def postgres_isolation():
    return "rollback"

def fill(postgres):
    with postgres.connection() as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (0,)
        connection.execute("INSERT INTO orders VALUES (1)")
        connection.commit()

@pytest.mark.parametrize("number", range(4))
def test_the_projects_word(postgres, number):
    assert type(postgres).__name__ == "RolledBackDatabase"
    fill(postgres)

@pytest.mark.postgres("truncate")
class TestTruncated:
    @pytest.mark.parametrize("number", range(4))
    def test_the_classs_word(self, postgres, number):
        assert postgres.name.startswith("truncate")
        fill(postgres)

    @pytest.mark.postgres("clone")
    @pytest.mark.parametrize("number", range(4))
    def test_the_nearest_word(self, postgres, number):
        assert postgres.name.startswith("test_the_nearest_word")
        fill(postgres)

@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("word", ["schema", "delete"])
def test_other_words(request, word, number):
    request.node.add_marker(pytest.mark.postgres(word))
    fill(request.getfixturevalue("postgres"))
"""

MISUSED = """
import pytest

@pytest.mark.postgres("rolback")
def test_mistyped(postgres): ...

@pytest.mark.postgres("delete", restart=True)
def test_unknown_option(postgres): ...

@pytest.mark.postgres("rollback")
def test_connects_by_itself(postgres):
    postgres.url

@pytest.mark.postgres("rollback")
def test_swallowed(postgres):
    with postgres.connection() as connection:
        connection.execute("INSERT INTO orders VALUES (1)")
        connection.execute("COMMIT")

@pytest.mark.postgres("rollback")
def test_after_it(postgres):
    with postgres.connection() as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (0,)
"""


# Only the plugins these runs are about: the others double their start-up time.
OPTIONS = ["-p", "accord.pytest_plugin", "-p", "xdist.plugin", "-p", "no:cacheprovider"]
ENVIRONMENT = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run_pytest(folder: Path, test: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(test)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\naddopts = --strict-markers\n")
    return prefork.run("pytest", [*OPTIONS, "-q", *options], cwd=folder, env={**ENVIRONMENT, **variables}, timeout=100)


def test_each_test_has_a_database_of_its_own_and_workers_share_a_server(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, ISOLATED, "-n", "2")
    assert "6 passed" in done.stdout, done.stdout
    assert (tmp_path / "prepared").read_text() == "once\n"
    assert len(set((tmp_path / "ports").read_text().split())) == 1


def test_a_disturbed_server_works_for_the_next_test_and_outcomes_are_kept(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, DISTURBING)
    assert "4 failed, 6 passed" in done.stdout, done.stdout
    assert "error" not in done.stdout.splitlines()[-1]


def test_a_test_may_disturb_a_server_of_its_own_beside_others(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, ALONE, "-n", "1")
    assert "1 passed" in done.stdout, done.stdout


def test_a_run_that_uses_no_database_starts_no_server_and_imports_nothing_heavy() -> None:
    program = (
        "import sys, pytest; before = set(sys.modules); import accord.pytest_plugin; print(set(sys.modules) - before)"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    for heavy in ("accord.infra", "psycopg", "asyncio", "httpx", "pydantic", "typer"):
        assert f"'{heavy}'" not in loaded


def test_a_killed_run_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_it.py").write_text(
        "import time\ndef test_it(postgres):\n"
        "    print('run:', postgres.server._running.run.path, flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *OPTIONS, "-s"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as run:
        assert run.stdout is not None
        found = next(match for line in run.stdout if (match := re.search(r"run: (\S+)", line)))
        os.killpg(run.pid, signal.SIGKILL)
    path = Path(found[1])
    assert path.parent == directories.runs_directory()
    poll_until(lambda: not path.exists(), description="the killed run's directory to be gone")


def test_the_database_is_named_after_the_test(postgres: Database) -> None:
    assert postgres.name.startswith("test_the_database_is_named_after")
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_word_for_the_project_and_another_for_a_class_and_a_test(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, WORDS, "-n", "2")
    assert "20 passed" in done.stdout, done.stdout
    assert (tmp_path / "prepared").read_text().count("once") == 1 + 4  # the template, and each schema


def test_misuse_is_an_error_that_names_the_way_out(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, MISUSED, "-p", "no:xdist")
    assert "1 failed, 2 passed, 3 errors" in done.stdout, done.stdout
    for words in (
        "'rolback' is no way to isolate tests on PostgreSQL; did you mean 'rollback'?",
        "takes one word, and restart_sequences",
        "Whoever connects by URL takes no part",
        "ended the transaction itself",
    ):
        assert words in done.stdout


def test_the_mark_is_registered(tmp_path: Path) -> None:
    assert "@pytest.mark.postgres(word, restart_sequences=False)" in run_pytest(tmp_path, "", "--markers").stdout


def test_a_server_by_url_is_used_by_all_workers_and_left_clean(tmp_path: Path) -> None:
    with PostgresServer() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            before = connection.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall()
            done = run_pytest(
                tmp_path,
                WORDS.replace("postgres.name.startswith(", "(lambda word: word in postgres.name)("),
                "-n",
                "2",
                ACCORD_POSTGRES_URL=server.url,
            )
            assert "20 passed" in done.stdout, done.stdout
            assert connection.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall() == before
