"""Faults of processes: killed, paused, slow for lack of CPU, no room on the disk."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from accord.core.errors import UsageError
from accord.infra import processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Unavailable = Callable[[str], NoReturn]

_PERIOD = 0.1
"""Seconds of one round of running and standing."""
_SMALLEST_SHARE = 0.02
_BLOCK = 64 * 1024


class ProcessFaults:
    """Faults of one process.

    Args:
        target: a server of accord.infra, a subprocess.Popen, or a process number (with its descendants).
        unavailable: called with the reason where this machine has no way.
    """

    def __init__(self, target: Any, unavailable: Unavailable) -> None:
        target = getattr(target, "server", target)  # a fixture's part of a server stands for all of it
        self._target = target
        self._unavailable = unavailable
        self._is_server = all(hasattr(target, name) for name in ("pause", "resume", "kill", "start"))
        if not self._is_server and not isinstance(target, subprocess.Popen | int):
            raise UsageError(
                f"a process is a server of accord.infra, a subprocess.Popen or a number, not {type(target).__name__}"
            )

    def kill(self) -> None:
        """End it at once, as a crash would. A server's ``start()`` brings it back."""
        if self._is_server:
            self._target.kill()
        else:
            processes.kill(processes.family(self._number()))

    @contextmanager
    def killed(self) -> Iterator[None]:
        """Killed; a server is there again after the block."""
        self.kill()
        try:
            yield
        finally:
            if self._is_server:
                self._target.start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Frozen: its connections stay open and get no answer."""
        self._needs_signals()
        self._pause()
        try:
            yield
        finally:
            self._resume()

    @contextmanager
    def slow_cpu(self, share: float) -> Iterator[None]:
        """It runs for this share of the time only, and stands still for the rest: ten rounds a second.

        Args:
            share: from 0.02 to 1.
        """
        if not _SMALLEST_SHARE <= share <= 1:
            raise UsageError(f"share must be from {_SMALLEST_SHARE} to 1, not {share!r}")
        self._needs_signals()
        over = threading.Event()
        brake = threading.Thread(target=self._brake, args=(share, over), name="accord-slow-cpu", daemon=True)
        brake.start()
        try:
            yield
        finally:
            over.set()
            brake.join()

    def _brake(self, share: float, over: threading.Event) -> None:
        try:
            while not over.is_set():
                self._pause()
                over.wait(_PERIOD * (1 - share))
                self._resume()
                over.wait(_PERIOD * share)
        finally:
            self._resume()

    def _needs_signals(self) -> None:
        if not self._is_server and sys.platform == "win32":
            self._unavailable("Windows has no signal that stops a process for a while")

    def _pause(self) -> None:
        if self._is_server:
            self._target.pause()
        else:
            processes.pause(self._number())

    def _resume(self) -> None:
        if self._is_server:
            self._target.resume()
        else:
            processes.resume(self._number())

    def _number(self) -> int:
        number = self._target.pid if isinstance(self._target, subprocess.Popen) else self._target
        if isinstance(self._target, subprocess.Popen) and self._target.poll() is not None:
            raise UsageError(f"process {number} has ended already, with {self._target.returncode}")
        if processes.started_at(number) is None:
            raise UsageError(f"there is no process {number}")
        if number in {os.getpid(), os.getppid(), 1}:
            raise UsageError(f"process {number} is the test itself, or what runs it")
        return int(number)


class SmallDisk:
    """A folder on a small disk of its own, in memory, that can be filled without harm to anything else.

    Args:
        folder: an empty folder; the service that is to run out of room keeps its data there.
        megabytes: how much goes in.
        unavailable: called with the reason where this machine has no way: it takes Linux and the right to mount.
    """

    def __init__(self, folder: str | Path, megabytes: int, unavailable: Unavailable) -> None:
        self.folder = Path(folder).resolve()
        self._megabytes = megabytes
        self._unavailable = unavailable

    def mount(self) -> None:
        """Put the small disk there."""
        if any(self.folder.iterdir()):
            raise UsageError(f"{self.folder} is not empty: a disk put there would hide what is in it")
        if not sys.platform.startswith("linux") or shutil.which("mount") is None:
            self._unavailable("a disk of its own for a folder takes Linux and its mount command")
        command = ["mount", "-t", "tmpfs", "-o", f"size={self._megabytes}m,mode=0777", "accord", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            self._unavailable(f"this user may not mount a disk for a folder: {done.stderr.strip()}")

    def unmount(self) -> None:
        """Take it away, with what is on it."""
        subprocess.run(["umount", "-l", str(self.folder)], capture_output=True, check=False)

    @contextmanager
    def full(self) -> Iterator[None]:
        """No byte more goes in."""
        filler = self.folder / ".accord-filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * _BLOCK)
        with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0")
        try:
            yield
        finally:
            filler.unlink(missing_ok=True)
