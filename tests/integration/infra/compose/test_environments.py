"""Environments brought up, looked at, disturbed and taken down, by the commands people use."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import valkey

from accord.core.polling import poll_until
from accord.infra import ports, processes
from accord.infra.compose.state import Home
from accord.infra.runs import sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.infra.compose.conftest import Project

CACHE = "services:\n  cache:\n    image: redis:7\n    ports: ['{}:6379']\n"


def cache(project: Project, free_ports: Iterator[int]) -> str:
    """Write a file with one quick server; its URL."""
    port = next(free_ports)
    project.write(CACHE.format(port))
    return f"redis://localhost:{port}"


def keeper(project: Project) -> int:
    state = Home.of(project.path, "compose").read()
    assert state is not None
    return state.pid


def test_up_status_logs_and_down(project: Project, free_ports: Iterator[int]) -> None:
    url = cache(project, free_ports)
    code, out, err = project.env("up")
    assert (code, err.splitlines()[-1]) == (0, "compose is up.")
    assert "note: cache: image: redis:7 (Redis 7) -> Valkey" in err
    (row,) = project.status()
    assert (row["name"], row["url"], row["ready"], row["asked_for"]) == ("cache", url, True, "redis:7")
    assert processes.started_at(row["pid"])
    assert url in out
    with valkey.Valkey.from_url(url) as client:
        client.set("a", "1")
        code, out, err = project.env("up")
        assert (code, err.splitlines()[-1]) == (0, "compose is up already.")
        assert client.get("a") == b"1"
    assert "Ready to accept connections" in project.env("logs", "cache")[1]
    assert len(project.env("logs", "--lines", "1")[1].splitlines()) == 1
    runs = project.runs
    assert project.env("down") == (0, "compose is down.\n", "")
    assert not any(each.exists() for each in runs)
    assert project.state == []
    assert processes.started_at(row["pid"]) is None
    assert project.env("down") == (0, "nothing was up here\n", "")
    assert project.env("status") == (0, "", "nothing is up here\n")


def test_passwords_are_kept_to_this_user(project: Project, free_ports: Iterator[int]) -> None:
    cache(project, free_ports)
    project.up()
    folder = project.path / ".accord" / "env" / "compose"
    assert folder.stat().st_mode & 0o077 == 0
    assert (project.path / ".accord" / ".gitignore").read_text() == "*\n"


def test_a_killed_keeper_takes_its_servers_with_it_and_is_swept(project: Project, free_ports: Iterator[int]) -> None:
    url = cache(project, free_ports)
    project.up()
    before = project.runs
    os.kill(keeper(project), signal.SIGKILL)
    assert project.status() == []
    assert not any(each.exists() for each in before)
    assert project.state == []
    assert project.up()["was_up"] is False
    assert project.status()[0]["url"] == url


def test_a_server_that_has_ended_is_said_and_brought_back_with_its_data(
    project: Project, free_ports: Iterator[int]
) -> None:
    url = cache(project, free_ports)
    project.up()
    with valkey.Valkey.from_url(url) as client:
        client.set("a", "1")
    os.kill(project.status()[0]["pid"], signal.SIGKILL)
    poll_until(lambda: not project.status()[0]["ready"], description="the server's end is seen")
    code, out, _ = project.env("status")
    assert code == 1
    assert "✗ its process has ended; `accord env up` brings it back" in out
    assert project.up()["brought_back"] == ["cache"]
    with valkey.Valkey.from_url(url) as client:
        assert client.get("a") == b"1"


def test_another_plan_under_the_same_name_is_refused(project: Project, free_ports: Iterator[int]) -> None:
    cache(project, free_ports)
    project.up()
    project.write(CACHE.format(next(free_ports)))
    code, _, err = project.env("up")
    assert code == 2
    assert err.endswith(
        f"error: the environment compose is up with other services or settings than {project.path}/compose.yaml asks for "
        "now. Take it down first (accord env down --name compose), or give this one another name (--name).\n"
    )
    assert project.up("--name", "second")["environment"] == "second"
    assert [each["environment"] for each in project.status()] == ["compose", "second"]
    assert project.env("down", "--name", "second")[1] == "second is down.\n"
    assert [each["environment"] for each in project.status()] == ["compose"]


def test_two_projects_have_environments_of_one_name_and_a_shared_port_is_told(
    project: Project, free_ports: Iterator[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache(project, free_ports)
    project.up()
    port = int(project.status()[0]["url"].rpartition(":")[2])
    other = type(project)(tmp_path_factory.mktemp("other"), project.capture)
    other.write(CACHE.format(next(free_ports)))
    try:
        other.up()
        assert project.status()[0]["pid"] != other.status()[0]["pid"]
        other.env("down")
        other.write(CACHE.format(port))
        code, _, err = other.env("up")
    finally:
        other.env("down")
    assert code == 2
    if sys.platform.startswith("linux"):
        assert err.endswith(
            f"error: cache: the port {port} of this machine is taken: the environment compose of {project.path} has it; take "
            f"it down with `accord env down --project {project.path} --name compose`, or change the port in the file\n"
        )


def test_a_port_that_another_program_has_is_told_with_that_program(project: Project) -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        project.write(CACHE.format(port))
        code, _, err = project.env("up")
    assert code == 2
    assert f"cache: the port {port} of this machine is taken: " in err
    if sys.platform.startswith("linux"):
        assert f"the process {os.getpid()} listens there (" in err
        assert "); end it, or use another port" in err


POSTGRES = """
services:
  db:
    image: postgres
    ports: ['{port}:5432']
    environment: {{POSTGRES_USER: shop, POSTGRES_PASSWORD: "p:w/d", POSTGRES_DB: orders}}
    command: postgres -c max_connections=37
    tmpfs: /var/lib/postgresql/data
    volumes: ['./init:/docker-entrypoint-initdb.d:ro']
"""


def test_postgres_has_user_password_database_settings_and_scripts(project: Project, free_ports: Iterator[int]) -> None:
    init = project.path / "init"
    init.mkdir()
    (init / "1.sql").write_text("CREATE TABLE a (b int);\n\\set three 3\nINSERT INTO a VALUES (:three);\n")
    (init / "2.sql.gz").write_bytes(gzip.compress(b"COPY a FROM stdin;\n4\n5\n\\.\n"))
    port = next(free_ports)
    project.write(POSTGRES.format(port=port))
    code, out, _ = project.env("up", "--export")
    assert code == 0
    url = f"postgresql://shop:p%3Aw%2Fd@localhost:{port}/orders"
    assert out == f"export DB_URL={url}\nexport DATABASE_URL={url}\n"
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT array_agg(b), current_setting('max_connections') FROM a").fetchone() == (
            [3, 4, 5],
            "37",
        )
    for wrong in (url.replace("%3A", ""), f"postgresql://postgres@localhost:{port}/orders"):
        with pytest.raises(psycopg.OperationalError, match=r"password authentication failed|no password supplied"):
            psycopg.connect(wrong)
    assert "p%3Aw" not in project.env("status")[1]


def test_a_script_that_fails_is_told_and_nothing_is_left(project: Project, free_ports: Iterator[int]) -> None:
    init = project.path / "init"
    init.mkdir()
    (init / "1.sql").write_text("SELECT 1;\nSELECT nothing;\n")
    project.write(POSTGRES.format(port=next(free_ports)))
    code, _, err = project.env("up")
    assert code == 2
    assert f'error: db: {init / "1.sql"} failed (psql ended with 3): 1.sql:2: ERROR:  column "nothing" does not' in err
    assert project.state == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "SIGKILL"])
def test_a_command_that_ends_while_it_brings_up_leaves_nothing(
    project: Project, free_ports: Iterator[int], number: signal.Signals
) -> None:
    (project.path / "init").mkdir()
    (project.path / "init" / "1.sql").write_text("SELECT pg_sleep(600);\n")
    port = next(free_ports)
    project.write(POSTGRES.format(port=port))
    command = subprocess.Popen(
        [sys.executable, "-m", "accord", "env", "up", "--project", str(project.path)], stderr=subprocess.PIPE, text=True
    )
    home = Home.of(project.path, "compose")
    poll_until(lambda: not ports.is_free(port) and home.read() is not None, timeout=60, description="the server starts")
    command.send_signal(number)
    _, said = command.communicate(timeout=60)
    assert command.returncode == (130 if number == signal.SIGINT else -number)
    assert "interrupted" in said or number == signal.SIGKILL
    poll_until(lambda: not home.path.exists() and ports.is_free(port), timeout=60, description="nothing is left")
    assert project.status() == []


def test_credentials_of_redis_and_nats_are_asked_for(project: Project, free_ports: Iterator[int]) -> None:
    redis_port, nats_port, monitoring = (next(free_ports) for _ in range(3))
    project.write(
        f"services:\n  cache:\n    image: valkey/valkey:9\n    ports: ['{redis_port}:6379']\n"
        "    command: valkey-server --requirepass s3cret --maxmemory 77mb\n    depends_on: [bus]\n"
        f"  bus:\n    image: nats:2.10\n    ports: ['{nats_port}:4222', '{monitoring}:8222']\n"
        "    command: -js -m 8222 --user u --pass p\n"
    )
    assert [each["problem"] for each in project.up()["services"]] == [None, None]
    with valkey.Valkey(port=redis_port, password="s3cret") as client:
        assert client.config_get("maxmemory")["maxmemory"] == str(77 << 20)
    with valkey.Valkey(port=redis_port) as client, pytest.raises(valkey.exceptions.AuthenticationError):
        client.ping()
    with socket.create_connection((ports.LOOPBACK, nats_port), timeout=5) as connection:
        assert json.loads(connection.recv(65536).removeprefix(b"INFO "))["auth_required"] is True
    assert not ports.is_free(monitoring)
    assert "s3cret" not in project.env("status")[1]


def test_a_service_without_a_port_gets_a_free_one(project: Project) -> None:
    project.write("services:\n  cache:\n    image: redis\n")
    (row,) = project.up()["services"]
    with valkey.Valkey.from_url(row["url"]) as client:
        assert client.ping()


def test_logs_are_followed_until_the_environment_is_down(project: Project, free_ports: Iterator[int]) -> None:
    url = cache(project, free_ports)
    project.up()
    follower = subprocess.Popen(
        [sys.executable, "-m", "accord", "env", "logs", "--follow", "--project", str(project.path)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert follower.stdout is not None
    assert "cache |" in follower.stdout.readline()
    with valkey.Valkey.from_url(url) as client:
        client.config_set("save", "")
    project.env("down")
    follower.communicate(timeout=60)
    assert follower.returncode == 0


def test_an_environment_of_a_killed_session_is_swept_with_its_servers(
    project: Project, free_ports: Iterator[int]
) -> None:
    """Keeper and supervisor killed at once, as a memory shortage may."""
    cache(project, free_ports)
    project.up()
    (run,) = project.runs
    supervisors = processes.children(keeper(project))
    processes.kill([keeper(project), *supervisors])
    project.env("down")
    sweep()
    assert not run.exists()
    assert project.state == []


def test_extends_env_files_and_dotenv_are_read(project: Project, free_ports: Iterator[int]) -> None:
    port = next(free_ports)
    (project.path / ".env").write_text(f"PORT={port}\n")
    (project.path / "db.env").write_text("POSTGRES_PASSWORD=from-file\nPOSTGRES_DB=ignored\n")
    project.write("services:\n  base:\n    image: ${IMAGE:-postgres}\n    env_file: db.env\n", "base.yaml")
    project.write(
        "services:\n  db:\n    extends: {file: base.yaml, service: base}\n    ports: ['$PORT:5432']\n"
        "    environment: {POSTGRES_DB: own}\n    tmpfs: [/var/lib/postgresql/data]\n"
    )
    project.up()
    with psycopg.connect(f"postgresql://postgres:from-file@localhost:{port}/own") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_keeper_has_a_session_of_its_own_and_holds_no_folder(project: Project, free_ports: Iterator[int]) -> None:
    cache(project, free_ports)
    project.up()
    pid = keeper(project)
    assert os.getsid(pid) == pid
    if sys.platform.startswith("linux"):
        assert Path(f"/proc/{pid}/cwd").readlink() == Path("/")


def test_taking_down_what_is_just_coming_up_ends_both(project: Project, free_ports: Iterator[int]) -> None:
    (project.path / "init").mkdir()
    (project.path / "init" / "1.sql").write_text("SELECT pg_sleep(600);\n")
    project.write(POSTGRES.format(port=next(free_ports)))
    command = subprocess.Popen(
        [sys.executable, "-m", "accord", "env", "up", "--project", str(project.path)], stderr=subprocess.PIPE, text=True
    )
    home = Home.of(project.path, "compose")
    poll_until(lambda: home.read() is not None, timeout=60, description="the keeper is there")
    assert project.status() == []  # and looking does no harm
    assert project.env("down")[1] == "compose is down.\n"
    _, said = command.communicate(timeout=60)
    assert command.returncode == 2
    assert "error: the environment was ended while it started. Somebody took it down.\n" in said
    assert project.state == []


def test_a_project_that_is_not_there_or_cannot_be_written_is_told(project: Project, free_ports: Iterator[int]) -> None:
    cache(project, free_ports)
    file = str(project.path / "compose.yaml")
    nowhere = type(project)(project.path / "nowhere", project.capture)
    assert nowhere.env("up", file)[2].endswith(
        f"error: there is no folder {project.path}/nowhere: --project names the one that has the state in .accord/env\n"
    )
    (project.path / ".accord").write_text("in the way")
    code, _, err = project.env("up")
    (project.path / ".accord").unlink()
    assert code == 2
    assert f"error: the state cannot be kept in {project.path}/.accord/env: " in err
    assert err.endswith("Name a folder that may be written with --project.\n")


def test_a_state_of_another_version_is_told(project: Project, free_ports: Iterator[int]) -> None:
    cache(project, free_ports)
    project.up()
    state = project.path / ".accord" / "env" / "compose" / "state.json"
    before = state.read_text()
    state.write_text("{}")
    code, _, err = project.env("status")
    state.write_text(before)
    assert code == 2
    assert err.startswith(
        f"error: {state} cannot be read (KeyError: 'services'). Another version of Accord may have written"
    )
