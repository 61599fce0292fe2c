"""What can go wrong: a clear error each, nothing left running, no other run harmed. Ports: see test_every_server."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from accord.core.errors import ResourceError, ResourceMissingError
from accord.core.polling import poll_until
from accord.infra import (
    KafkaBroker,
    NatsServer,
    PostgresServer,
    RabbitServer,
    ValkeyServer,
    directories,
    processes,
    runs,
)
from accord.infra.kafka.tansu import TansuRecipe
from accord.infra.locks import try_lock
from accord.infra.nats.recipe import NatsRecipe
from accord.infra.postgres.recipe import PostgresRecipe
from accord.infra.valkey.recipe import ValkeyRecipe
from accord.infra.versions import OtherVersionWarning

if TYPE_CHECKING:
    from accord.infra.server import Server

QUICK: list[type[Any]] = [PostgresServer, NatsServer, ValkeyServer, KafkaBroker]
RECIPES = {
    PostgresServer: PostgresRecipe,
    NatsServer: NatsRecipe,
    ValkeyServer: ValkeyRecipe,
    KafkaBroker: TansuRecipe,
}
every_kind = pytest.mark.parametrize("kind", QUICK)
HOLD = """
import sys
from accord.infra import {kind}
server = {kind}(share={share!r}).start()
print(server._running.run.path, server._running.run.data, flush=True)
sys.stdin.read()
"""


def hold(kind: type[Any], share: str | None = None) -> tuple[subprocess.Popen[str], list[str]]:
    """A process that holds a server, and the directories of its run."""
    program = HOLD.format(kind=kind.__name__, share=share)
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().split()


def directories_now() -> set[str]:
    return {each.name for each in directories.runs_directory().iterdir()}


def leftovers_since(before: set[str], kind: str) -> set[str]:
    """New runs of a kind that nobody holds: those of tests beside this one are held by their supervisors."""
    left = set()
    for name in directories_now() - before:
        if name.startswith(kind):
            with contextlib.suppress(FileNotFoundError):  # just removed by whom it belonged to
                lock = try_lock(directories.runs_directory() / name / "lock")
                if lock is not None:
                    os.close(lock)
                    left.add(name)
    return left


@every_kind
def test_without_its_wheel_and_nothing_on_path_the_message_says_what_to_install(
    kind: type[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    monkeypatch.setattr("accord.infra.postgres.binaries._SYSTEM", tmp_path)
    monkeypatch.setattr("sysconfig.get_path", lambda *_: os.fspath(tmp_path))
    monkeypatch.setattr(sys, "executable", os.fspath(tmp_path / "python"))
    with pytest.raises(ResourceMissingError, match=r"there is no .* on this machine.*Looked in.*pip install 'accord\["):
        RECIPES[kind]().start()


@every_kind
def test_a_wrong_version_is_named_or_refused(kind: type[Any]) -> None:
    recipe = RECIPES[kind]
    with pytest.raises(ResourceMissingError, match=r"99 was asked for, and here is .* an older one may lack"):
        recipe(version="99").start()
    with pytest.warns(OtherVersionWarning, match="0.0.1 was asked for and is not here: the tests run on"):
        assert recipe(version="0.0.1").find().version
    with pytest.raises(ResourceMissingError, match="strict is set"):
        recipe(version="0.0.1", strict=True).start()


@every_kind
def test_a_disk_that_is_full_is_an_error_that_leaves_nothing(kind: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    before = directories_now()
    write = Path.write_text

    def full(path: Path, *given: Any, **named: Any) -> int:
        if path.name == "server.json":  # the last thing that is written of a run: all else is there already
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return write(path, *given, **named)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left on device"):
        kind().start()
    assert leftovers_since(before, RECIPES[kind].kind) == set()


@every_kind
def test_without_room_in_memory_the_data_lie_on_disk(kind: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directories, "SMALLEST_MEMORY", 1 << 62)
    with kind() as server:
        assert not server.data_in_memory
    with pytest.raises(ResourceError, match="no memory-backed directory"):
        kind(storage="memory").start()


@every_kind
def test_a_server_that_dies_in_the_middle_is_there_for_the_next_test(kind: type[Any]) -> None:
    with kind() as server:
        processes.kill(processes.family(int(server._running.supervision.command("status").split()[1])))
        poll_until(lambda: server._running.supervision.command("status").startswith("exited"), description="its end")
        made = server.database() if kind is PostgresServer else server.namespace()
        (made.drop if kind is PostgresServer else made.remove)()


@every_kind
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "SIGKILL"])
def test_a_run_that_is_ended_while_it_starts_leaves_nothing(kind: type[Any], number: signal.Signals) -> None:
    """Ended again and again, a little later each time: whatever was there by then is gone."""
    program = f"import sys\nfrom accord.infra import {kind.__name__} as K\nprint(flush=True)\nK().start()\n"
    before = set(directories_now())
    for milliseconds in (1, 8, 20):
        with subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(milliseconds / 1000)  # the subject: moments of a start, not something waited for
            os.killpg(process.pid, number)
            process.communicate()

    def is_clean() -> bool:
        runs.sweep()
        ours = [each for each in directories_now() - before if each.startswith(f"{RECIPES[kind].kind}-")]
        return not any(is_orphaned(each) for each in ours)

    poll_until(is_clean, description="what the ended runs have left to be gone", timeout=20)


def is_orphaned(name: str) -> bool:
    """Whether a run's directory belongs to nobody: other tests beside this one have theirs."""
    try:
        descriptor = runs.try_lock(directories.runs_directory() / name / "lock")
    except OSError:
        return False
    if descriptor is None:
        return False
    os.close(descriptor)
    return True


@every_kind
def test_two_runs_at_once_do_not_touch_each_other(kind: type[Any]) -> None:
    process, held = hold(kind)
    with kind() as server:
        assert str(server._running.run.path) not in held
        process.kill()
        process.communicate()
        poll_until(lambda: not any(map(os.path.exists, held)), description="the killed run to be gone")
        assert server._running.recipe.problem(server._running.run, server._running.ports) is None


@every_kind
def test_a_worker_that_is_killed_does_not_take_the_shared_server_with_it(kind: type[Any]) -> None:
    share = f"test-{os.urandom(4).hex()}"
    process, held = hold(kind, share)
    with kind(share=share) as server:
        assert str(server._running.run.path) in held
        process.kill()
        process.communicate()
        assert server._running.recipe.problem(server._running.run, server._running.ports) is None


@every_kind
def test_a_stale_lock_and_signpost_are_in_nobodys_way(kind: type[Any]) -> None:
    share = f"test-{os.urandom(4).hex()}"
    recipe = RECIPES[kind](share=share)
    recipe.signpost.write_text(f"{recipe.kind}-deadbeef")  # of a run that is no more
    with kind(share=share) as server:
        assert server.version
    assert not recipe.signpost.exists()


def test_of_rabbitmq_too_nothing_is_started_where_it_cannot_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    monkeypatch.setattr("accord.infra.rabbitmq.recipe._FOLDERS", ())
    before = directories_now()
    server: Server = RabbitServer(provider="native")
    with pytest.raises(
        ResourceMissingError, match=r"there is no RabbitMQ on this machine.*apt-get install rabbitmq-server"
    ):
        server.start()
    assert leftovers_since(before, "rabbit") == set()
