from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from accord.infra import processes


@pytest.mark.skipif(shutil.which("ps") is None, reason="there is no ps here")
def test_ps_knows_the_same_parents_as_the_kernel() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        everyone = processes._processes_by_ps()
        assert everyone[child.pid][0] == os.getpid()
        assert processes._processes_by_ps(child.pid)[child.pid] == everyone[child.pid]
        child.communicate(b"\n")
    assert processes._processes_by_ps(child.pid) == {}


def test_a_zombie_counts_as_gone() -> None:
    child = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], os.environ)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert processes.started_at(child) is None
    os.waitpid(child, 0)


def test_killing_waits_until_they_are_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert processes.kill([child.pid])
        assert processes.started_at(child.pid) is None


def test_a_paused_process_goes_on_when_it_is_resumed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "print(input())"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        processes.pause(child.pid)
        processes.resume(child.pid)
        assert child.communicate(b"on\n")[0] == b"on\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells the state of each thread")
def test_once_paused_no_thread_computes_any_more() -> None:
    spin = "import threading\nfor _ in range(4): threading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()\n"
    with subprocess.Popen([sys.executable, "-c", spin + "print()"], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        try:
            for _ in range(20):
                processes.pause(child.pid)
                threads = Path(f"/proc/{child.pid}/task").iterdir()
                assert {(thread / "stat").read_text().rpartition(") ")[2][0] for thread in threads} == {"T"}
                processes.resume(child.pid)
        finally:
            child.kill()
