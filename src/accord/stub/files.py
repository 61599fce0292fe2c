"""The server's folder: ``mappings`` and ``__files``; in memory where there is none. Nothing outside it is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from accord.core.documents import read_json_file, read_yaml_file
from accord.core.errors import AccordError, UsageError

MAPPINGS, FILES = "mappings", "__files"
_SUFFIXES = (".json", ".yaml", ".yml")
_MOST_CACHED = 8 * 1024 * 1024  # bytes of one file that is kept in memory
_MOST_IN_ALL = 32 * 1024 * 1024


class FileMissingError(AccordError):
    """There is no such file below ``__files``."""


class Files:
    """Body files and mapping files.

    Args:
        root: the folder that has ``mappings`` and ``__files``; None keeps files in memory.
    """

    def __init__(self, root: Path | None) -> None:
        self.root = None if root is None else root.resolve()
        self._memory: dict[str, bytes] = {}
        self._cache: dict[Path, tuple[tuple[int, int], bytes]] = {}
        self._cached = 0

    def read(self, name: str) -> bytes:
        """A file's bytes.

        Raises:
            FileMissingError: there is none.
            UsageError: the name leads out of the folder.
        """
        path = self._path(name)
        if path is None:
            if name not in self._memory:
                raise FileMissingError(f"Not found in blob store: {name}")
            return self._memory[name]
        try:
            stat = path.stat()
            stamp = stat.st_mtime_ns, stat.st_size
            known = self._cache.get(path)
            if known is not None and known[0] == stamp:
                return known[1]
            data = path.read_bytes()
        except OSError as error:
            raise FileMissingError(f"Not found in blob store: {name} ({error.strerror} in {self.root})") from None
        if len(data) <= _MOST_CACHED:
            self._keep(path, stamp, data)
        return data

    def _keep(self, path: Path, stamp: tuple[int, int], data: bytes) -> None:
        """Keep a file in memory, by the path it really has: names for it there are without number."""
        old = self._cache.pop(path, None)
        self._cached += len(data) - (len(old[1]) if old else 0)
        if self._cached > _MOST_IN_ALL:
            self._cache.clear()
            self._cached = len(data)
        self._cache[path] = (stamp, data)

    def write(self, name: str, data: bytes) -> None:
        """Write a file, and the folders on the way.

        Raises:
            UsageError: the name leads out of the folder, or is none.
        """
        path = self._path(name)
        if path is None:
            self._memory[name] = data
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def delete(self, name: str) -> None:
        """Delete a file; one that is not there is fine."""
        path = self._path(name)
        if path is None:
            self._memory.pop(name, None)
        else:
            path.unlink(missing_ok=True)

    def names(self) -> list[str]:
        """All files below ``__files``."""
        if self.root is None:
            return sorted(self._memory)
        folder = self.root / FILES
        return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())

    def _path(self, name: str) -> Path | None:
        """Where a file lies; checked the same way where files are in memory."""
        folder = ((self.root or Path("/")) / FILES).resolve()
        path = (folder / name.lstrip("/")).resolve()
        if not name or "\0" in name or path == folder or not path.is_relative_to(folder):
            raise UsageError(f"Access to file {name!r} is not permitted: it must lie below {folder}")
        return None if self.root is None else path

    def mapping_files(self) -> list[Path]:
        """The files below ``mappings``, in the order of their names."""
        if self.root is None:
            return []
        return sorted(each for each in (self.root / MAPPINGS).rglob("*") if each.suffix.lower() in _SUFFIXES)

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """What changes when a mapping file does."""
        found = []
        for each in self.mapping_files():
            try:
                stat = each.stat()
            except OSError:  # gone meanwhile
                continue
            found.append((str(each), stat.st_mtime_ns, stat.st_size))
        return tuple(found)

    def read_mappings(self, path: Path) -> list[Any]:
        """The mappings of one file, which has one or ``{"mappings": […]}``.

        Raises:
            DocumentError: it cannot be read.
        """
        document = read_json_file(path) if path.suffix.lower() == ".json" else read_yaml_file(path)
        if isinstance(document, dict) and isinstance(document.get("mappings"), list):
            return list(document["mappings"])
        return [document]

    def mapping_path(self, name: str) -> Path:
        """Where a mapping is to be written.

        Raises:
            UsageError: the server has no folder.
        """
        if self.root is None:
            raise UsageError("the server has no folder to keep mappings in; start it with --root DIR")
        folder = self.root / MAPPINGS
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name
