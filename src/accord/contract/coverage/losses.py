"""What could not be noted: counted, and told in a file whose room was taken while there was some.

A full disk is the likeliest reason why a note is lost, and then nothing new can be written either.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROOM = 16384
_MOST_KINDS = 10  # that have room, with the longest names and reasons: a character may take six bytes in JSON
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class LostNotes:
    """Calls or messages between two that could not be noted.

    Attributes:
        consumer: who called or reads.
        provider: who was called or publishes.
        why: the error.
        times: how many.
    """

    consumer: str
    provider: str
    why: str
    times: int


class LossFile:
    """The losses of one recorder. Not safe with threads: its owner locks.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._file: int | None = None

    def open(self) -> None:
        """Take room for what may have to be told, if there is any, and tell what was counted before."""
        self.close()
        with contextlib.suppress(OSError):
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.pwrite(self._file, b" " * _ROOM, 0)
        self.tell()

    def count(self, consumer: str, provider: str, why: str, times: int = 1) -> None:
        """Count, and tell if that can be done."""
        key = (_short(consumer), _short(provider), _short(why))
        if key not in self._counts and len(self._counts) >= _MOST_KINDS:
            key = ("…", "…", "further reasons")
        self._counts[key] += times
        self.tell()

    def tell(self) -> None:
        """Write down what was counted, in place of what was written before."""
        if self._counts and self._file is not None:
            line = json.dumps([[*key, times] for key, times in self._counts.items()], ensure_ascii=False)
            with contextlib.suppress(OSError):
                os.pwrite(self._file, line.encode("utf-8", "backslashreplace").ljust(_ROOM), 0)

    def untold(self) -> list[LostNotes]:
        """What nobody can read in the file."""
        counted = [LostNotes(*key, times) for key, times in self._counts.items()]
        with contextlib.suppress(OSError, DocumentError):
            return [] if list(_read(self.path)) == counted else counted
        return counted

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
        self._file = None


def read_losses(place: Path) -> list[LostNotes]:
    """All losses told beside a file of notes, or in a folder and below it.

    Raises:
        DocumentError: a file cannot be read; names it.
    """
    files = [place.with_suffix(".lost")] if place.is_file() else sorted(place.rglob("*.lost"))
    return [loss for file in files if file.exists() for loss in _read(file)]


def _short(text: object) -> str:
    """Names come from watched services, which must not feel it where one is no text."""
    return text[:_LONGEST] if isinstance(text, str) else "?"


def _read(file: Path) -> Iterator[LostNotes]:
    try:
        for consumer, provider, why, times in json.loads(file.read_bytes().strip() or b"[]"):
            yield LostNotes(str(consumer), str(provider), str(why), int(times))
    except (OSError, TypeError, ValueError, RecursionError) as error:
        raise DocumentError(f"tells no lost notes ({error})", source=str(file)) from None
