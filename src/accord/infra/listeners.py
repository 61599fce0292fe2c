"""Who listens on a port of this machine, as far as the kernel tells it: on Linux, of other users to root alone."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_LISTENING = "0A"  # proc(5): the state of a row
_LOCAL, _STATE, _INODE = 1, 3, 9  # its columns
_LONGEST_SHOWN = 100  # characters of a command line


@dataclass(frozen=True)
class Listener:
    """A process that listens.

    Attributes:
        pid: its number.
        command: its program and arguments.
    """

    pid: int
    command: tuple[str, ...]

    @property
    def parents(self) -> Iterator[Listener]:
        """The process that started it, and so on."""
        pid = self.pid
        while pid > 1:
            try:
                status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
                pid = int(status.partition("\nPPid:")[2].split(maxsplit=1)[0])
                yield Listener(pid, _command(pid))
            except (OSError, ValueError, IndexError):  # ended meanwhile
                return


def find(port: int) -> Listener | None:
    """Who listens on this port, on any address; None where nobody does, or where it cannot be told."""
    wanted = {f"socket:[{inode}]" for inode in _inodes(port)}
    if not wanted:
        return None
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and wanted & set(_open_files(process)):
            return Listener(int(process.name), _command(int(process.name)))
    return None


def describe(port: int) -> str:
    """Who has a port that is taken, and what to do about it."""
    found = find(port)
    if found is None:
        return f"another program listens there; see which one with `ss -ltnp 'sport = :{port}'` as root, and end it"
    words = " ".join(found.command)
    shown = words if len(words) <= _LONGEST_SHOWN else f"{words[:_LONGEST_SHOWN]}…"
    return f"the process {found.pid} listens there ({shown}); end it, or use another port"


def _inodes(port: int) -> Iterator[str]:
    for table in _TABLES:
        with contextlib.suppress(OSError):
            for line in table.read_text(encoding="ascii").splitlines()[1:]:
                row = line.split()
                if row[_STATE] == _LISTENING and int(row[_LOCAL].rpartition(":")[2], 16) == port:
                    yield row[_INODE]


def _open_files(process: Path) -> Iterator[str]:
    with contextlib.suppress(OSError):  # it ended, or is another user's
        for number in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                yield str(number.readlink())


def _command(pid: int) -> tuple[str, ...]:
    with contextlib.suppress(OSError):
        data = Path(f"/proc/{pid}/cmdline").read_bytes()
        return tuple(data.rstrip(b"\0").decode("utf-8", "replace").split("\0"))
    return ()
