"""Looking at and ending processes by the kernel's own word, so that a reused process number is never mistaken.

Standard library only, and few modules of it: the supervisor runs this without site-packages and must start quickly.
"""
# Pathlib would double the supervisor's start-up time:
# ruff: noqa: PTH115, PTH123, PTH208

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

TYPE_CHECKING = False  # as typing has it, whose import takes long
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_LINUX = sys.platform.startswith("linux")
_DEAD_STATES = ("Z", "X")  # a zombie has ended: only its parent has not asked yet
_SHARED_MEMORY_LINE = 6  # of PostgreSQL's postmaster.pid, counted from 0: "key id"
_IPC_RMID = 0
_STANDSTILL = 5.0  # seconds until those who still run have to be in the kernel, waiting for a disk


def started_at(pid: int) -> str | None:
    """When the process began, as an opaque mark; None when there is no such process (or only its zombie).

    A process number together with this mark is never reused while the machine runs.
    """
    row = _processes(pid).get(pid)
    return row[1] if row else None


def marks(pids: list[int]) -> dict[int, str]:
    """The marks of those that live, see :func:`started_at`."""
    return {pid: row[1] for pid, row in _processes(*pids).items()} if pids else {}


def family(pid: int) -> list[int]:
    """The process and its descendants, parents first; empty when it is gone."""
    everyone = _processes()
    members = [pid] if pid in everyone else []
    for member in members:
        members.extend(child for child, (parent, _) in everyone.items() if parent == member)
    return members


def children(pid: int) -> list[int]:
    """The processes it has started and that live."""
    return [child for child, (parent, _) in _processes().items() if parent == pid]


def working_in(directory: str) -> list[int]:
    """The processes whose working directory this is. Empty where the platform does not tell (macOS)."""
    found = []
    for pid in _numbers_in_proc():
        with contextlib.suppress(OSError):  # ended meanwhile, or another user's
            if os.readlink(f"/proc/{pid}/cwd").removesuffix(" (deleted)") == directory:
                found.append(pid)
    return found


def pause(pid: int) -> None:
    """Stop the process and every descendant, until :func:`resume`; returns when they stand still."""
    stopped: set[int] = set()
    # The parent first, then again until nobody new turns up: it may be in the middle of a fork.
    while new := [member for member in family(pid) if member not in stopped]:
        send(signal.SIGSTOP, new)
        stopped.update(new)
    deadline = time.monotonic() + _STANDSTILL
    while any(map(_is_running, stopped)) and time.monotonic() < deadline:
        time.sleep(0.0005)


def resume(pid: int) -> None:
    """Let the process and its descendants go on, children first."""
    send(signal.SIGCONT, reversed(family(pid)))


def kill(pids: list[int], *, timeout: float = 10.0) -> bool:
    """SIGKILL every one of them and wait until they are gone.

    Args:
        pids: whom to end, a parent before its children so that it cannot make new ones.
        timeout: how long to wait, in seconds.

    Returns:
        Whether all are gone.
    """
    living = marks(pids)
    send(signal.SIGKILL, pids)
    deadline = time.monotonic() + timeout
    while any(started_at(pid) == mark for pid, mark in living.items()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.001)
    return True


def _is_running(pid: int) -> bool:
    """Whether a thread of it has not noticed yet that it is to stop, as those on other processors do late."""
    with contextlib.suppress(OSError):  # ended meanwhile
        for thread in os.listdir(f"/proc/{pid}/task") if _LINUX else ():
            with open(f"/proc/{pid}/task/{thread}/stat", "rb") as file:
                if file.read().rpartition(b") ")[2][:1] not in b"TtZX":
                    return True
    return False


def send(number: signal.Signals, pids: Iterable[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def release_shared_memory(data: str) -> None:
    """Remove the System V segment (56 bytes) that a PostgreSQL leaves when it is killed; nothing else ever would.

    Args:
        data: its data directory. Where there is none, or the server ended cleanly, nothing happens.
    """
    library = libc()
    with contextlib.suppress(OSError, IndexError, ValueError):  # it ended cleanly, is another server, or is gone
        with open(f"{data}/postmaster.pid") as file:
            key, segment = map(int, file.read().splitlines()[_SHARED_MEMORY_LINE].split())
        # The key comes from the directory's inode: only while it still leads to this segment is the segment ours.
        if library is not None and library.shmget(key, 0, 0) == segment:
            library.shmctl(segment, _IPC_RMID, None)


def libc() -> Any:
    """The C library, or None where Python was built without ctypes."""
    try:
        import ctypes  # noqa: PLC0415 - loaded by those who need it
    except ImportError:
        return None
    return ctypes.CDLL(None)


def _numbers_in_proc() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()] if _LINUX else []


def _processes(*only: int) -> dict[int, tuple[int, str]]:
    """Parent and starting mark of the living processes, all of them or only those named."""
    if not _LINUX:
        return _processes_by_ps(*only)
    found = {}
    for pid in only or _numbers_in_proc():
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                text = file.read().decode("utf-8", "replace")
        except OSError:  # ended meanwhile
            continue
        # The name in brackets may hold anything, brackets too: count from the last one (proc(5)).
        fields = text[text.rindex(")") + 2 :].split()
        if fields[0] not in _DEAD_STATES:
            found[pid] = (int(fields[1]), fields[19])
    return found


def _processes_by_ps(*only: int) -> dict[int, tuple[int, str]]:
    import subprocess  # noqa: PLC0415 - needed on macOS alone; costs the supervisor's start-up time

    which = ["-p", ",".join(map(str, only))] if only else ["-ax"]
    listing = subprocess.run(
        ["ps", *which, "-o", "pid=,ppid=,state=,lstart="], capture_output=True, text=True, check=False
    )
    found = {}
    for line in listing.stdout.splitlines():
        pid, parent, state, mark = line.split(None, 3)
        if state[0] not in _DEAD_STATES:
            found[int(pid)] = (int(parent), mark)
    return found
