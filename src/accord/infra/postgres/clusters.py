"""The data directory every server starts from: made by initdb once, cached, and copied for each run.

initdb takes a third of a second and more; a copy of what it makes takes a hundredth.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError
from accord.infra import directories
from accord.infra.locks import locked

if TYPE_CHECKING:
    from pathlib import Path

    from accord.infra.postgres.binaries import Binaries
    from accord.infra.users import ServerUser

SUPERUSER = "postgres"
FORMAT = "3"  # raise it when what prepare() does changes, so that nobody starts from an old template
_BUILTIN_LOCALE = 17  # the first version whose C.UTF-8 does not depend on the machine
_KEPT_UNUSED = 30 * 86400  # seconds before a template that nothing uses is removed
_LINUX = sys.platform.startswith("linux")
_BLOCK = 1 << 20  # bytes
_COPIERS = 2  # threads: more gain nothing, most of the time goes to the kernel's directory locks


def environment() -> dict[str, str]:
    """What PostgreSQL's programs get: this process's environment, without what would change how they behave."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "LC_")) and name not in {"LANG", "LANGUAGE", "TZ"}
    }
    return clean | {"LC_ALL": "C"}  # messages in English (they are read), and macOS needs some valid locale


def prepare(binaries: Binaries, data: Path, *, user: ServerUser | None) -> None:
    """Fill an empty directory with a fresh cluster.

    Args:
        binaries: which PostgreSQL.
        data: the empty directory, which belongs to the server's user.
        user: whom the server runs as; None for this process's user.

    Raises:
        ResourceError: initdb failed, or the cache cannot be used.
    """
    options = _options(binaries)
    key = hashlib.sha256("\0".join([FORMAT, binaries.fingerprint, *options]).encode()).hexdigest()[:12]
    cache = directories.cache_directory() / "postgres"
    template = cache / f"cluster-{binaries.version}-{key}"
    if _is_complete(template):
        os.utime(template)
        copy(template, data, user)
        return
    cache.mkdir(parents=True, exist_ok=True)
    with locked(template.with_name(f"{template.name}.lock"), purpose="make the PostgreSQL template directory"):
        if _is_complete(template):  # made by another process while this one waited
            copy(template, data, user)
            return
        _initdb(binaries, options, data, user)
        fresh = template.with_name(f"{template.name}.new")
        for leftover in (fresh, template):
            shutil.rmtree(leftover, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        copy(data, fresh, None)
        fresh.rename(template)
        _remove_unused(cache)


def _is_complete(template: Path) -> bool:
    return (template / "global" / "pg_control").exists()


def _options(binaries: Binaries) -> list[str]:
    options = [f"--username={SUPERUSER}", "--auth=trust", "--no-sync", "--no-instructions", "--encoding=UTF8"]
    options += ["--wal-segsize=1"]  # MB, not 16: less to copy
    if binaries.major >= _BUILTIN_LOCALE:
        return [*options, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [*options, "--locale=C.UTF-8" if _LINUX else "--locale=C"]


def _initdb(binaries: Binaries, options: list[str], data: Path, user: ServerUser | None) -> None:
    done = _run([binaries.initdb, "-D", data, *options], data, user)
    if done.returncode:
        hint = ""
        if "could not look up effective user ID" in done.stdout:  # a container run with a bare --user number
            hint = f"\nGive the user a name: echo 'tests:x:{os.getuid()}:{os.getgid()}::/tmp:/bin/sh' >> /etc/passwd"
        raise ResourceError(
            f"{binaries.initdb} could not make a data directory in {data} (exit code {done.returncode}). "
            f"It said:\n{done.stdout.strip()}{hint}"
        )
    trimmer = binaries.folder / "pg_resetwal"
    if trimmer.exists():  # leaves 1 MB of log instead of 7; nothing is lost if it fails, for it checks before it writes
        _run([trimmer, "-D", data], data, user)
    _remove_maps(data)


def _remove_maps(data: Path) -> None:
    """Remove the maps of free space and of visible pages: every database made from here has a fifth less to copy.

    They are hints, which the server goes without and makes again where it wants them; none runs on these files now.
    """
    for kind in ("fsm", "vm"):
        for file in data.glob(f"base/*/*_{kind}"):
            file.unlink()


def _run(command: list[Path | str], directory: Path, user: ServerUser | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=directory,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )


def copy(source: Path, target: Path, owner: ServerUser | None) -> None:
    """Copy all that is in one directory into another, which exists; several files at a time.

    Args:
        source: a data directory no server uses.
        target: an empty directory.
        owner: whom the copies belong to; None for this process's user.
    """
    files: list[tuple[str, str]] = []
    _make_folders(str(source), str(target), owner, files)
    failures: list[OSError] = []

    def copy_share(share: list[tuple[str, str]]) -> None:
        try:
            for each in share:
                _copy_file(*each, owner)
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=copy_share, args=(files[start::_COPIERS],)) for start in range(_COPIERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise ResourceError(
            f"cannot copy {source} to {target}: {failures[0]}. Is there room? About 40 MB are needed."
        ) from failures[0]


def _make_folders(source: str, target: str, owner: ServerUser | None, files: list[tuple[str, str]]) -> None:
    with os.scandir(source) as entries:
        for entry in entries:
            path = f"{target}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                os.mkdir(path, 0o700)  # noqa: PTH102 - a thousand Path objects take as long as the copies
                if owner:
                    os.chown(path, owner.uid, owner.gid)
                _make_folders(entry.path, path, owner, files)
            else:
                files.append((entry.path, path))


def _copy_file(source: str, target: str, owner: ServerUser | None) -> None:
    reading = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    try:
        writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            if _LINUX:
                while os.sendfile(writing, reading, None, _BLOCK):  # within the kernel
                    pass
            while not _LINUX and (block := os.read(reading, _BLOCK)):
                if os.write(writing, block) < len(block):  # a full disk may take a part and say nothing
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), target)
            if owner:
                os.fchown(writing, owner.uid, owner.gid)
        finally:
            os.close(writing)
    finally:
        os.close(reading)


def _remove_unused(cache: Path) -> None:
    """Remove templates that nothing has started from for a month: each new PostgreSQL version leaves one."""
    oldest = time.time() - _KEPT_UNUSED
    for template in cache.glob("cluster-*"):
        if template.is_dir() and template.stat().st_mtime < oldest:
            shutil.rmtree(template, ignore_errors=True)
