"""Files from the internet, by a list with checksums, kept in the user's cache: whole or not at all."""

from __future__ import annotations

import hashlib
import logging
import shutil
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError, ResourceMissingError
from accord.infra.locks import locked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

logger = logging.getLogger(__name__)

_TIMEOUT = 30.0  # seconds without a byte
_LOCK_TIMEOUT = 900.0  # seconds: somebody else may be downloading over a slow line
_AT_ONCE = 4  # files
_BLOCK = 1 << 16  # bytes
_COMPLETE = "complete"  # in the folder, once all is there


@dataclass(frozen=True)
class Wanted:
    """One file.

    Attributes:
        sha256: its checksum, in hexadecimal digits.
        size: in bytes.
        path: below the place it is fetched from.
    """

    sha256: str
    size: int
    path: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


def read_list(text: str) -> list[Wanted]:
    """The files of a list: a line for each, lines with ``#`` left out."""
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return [Wanted(checksum, int(size), path) for checksum, size, path in rows]


def are_here(folder: Path) -> bool:
    """Whether a folder has been fetched, whole."""
    return (folder / _COMPLETE).exists()


def fetch(wanted: Sequence[Wanted], folder: Path, *, base: str, what: str) -> None:
    """Fetch files into a folder, unless they are there. Of several processes one does, the others wait.

    Args:
        wanted: the files; their paths' last parts are their names in the folder.
        folder: where to; made if it is not there, and never seen half full.
        base: the URL they lie below.
        what: for people: what is fetched.

    Raises:
        ResourceMissingError: the place cannot be reached.
        ResourceError: a file is not what it should be, or cannot be written.
    """
    if are_here(folder):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_name(f"{folder.name}.lock"), purpose=f"fetch {what}", timeout=_LOCK_TIMEOUT):
        if are_here(folder):  # fetched by somebody else while we waited
            return
        fresh = folder.with_name(f"{folder.name}.new")
        for leftover in (fresh, folder):  # of one that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        fresh.mkdir()
        total = sum(each.size for each in wanted)
        logger.info("fetching %s: %d files, %d MB, from %s", what, len(wanted), total >> 20, base)
        try:
            with _progress(what, total) as advance, ThreadPoolExecutor(_AT_ONCE) as pool:
                list(pool.map(lambda each: _fetch_one(each, fresh, base, advance), wanted))
            (fresh / _COMPLETE).touch()
            fresh.rename(folder)
        except OSError as error:
            raise ResourceError(f"{what} cannot be kept in {folder}: {error}. {total >> 20} MB are needed.") from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _fetch_one(wanted: Wanted, folder: Path, base: str, advance: Callable[[int], None]) -> None:
    url = f"{base.rstrip('/')}/{wanted.path}"
    seen, received = hashlib.sha256(), 0
    with (folder / wanted.name).open("wb") as file:
        for block in _blocks(url):
            received += len(block)
            if received > wanted.size:
                break
            seen.update(block)
            file.write(block)
            advance(len(block))
    if received != wanted.size or seen.hexdigest() != wanted.sha256:
        raise ResourceError(
            f"{url} is not what it should be: {wanted.size} bytes with SHA-256 {wanted.sha256} were expected, and "
            f"{received} with {seen.hexdigest()} came. Nothing was kept. Something between here and there changes "
            "files, or the place is another one."
        )


def _blocks(url: str) -> Iterator[bytes]:
    if not url.startswith(("https://", "http://")):
        raise ResourceError(f"{url} cannot be fetched: only http and https can")
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer:  # noqa: S310 - the scheme was looked at
            while block := answer.read(_BLOCK):
                yield block
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise ResourceMissingError(
            f"{url} cannot be fetched: {error}. Where this machine has no way there, name a mirror or put the files "
            "in place by hand: see docs/brokers.md."
        ) from error


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only who downloads pays for it
    from rich.progress import Progress  # noqa: PLC0415 - the same

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"Fetching {what}", total=total)
        yield lambda size: progress.advance(task, size)
