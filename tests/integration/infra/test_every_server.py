"""The one lifecycle, on every kind of broker: started, disturbed, brought back, shared, and gone without a trace."""

from __future__ import annotations

import itertools
import os
import socket
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from accord.core.errors import ResourceError, UsageError
from accord.core.polling import poll_until
from accord.infra import KafkaBroker, NatsServer, ValkeyServer, ports, processes, runs
from accord.infra.kafka.protocol import KafkaConnection
from accord.infra.nats.connection import NatsConnection
from accord.infra.nats.recipe import MAIN, PASSWORD
from accord.infra.valkey.connection import ValkeyConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

    Broker: TypeAlias = NatsServer | ValkeyServer | KafkaBroker
    Kind: TypeAlias = type[NatsServer | ValkeyServer | KafkaBroker]

every_kind = pytest.mark.parametrize("kind", [NatsServer, ValkeyServer, KafkaBroker])
disturbed = pytest.mark.parametrize("state", ["running", "killed", "paused"])


@pytest.fixture
def server(kind: Kind) -> Iterator[Broker]:
    """One that a test may disturb."""
    with kind() as own:
        yield own


def ask(server: Broker) -> None:
    """Talk to it over TCP, as clients do; an OSError when it does not answer."""
    if isinstance(server, NatsServer):
        NatsConnection(server.port, user=MAIN, password=PASSWORD).close()
    elif isinstance(server, ValkeyServer):
        with ValkeyConnection(server._address) as connection:
            assert connection.ask("PING") == "PONG"
    else:
        with KafkaConnection(server.port) as connection:
            assert connection.cluster()[0]


def run_of(server: Broker) -> runs.Run:
    assert server._running is not None
    return server._running.run


def process_of(server: Broker) -> int:
    assert server._running is not None
    return int(server._running.supervision.command("status").split()[1])


def disturb(server: Broker, state: str) -> None:
    if state == "killed":
        server.kill()
    elif state == "paused":
        server.pause()


@every_kind
def test_after_a_kill_nothing_answers_until_it_is_started_again_on_the_same_port(server: Broker) -> None:
    port, pid = server.port, process_of(server)
    server.kill()
    with pytest.raises(OSError, match="refused"):
        ask(server)
    server.start()
    assert server.port == port
    assert process_of(server) != pid
    ask(server)


@every_kind
def test_a_paused_server_answers_nobody_until_it_is_resumed(server: Broker) -> None:
    answered = threading.Event()

    def wait_for_an_answer() -> None:
        ask(server)
        answered.set()

    server.pause()
    asking = threading.Thread(target=wait_for_an_answer)
    asking.start()
    assert not answered.wait(0.1)
    server.resume()
    assert answered.wait(10)
    asking.join()


@every_kind
def test_a_restart_keeps_the_port(server: Broker) -> None:
    port, pid = server.port, process_of(server)
    server.restart()
    assert server.port == port
    assert process_of(server) != pid
    ask(server)


@every_kind
@disturbed
def test_nothing_is_left_after_stop(kind: Kind, state: str) -> None:
    server = kind().start()
    run, pid = run_of(server), process_of(server)
    server.namespace()
    disturb(server, state)
    server.stop()
    assert not run.path.exists()
    assert not run.data.exists()
    assert processes.started_at(pid) is None


@every_kind
@disturbed
def test_names_of_ones_own_can_be_made_and_removed_whatever_happened_to_the_server(server: Broker, state: str) -> None:
    first = server.namespace()
    disturb(server, state)
    second = server.namespace()
    disturb(server, state)
    first.remove()
    second.remove()


@every_kind
def test_stop_twice_and_start_again_work_and_the_log_stays(kind: Kind) -> None:
    server = kind().start()
    assert server.version
    assert server.origin
    poll_until(server.logs, description="the server to log something")
    server.stop()
    server.stop()
    assert len(server.logs(lines=1).splitlines()) == 1
    with pytest.raises(UsageError, match=r"call start\(\) first"):
        server.namespace()
    with server.start():
        ask(server)


@every_kind
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_it_listens_on_loopback_alone_and_its_directories_are_private(server: Broker) -> None:
    held = {str(each.readlink()) for each in Path(f"/proc/{process_of(server)}/fd").iterdir()}
    rows = [row.split() for table in ("tcp", "tcp6") for row in Path("/proc/net", table).read_text().splitlines()[1:]]
    listening = [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in held]
    assert {address.split(":")[0] for address in listening} == {"0100007F"}  # 127.0.0.1 as the kernel writes it
    assert stat.S_IMODE(run_of(server).data.stat().st_mode) == 0o700


@every_kind
def test_a_port_that_is_taken_meanwhile_is_left_to_its_owner(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    free = ports.free_ports()
    with socket.socket() as owner:
        owner.bind(("127.0.0.1", 0))
        owner.listen()
        taken = owner.getsockname()[1]
        monkeypatch.setattr(ports, "free_ports", lambda: itertools.chain([taken], free))
        with kind() as server:
            assert server.port != taken
            ask(server)


@every_kind
def test_another_server_of_its_kind_on_the_port_is_not_taken_for_it(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = ports.free_ports()
    with kind() as other:
        taken = other.port
        monkeypatch.setattr(ports, "free_ports", lambda: itertools.chain([taken], free))
        with kind() as server:
            assert server.port != taken


@every_kind
def test_when_every_port_is_taken_the_message_names_them_and_nothing_is_left(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    created: list[runs.Run] = []
    create = runs.create
    monkeypatch.setattr(runs, "create", lambda *a, **k: (made := create(*a, **k), created.append(made[0]))[0])
    with socket.socket() as owner:
        owner.bind(("127.0.0.1", 0))
        owner.listen()
        taken = owner.getsockname()[1]
        monkeypatch.setattr(ports, "free_ports", lambda: iter([taken]))
        with pytest.raises(ResourceError, match=f"no free port on 127.0.0.1: tried {taken}"):
            kind().start()
    assert [run.path.exists() or run.data.exists() for run in created] == [False]


@every_kind
def test_those_who_share_get_one_server_and_the_last_ends_it(kind: Kind) -> None:
    share = f"test-{os.urandom(4).hex()}"
    with ThreadPoolExecutor(4) as pool:
        servers = list(pool.map(lambda _: kind(share=share).start(), range(4)))
    run = run_of(servers[0])
    assert {server.port for server in servers} == {servers[0].port}
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda server: server.namespace(), servers))
        list(pool.map(lambda each: each.remove(), made))
    for server in servers[:-1]:
        server.stop()
        assert run.path.exists()
    ask(servers[-1])
    servers[-1].stop()
    assert not run.path.exists()


@every_kind
def test_a_shared_server_cannot_be_disturbed(kind: Kind) -> None:
    with kind(share=f"test-{os.urandom(4).hex()}") as server:
        for action in (server.kill, server.pause, server.resume, server.restart):
            with pytest.raises(UsageError, match=kind.alone):
                action()


@every_kind
def test_a_program_that_is_not_there_is_named(kind: Kind) -> None:
    with pytest.raises(ResourceError, match=r"there is no .* program at /nowhere/server \(as asked\)"):
        kind(program="/nowhere/server").start()


@every_kind
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has a parent-death signal")
def test_a_killed_run_leaves_nothing(kind: Kind) -> None:
    program = (
        f"import sys\nfrom accord.infra import {kind.__name__} as Kind\nserver = Kind().start()\n"
        "pid = server._running.supervision.command('status').split()[1]\n"
        "print(pid, server._running.run.path, server._running.run.data, flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        pid, *directories = holder.stdout.readline().split()
        holder.kill()
    poll_until(
        lambda: not any(map(os.path.exists, directories)) and processes.started_at(int(pid)) is None,
        description="the server of a killed run to be gone",
    )
