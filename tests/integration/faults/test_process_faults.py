from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from accord import poll_until
from accord.core.errors import UsageError
from accord.faults import Faults, FaultUnavailableError
from accord.faults.addresses import upstream_of
from tests.integration.faults.conftest import connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from accord.infra import NatsServer

_WORKER = "import sys, time\nn = 0\nwhile True:\n    n += 1; print(n, flush=True); time.sleep(0.001)"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A process that counts up, into a file."""
    counted = tmp_path / "counted"
    with counted.open("wb") as file, subprocess.Popen([sys.executable, "-c", _WORKER], stdout=file) as process:
        poll_until(lambda: counted.stat().st_size > 0, description="the worker counts")
        yield process, counted
        process.kill()


def is_stopped(pid: int) -> bool:
    """Whether the kernel holds it back."""
    listing = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listing.stdout.startswith("T")


@pytest.mark.skipif(sys.platform == "win32", reason="no signal stops a process there")
def test_a_paused_process_stands_still_and_goes_on(worker: tuple[subprocess.Popen[bytes], Path]) -> None:
    process, counted = worker
    with Faults() as faults, faults.process(process).paused():
        assert is_stopped(process.pid)
        size = counted.stat().st_size
    poll_until(lambda: counted.stat().st_size > size, description="it counts on")
    assert not is_stopped(process.pid)


@pytest.mark.skipif(sys.platform == "win32", reason="no signal stops a process there")
def test_a_process_without_cpu_runs_and_stands_by_turns(worker: tuple[subprocess.Popen[bytes], Path]) -> None:
    process, counted = worker
    with Faults() as faults, faults.process(process.pid).slow_cpu(0.2):
        poll_until(lambda: is_stopped(process.pid), description="it stands")
        size = counted.stat().st_size
        poll_until(lambda: counted.stat().st_size > size, description="it counts on, slowly")
    assert not is_stopped(process.pid)


def test_a_killed_process_is_gone(worker: tuple[subprocess.Popen[bytes], Path]) -> None:
    process, _ = worker
    with Faults() as faults:
        faults.process(process).kill()
        assert process.wait(10) == -signal.SIGKILL
        with pytest.raises(UsageError, match="has ended already"), faults.process(process).paused():
            pass


def test_a_test_does_not_stop_itself_or_what_is_not_there() -> None:
    with Faults() as faults:
        for number, said in (
            (os.getpid(), "the test itself"),
            (1, "the test itself"),
            (2**22 + 1, "there is no process"),
        ):
            with pytest.raises(UsageError, match=said), faults.process(number).paused():
                pass


def test_a_server_is_killed_paused_slowed_and_there_again(nats_alone: NatsServer) -> None:
    with Faults() as faults:
        fault = faults.process(nats_alone)
        address = upstream_of(nats_alone.url)
        with fault.killed(), pytest.raises(ConnectionRefusedError):
            connected(address)
        with connected(address) as connection:
            assert connection.recv(4) == b"INFO"
            connection.settimeout(0.1)
            while b"\n" not in connection.recv(65536):
                pass
            with fault.paused(), pytest.raises(TimeoutError):
                connection.sendall(b"PING\r\n")
                connection.recv(10)
            connection.settimeout(10)
            with fault.slow_cpu(0.5):
                connection.sendall(b"PING\r\n")
                assert b"PONG" in connection.recv(100)


@pytest.mark.parametrize("share", [0, 0.001, 1.5, -1])
def test_a_share_of_cpu_is_within_its_bounds(share: float) -> None:
    with Faults() as faults, pytest.raises(UsageError, match="share must be"), faults.process(1).slow_cpu(share):
        pass


def test_a_disk_is_full_and_has_room_again(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with Faults() as faults:
        try:
            with faults.small_disk(tmp_path / "data", megabytes=1) as disk:
                (disk.folder / "before").write_bytes(b"x")
                with disk.full(), pytest.raises(OSError, match="No space left"):
                    (disk.folder / "more").write_bytes(b"x" * 10)
                (disk.folder / "after").write_bytes(b"x" * 10)
        except FaultUnavailableError as error:
            pytest.skip(str(error))
    assert list((tmp_path / "data").iterdir()) == []


def test_a_small_disk_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    with Faults() as faults, pytest.raises(UsageError, match="is not empty"), faults.small_disk(tmp_path):
        pass
