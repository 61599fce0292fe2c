"""What is left when the processes that use a server are killed: nothing."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from accord.core.polling import poll_until
from accord.infra import processes, runs

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLD_A_SERVER = """
import json, sys
from accord.infra import PostgresServer
share, disturb = (json.loads(word) for word in sys.argv[1:])
server = PostgresServer(share=share).start()
if disturb:
    getattr(server, disturb)()
held = server._running
print(json.dumps({"url": server.url, "run": str(held.run.path), "data": str(held.run.data),
                  "supervisor": held.supervision._child}), flush=True)
sys.stdin.read()
server.stop()
"""


@dataclass
class Holder:
    """A process that holds a server, and what it said about it."""

    process: subprocess.Popen[str]
    url: str
    run: Path
    data: Path
    supervisor: int | None
    server: int

    @property
    def is_gone(self) -> bool:
        return processes.started_at(self.server) is None and not self.run.exists() and not self.data.exists()


def hold(share: str | None = None, disturb: str | None = None) -> Holder:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_A_SERVER, json.dumps(share), json.dumps(disturb)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = json.loads(process.stdout.readline())
    run = Path(said["run"])
    server = int((run / "server.pid").read_text().split()[0])
    return Holder(process, said["url"], run, Path(said["data"]), said["supervisor"], server)


@pytest.fixture
def holders() -> Iterator[list[Holder]]:
    started: list[Holder] = []
    yield started
    for holder in started:
        with contextlib.suppress(ProcessLookupError):
            os.kill(holder.process.pid, signal.SIGKILL)
        holder.process.communicate()


def test_a_killed_holder_takes_server_and_directories_with_it(holders: list[Holder]) -> None:
    holders.append(holder := hold())
    holder.process.kill()
    poll_until(lambda: holder.is_gone, description="the server of a killed run to be gone")


@pytest.mark.parametrize("disturb", ["pause", "kill"])
def test_so_does_one_that_had_disturbed_its_server(holders: list[Holder], disturb: str) -> None:
    holders.append(holder := hold(disturb=disturb))
    holder.process.kill()
    poll_until(lambda: holder.is_gone, description="the server of a killed run to be gone")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has a parent-death signal")
def test_the_server_ends_with_its_supervisor_and_the_next_start_sweeps(holders: list[Holder]) -> None:
    holders.append(holder := hold())
    assert holder.supervisor is not None
    holder.process.kill()
    processes.kill([holder.supervisor])
    poll_until(lambda: processes.started_at(holder.server) is None, description="the server to end")
    if holder.run.exists():  # else the supervisor had been quicker than our signal
        runs.sweep()
    assert holder.is_gone


def test_a_frozen_server_whose_every_keeper_was_killed_is_swept(holders: list[Holder]) -> None:
    holders.append(holder := hold(disturb="pause"))
    assert holder.supervisor is not None
    os.kill(holder.supervisor, signal.SIGSTOP)  # so that it cannot clean up before it is killed
    holder.process.kill()
    family = processes.family(holder.server)
    processes.kill([holder.supervisor])
    assert len(family) > 1
    runs.sweep()
    assert holder.is_gone
    assert [pid for pid in family if processes.started_at(pid)] == []


def test_a_sweep_spares_a_process_that_got_a_dead_servers_number(holders: list[Holder]) -> None:
    holders.append(holder := hold())
    assert holder.supervisor is not None
    os.kill(holder.supervisor, signal.SIGSTOP)
    holder.process.kill()
    processes.kill([holder.supervisor])
    processes.kill(processes.family(holder.server))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        (holder.run / "server.pid").write_text(f"{bystander.pid} 12345\n")
        runs.sweep()
        assert bystander.poll() is None
        bystander.communicate(b"\n")
    assert holder.is_gone


def test_two_processes_share_a_server_and_one_may_be_killed(holders: list[Holder]) -> None:
    share = f"test-{os.urandom(4).hex()}"
    holders.append(first := hold(share))
    holders.append(second := hold(share))
    assert first.url == second.url
    first.process.kill()
    first.process.wait()
    with psycopg.connect(second.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    second.process.communicate()
    assert second.process.returncode == 0
    assert second.is_gone


def test_processes_that_start_together_get_one_server(holders: list[Holder]) -> None:
    share = f"test-{os.urandom(4).hex()}"
    together = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD_A_SERVER, json.dumps(share), "null"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = [json.loads(each.stdout.readline()) for each in together if each.stdout]
    assert len({each["url"] for each in said}) == 1
    for each in together:
        each.communicate()
        assert each.returncode == 0
    assert not Path(said[0]["run"]).exists()


def test_a_forked_child_that_ends_does_not_take_the_server_with_it() -> None:
    # In a process of its own: the tests' process may have threads, and forking it is not safe.
    program = """
import os, psycopg
from accord.infra import PostgresServer
with PostgresServer() as server:
    child = os.fork()
    if not child:
        server.database().drop()
        server.stop()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    server.database().drop()
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
