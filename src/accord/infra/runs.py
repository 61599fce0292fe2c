"""One run of one server: its directories, and sweeping those whose owner was killed.

A run has a directory of its own (lock, log, sockets) and a data directory, in memory where possible. The supervisor
holds the lock as long as it lives, so a run whose lock can be taken is a leftover: no process number is trusted.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from accord.core.errors import ResourceError
from accord.infra import directories, processes
from accord.infra.locks import locked, try_lock

if TYPE_CHECKING:
    from pathlib import Path

    from accord.infra.users import ServerUser

logger = logging.getLogger(__name__)

_LOCK = "runs.lock"
_SIGNPOST = "share-"
Storage = Literal["auto", "memory", "disk"]


@dataclass(frozen=True)
class Run:
    """The directories of one server.

    Attributes:
        path: lock, log, what is known about the run.
        data: the server's data directory, which may lie elsewhere, in memory.
    """

    path: Path
    data: Path

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def control(self) -> Path:
        """The supervisor's Unix socket."""
        return self.path / "c"

    @property
    def sockets(self) -> Path:
        """Where the server makes its own Unix sockets."""
        return self.path / "s"

    @classmethod
    def at(cls, path: Path) -> Run:
        """A run that exists.

        Raises:
            FileNotFoundError: it does not, or not yet.
        """
        named = (path / "data-at").read_text(encoding="utf-8")
        # Whoever was ended while it wrote has left a part of the name, or nothing, and nothing would be the folder that
        # we are in. What is named here is removed some day, so only the two places where data can be are taken.
        for data in (path / "data", directories.MEMORY / f"{_mark_of(path.parent)}{path.name}"):
            if named == str(data):
                return cls(path, data)
        raise FileNotFoundError(f"{path} does not say where its data are")


def create(kind: str, *, storage: Storage, user: ServerUser | None) -> tuple[Run, int]:
    """Make the directories of a new run.

    Args:
        kind: a few letters that say which server, to begin the directory's name.
        storage: in memory, on disk, or in memory when there is room.
        user: whom the data must belong to; None for this process's user.

    Returns:
        The run, and the descriptor that holds its lock.

    Raises:
        ResourceError: memory was asked for and there is none, or no directory can be made.
    """
    base = directories.runs_directory()
    name = f"{kind}-{secrets.token_hex(4)}"
    memory = directories.memory_directory() if storage != "disk" else None
    if storage == "memory" and memory is None:
        raise ResourceError(
            f"no memory-backed directory with {directories.SMALLEST_MEMORY >> 20} MB free: looked at /dev/shm. "
            'Make it larger (docker run --shm-size=1g), or use storage="auto".'
        )
    run = Run(base / name, memory / f"{_mark_of(base)}{name}" if memory else base / name / "data")
    # Else a sweep could meet the run between the making of its lock file and the locking of it.
    with locked(base / _LOCK, purpose="make a directory for a run"):
        run.path.mkdir(mode=0o711 if user else 0o700)
        lock = try_lock(run.lock)
        if lock is None:
            raise ResourceError(f"somebody else locked {run.lock} as soon as it was made: who writes to {base}?")
        try:
            (run.path / "data-at").write_text(
                str(run.data), encoding="utf-8"
            )  # before the data: else nobody sweeps them
            for directory in (run.data, run.sockets):
                directory.mkdir(mode=0o700)
                if user:
                    os.chown(directory, user.uid, user.gid)
        except BaseException:  # an interrupt too
            discard(run, lock)
            raise
    return run, lock


def discard(run: Run, lock: int) -> None:
    """Remove a run that never got a supervisor."""
    _remove(run.data)
    _remove(run.path)
    os.close(lock)


def signpost(kind: str, words: str) -> Path:
    """The file through which processes that ask for the same thing find its run; it is also their lock.

    Args:
        kind: which server.
        words: what makes it the same thing.
    """
    mark = hashlib.sha256(f"{kind}\0{words}".encode()).hexdigest()[:12]
    return directories.runs_directory() / f"{_SIGNPOST}{mark}"


def sweep() -> list[Path]:
    """Remove what killed runs of this user have left: processes, directories, shared memory.

    Returns:
        The directories that were removed.
    """
    base = directories.runs_directory()
    with locked(base / _LOCK, purpose="remove what killed runs have left"):
        runs = [path for path in base.iterdir() if path.is_dir() and path.name != directories.TEMPORARY_CACHE]
        swept = [path for path in runs if _sweep(path)]
        for post in base.glob(f"{_SIGNPOST}*"):
            _remove_stale(post)
        for orphan in directories.MEMORY.glob(f"{_mark_of(base)}*"):
            # Its run went without it: a run's own directory is always made before its data and removed after them.
            if not (base / orphan.name.removeprefix(_mark_of(base))).exists():
                _remove(orphan)
                swept.append(orphan)
    return swept


def _sweep(path: Path) -> bool:
    try:
        lock = try_lock(path / "lock")
    except FileNotFoundError:  # its supervisor has just removed it
        return False
    if lock is None:
        return False
    try:
        with contextlib.suppress(FileNotFoundError):
            run = Run.at(path)
            if not _end_leftovers(run):
                return False
            processes.release_shared_memory(str(run.data))
            _remove(run.data)
        _remove(path)
        logger.info("removed %s, left by a run that was killed", path)
    finally:
        os.close(lock)
    return True


def _remove_stale(post: Path) -> None:
    """Remove a signpost that leads nowhere and that nobody is about to use."""
    lock = try_lock(post)
    if lock is not None:
        name = os.pread(lock, 255, 0).decode()
        if not name or not (post.parent / name).exists():
            post.unlink(missing_ok=True)
        os.close(lock)


def _end_leftovers(run: Run) -> bool:
    victims = processes.working_in(str(run.data))
    with contextlib.suppress(FileNotFoundError, ValueError):
        pid, mark = (run.path / "server.pid").read_text(encoding="ascii").split(maxsplit=1)
        if processes.started_at(int(pid)) == mark.strip():  # else the number belongs to somebody else by now
            victims += processes.family(int(pid))
    if victims and not processes.kill(victims):
        # No reason to fail a run that has nothing to do with it; the next one tries again.
        logger.warning("processes %s, left by a killed run in %s, do not end: end them by hand", victims, run.path)
        return False
    return True


def _mark_of(base: Path) -> str:
    """How the data of the runs below this directory begin, apart from those of another TMPDIR."""
    return f"accord-{os.getuid()}-{hashlib.sha256(os.fsencode(base)).hexdigest()[:6]}-"


def _remove(directory: Path) -> None:
    assert directory.is_absolute()  # noqa: S101 - a relative one would be the user's own, from wherever we are
    shutil.rmtree(directory, ignore_errors=True)
