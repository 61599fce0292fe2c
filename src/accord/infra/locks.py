"""One at a time, across processes and threads, by a lock the kernel releases however its holder ends."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONGEST_PAUSE = 0.02  # seconds between two tries


def try_lock(path: Path) -> int | None:
    """Lock a file, creating it.

    Returns:
        The open descriptor that holds the lock (close it to let go), or None when someone else holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The one who held it may have removed the file: then this lock is on nothing anybody else will see.
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


@contextmanager
def locked(path: Path, *, purpose: str, timeout: float = 180.0) -> Iterator[int]:
    """Hold the lock on a file while the block runs.

    Args:
        path: the lock file; made if it is not there, and left there.
        purpose: what is done meanwhile, for the message.
        timeout: how long to wait for whoever holds it, in seconds.

    Yields:
        The open descriptor, which may be read and written.

    Raises:
        ResourceError: somebody else held it all the time.
    """
    deadline = time.monotonic() + timeout
    pause = 0.001
    while (descriptor := try_lock(path)) is None:
        if time.monotonic() > deadline:
            raise ResourceError(
                f"waited {timeout:g} s to {purpose}, but another process holds {path}. "
                f"See who does with `fuser {path}`; end it if it hangs, and run again."
            )
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
