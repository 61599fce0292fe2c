from __future__ import annotations

import itertools
import os
import socket
import stat
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from accord.core.errors import ResourceError, UsageError
from accord.core.polling import poll_until
from accord.infra import PostgresServer, directories, ports, processes, runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.infra import Database


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """One that a test may disturb."""
    with PostgresServer() as own:
        yield own


def run_of(server: PostgresServer) -> runs.Run:
    assert server._running is not None
    return server._running.run


def postmaster_of(server: PostgresServer) -> int:
    return int((run_of(server).path / "server.pid").read_text().split()[0])


async def test_asyncpg_and_sqlalchemy_and_psycopg_all_work_with_the_url(postgres: Database) -> None:
    assert postgres.url == f"postgresql://postgres@127.0.0.1:{postgres.server.port}/{postgres.name}"
    connection = await asyncpg.connect(postgres.url)
    assert await connection.fetchval("SELECT current_database()") == postgres.name
    await connection.close()
    engine = create_async_engine(postgres.url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.connect() as session:
        assert (await session.execute(text("SELECT 1"))).scalar() == 1
    await engine.dispose()
    with psycopg.connect(postgres.url) as plain:
        shown = plain.execute("SHOW server_version").fetchone()
        assert shown is not None
        assert shown[0].split()[0] == postgres.server.version  # distributions add their own words


def test_text_is_utf8_and_upper_case_knows_more_than_ascii(postgres: Database) -> None:
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT upper('größe') LIKE 'GRÖ%', 'a' < 'B'").fetchone() == (True, False)


def test_what_was_committed_survives_a_kill_and_connections_do_not(server: PostgresServer) -> None:
    with server.database() as database:
        connection = psycopg.connect(database.url, autocommit=True)
        connection.execute("CREATE TABLE orders (id int)")
        connection.execute("INSERT INTO orders VALUES (7)")
        port = server.port
        server.kill()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(database.url)
        server.start()
        assert server.port == port
        with psycopg.connect(database.url) as again:
            assert again.execute("SELECT id FROM orders").fetchall() == [(7,)]


def test_a_paused_server_answers_nobody_until_it_is_resumed(server: PostgresServer) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        answered = threading.Event()

        def ask() -> None:
            connection.execute("SELECT 1")
            answered.set()

        server.pause()
        asking = threading.Thread(target=ask)
        asking.start()
        assert not answered.wait(0.1)
        server.resume()
        assert answered.wait(10)
        asking.join()


def test_a_restart_keeps_port_and_data(server: PostgresServer) -> None:
    database = server.database()
    before = postmaster_of(server)
    server.restart()
    assert postmaster_of(server) != before
    with psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == (database.name,)


@pytest.mark.parametrize("disturb", ["kill", "pause"])
def test_a_database_can_be_made_and_dropped_after_the_server_was_disturbed(
    server: PostgresServer, disturb: str
) -> None:
    database = server.database()
    getattr(server, disturb)()
    database.drop()
    getattr(server, disturb)()
    with server.database() as other, psycopg.connect(other.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_recovers_from_a_crash_of_one_session_is_waited_for(server: PostgresServer) -> None:
    with psycopg.connect(server.url) as victim:
        processes.kill([victim.info.backend_pid])
    poll_until(lambda: "reinitializing" in server.logs(), description="the server to notice the crash")
    server.database().drop()


@pytest.mark.parametrize("state", ["running", "killed", "paused"])
def test_nothing_is_left_after_stop(state: str) -> None:
    server = PostgresServer().start()
    run, pid = run_of(server), postmaster_of(server)
    shared_memory = int((run.data / "postmaster.pid").read_text().splitlines()[6].split()[1])
    server.database()
    if state == "killed":
        server.kill()
    elif state == "paused":
        server.pause()
    server.stop()
    assert not run.path.exists()
    assert not run.data.exists()
    assert processes.started_at(pid) is None
    if sys.platform.startswith("linux"):
        segments = [line.split()[1] for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
        assert str(shared_memory) not in segments


def test_stop_twice_and_start_again_work_and_the_log_stays() -> None:
    server = PostgresServer().start()
    server.stop()
    server.stop()
    assert "ready to accept connections" in server.logs()
    assert len(server.logs(lines=1).splitlines()) == 1
    with pytest.raises(UsageError, match=r"call start\(\) first"):
        server.database()
    with server.start():
        assert server.version


def test_it_listens_on_loopback_alone_and_its_sockets_are_private(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    run = run_of(postgres_server)
    assert stat.S_IMODE(run.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(run.data.stat().st_mode) == 0o700
    assert not run.path.parent.stat().st_mode & 0o066


def test_a_port_that_is_taken_meanwhile_is_left_to_its_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    free = ports.free_ports()
    with socket.socket() as owner:
        owner.bind(("127.0.0.1", 0))
        owner.listen()
        taken = owner.getsockname()[1]
        monkeypatch.setattr(ports, "free_ports", lambda: itertools.chain([taken], free))
        with PostgresServer() as server:
            assert server.port != taken


def test_when_every_port_is_taken_the_message_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as owner:
        owner.bind(("127.0.0.1", 0))
        owner.listen()
        taken = owner.getsockname()[1]
        monkeypatch.setattr(ports, "free_ports", lambda: iter([taken]))
        with pytest.raises(ResourceError, match=f"no free port on 127.0.0.1: tried {taken}"):
            PostgresServer().start()


def test_a_server_that_does_not_start_shows_its_log_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    created: list[tuple[runs.Run, int]] = []
    create = runs.create
    monkeypatch.setattr(runs, "create", lambda *a, **k: created.append(create(*a, **k)) or created[-1])
    with pytest.raises(ResourceError) as caught:
        PostgresServer(settings={"work_mem": "plenty"}).start()
    assert 'invalid value for parameter "work_mem": "plenty"' in str(caught.value)
    assert "ended while it started (exited 1)" in str(caught.value)
    made = [run for run, _ in created]
    assert len(made) == 1
    assert not made[0].path.exists()
    assert not made[0].data.exists()


def test_settings_reach_the_server() -> None:
    with PostgresServer(settings={"wal_level": "logical"}) as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SHOW wal_level").fetchone() == ("logical",)


def test_data_lie_on_disk_when_asked_and_when_memory_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    with PostgresServer(storage="disk") as server:
        assert run_of(server).data.parent == run_of(server).path
    monkeypatch.setattr(directories, "SMALLEST_MEMORY", 1 << 62)
    with PostgresServer() as server:
        assert run_of(server).data.parent == run_of(server).path
        assert server.database()
    with pytest.raises(ResourceError, match="no memory-backed directory"):
        PostgresServer(storage="memory").start()


def test_those_who_share_get_one_server_and_the_last_ends_it() -> None:
    share = f"test-{os.getpid()}-{os.urandom(4).hex()}"
    with ThreadPoolExecutor(4) as pool:
        servers = list(pool.map(lambda _: PostgresServer(share=share).start(), range(4)))
    run = run_of(servers[0])
    assert {server.port for server in servers} == {servers[0].port}
    for server in servers[:-1]:
        server.stop()
        assert run.path.exists()
    servers[-1].database().drop()
    servers[-1].stop()
    assert not run.path.exists()
    assert not servers[-1]._source.signpost.exists()


def test_a_shared_server_cannot_be_disturbed() -> None:
    with PostgresServer(share=f"test-{os.urandom(4).hex()}") as server:
        for action in (server.kill, server.pause, server.resume, server.restart):
            with pytest.raises(UsageError, match="postgres_alone"):
                action()


def test_other_settings_make_another_shared_server() -> None:
    share = f"test-{os.urandom(4).hex()}"
    with PostgresServer(share=share) as one, PostgresServer(share=share, settings={"work_mem": "8MB"}) as other:
        assert one.port != other.port


def test_a_server_whose_supervisor_was_killed_says_so() -> None:
    server = PostgresServer().start()
    assert server._running is not None
    child = server._running.supervision._child
    assert child is not None
    os.kill(child, 9)
    os.waitpid(child, 0)
    with pytest.raises(ResourceError, match=r"the supervisor of .* did not answer 'status'"):
        server.database()
    run = run_of(server)
    server.stop()
    runs.sweep()
    assert not run.path.exists()
    assert not run.data.exists()


def test_starts_at_the_same_moment_make_one_template_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_CACHE_DIR", str(tmp_path))
    with ThreadPoolExecutor(2) as pool:
        servers = list(pool.map(lambda _: PostgresServer().start(), range(2)))
    assert servers[0].port != servers[1].port
    for server in servers:
        server.stop()
    made = [path.name for path in (tmp_path / "postgres").iterdir() if path.is_dir() and "cluster" in path.name]
    assert len(made) == 1
    assert not made[0].endswith(".new")
    (tmp_path / "postgres" / made[0] / "global" / "pg_control").unlink()
    with PostgresServer() as server:  # what somebody has damaged is made again
        assert server.database()


def test_a_cache_that_cannot_be_used_is_an_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ACCORD_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(ResourceError, match="ACCORD_CACHE_DIR"):
        PostgresServer().start()
