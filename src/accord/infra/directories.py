"""Where things lie on this machine: the cache that stays, the runs that do not, and memory-backed storage."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

from accord.core.errors import ResourceError

logger = logging.getLogger(__name__)

LONGEST_SOCKET_PATH = 103  # bytes; macOS allows 103, Linux 107
_ROOM_FOR_NAMES = len("/pg-12345678/s/.s.PGSQL.65535")  # what comes below the runs' directory, see runs
MEMORY = Path("/dev/shm")  # noqa: S108 - memory-backed on Linux; what is made in it has a random name and mode 0700
TEMPORARY_CACHE = "cache"  # below the runs' directory, when there is no better place
SMALLEST_MEMORY = 256 * 1024 * 1024  # bytes that must be free: containers often get 64 MB, which a test suite fills


def cache_directory() -> Path:
    """Where templates and copies of installations are kept between runs, per user; made if it is not there.

    ``ACCORD_CACHE_DIR`` names it; else it is the platform's usual place. When the usual place cannot be written, a
    directory beside the runs serves instead, which the machine may clear.

    Raises:
        ResourceError: the place that ``ACCORD_CACHE_DIR`` names cannot be written.
    """
    if chosen := os.environ.get("ACCORD_CACHE_DIR"):
        directory = Path(chosen).expanduser().absolute()
        if problem := _problem_with(directory):
            raise ResourceError(
                f"the cache directory {directory} cannot be used: {problem}. It comes from ACCORD_CACHE_DIR: "
                "name a directory this user may write, or unset it to use the usual one."
            )
        return directory
    directory = _usual_cache_directory()
    if problem := _problem_with(directory):
        logger.warning("the cache directory %s cannot be used (%s): using a temporary one", directory, problem)
        directory = runs_directory() / TEMPORARY_CACHE
        directory.mkdir(exist_ok=True)
    return directory


def _usual_cache_directory() -> Path:
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() raises where there is no home, as in containers
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "accord"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "accord"


def _problem_with(directory: Path) -> str | None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return str(error)
    return None if os.access(directory, os.W_OK | os.X_OK) else "it is not writable"


def runs_directory() -> Path:
    """Where the runs of this user lie, in a short path (a Unix socket allows 103 bytes); made if it is not there.

    Raises:
        ResourceError: somebody else owns the directory of that name, or all places are too deep or not writable.
    """
    problems = []
    for parent in dict.fromkeys([tempfile.gettempdir(), "/tmp"]):  # noqa: S108 - ownership and mode are checked below
        directory = Path(parent).absolute() / f"accord-{os.getuid()}"
        if len(os.fsencode(directory)) + _ROOM_FOR_NAMES > LONGEST_SOCKET_PATH:
            problems.append(f"{directory} is too deep for a Unix socket ({LONGEST_SOCKET_PATH} bytes)")
        elif problem := _make_private(directory):
            problems.append(f"{directory}: {problem}")
        else:
            return directory
    raise ResourceError(
        f"there is no place for a run: {'; '.join(problems)}. Set TMPDIR to a short, writable directory of this user."
    )


def _make_private(directory: Path) -> str | None:
    # Root lets others pass through, not look in: the server runs as somebody else and must reach its own part below.
    mode = 0o711 if os.getuid() == 0 else 0o700
    try:
        directory.mkdir(mode=mode, exist_ok=True)
        found = directory.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            return "somebody else made it; what lies in it cannot be trusted"
        if stat.S_IMODE(found.st_mode) != mode:
            directory.chmod(mode)
    except OSError as error:
        return str(error)
    return None


def memory_directory() -> Path | None:
    """The memory-backed directory, if there is one with enough room for a test suite."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK | os.X_OK):
        return None
    free = shutil.disk_usage(MEMORY).free
    if free < SMALLEST_MEMORY:
        logger.info("%s has %d MB free, less than %d: using the disk", MEMORY, free >> 20, SMALLEST_MEMORY >> 20)
        return None
    return MEMORY
