"""A file that lines are added to: each is whole or not there, and what became of the file is noticed."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class LineFile:
    """Not safe with threads: its owner locks.

    Args:
        path: of the file; made when it is opened, its folder too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None
        self._was_open = False

    @property
    def is_open(self) -> bool:
        """Whether lines can be added."""
        return self._file is not None

    @property
    def is_gone(self) -> bool:
        """Whether it is open, and nobody will find what is in it: file or folder was removed."""
        return self._file is not None and os.fstat(self._file).st_nlink == 0

    def open(self) -> int:
        """Open it; gives its descriptor.

        A folder that was removed comes again only where the one that it was in is still there: a process that lives
        longer than its run leaves nothing behind.

        Raises:
            OSError: that is not possible.
        """
        self.path.parent.mkdir(parents=not self._was_open, exist_ok=True)
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._was_open = True
        return self._file

    def add(self, line: bytes) -> None:
        """Add a line; opens the file if need be.

        Raises:
            OSError: it cannot be written; no part of it is left.
        """
        file = self._file if self._file is not None else self.open()
        before = os.fstat(file).st_size
        try:
            while line:
                line = line[os.write(file, line) :]
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(file, before)
            raise

    def close(self) -> None:
        """Close it; it may be opened again."""
        if self._file is not None:
            os.close(self._file)
        self._file = None
