"""What a service has mounted: its data, in memory or not, and files to fill it from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from accord.core.errors import UsageError

_LOCAL = (".", "/", "~")  # how a path of this machine begins; anything else names a volume


@dataclass(frozen=True)
class Mount:
    """One mount.

    Attributes:
        kind: ``bind``, ``volume`` or ``tmpfs``.
        source: the absolute path here of a ``bind``; else empty.
        target: the path inside.
    """

    kind: str
    source: str
    target: PurePosixPath


def read_mounts(volumes: Any, tmpfs: Any, *, folder: Path, where: str) -> list[Mount]:
    """The mounts of a service.

    Args:
        volumes: of the key of that name.
        tmpfs: of the key of that name.
        folder: what paths are relative to.
        where: the service, for messages.

    Raises:
        UsageError: they are no mounts.
    """
    if not isinstance(volumes, list | None):
        raise UsageError(f"{where}.volumes: expected a list, seen {volumes!r}")
    found = [_mount(each, folder, f"{where}.volumes[{number}]") for number, each in enumerate(volumes or [])]
    for number, each in enumerate([tmpfs] if isinstance(tmpfs, str) else tmpfs or []):
        if not isinstance(each, str) or not each.startswith("/"):
            raise UsageError(f"{where}.tmpfs[{number}]: expected a path inside such as /data, seen {each!r}")
        found.append(Mount("tmpfs", "", PurePosixPath(each.partition(":")[0])))
    return found


def _mount(value: Any, folder: Path, where: str) -> Mount:
    if isinstance(value, dict):
        kind, source, target = value.get("type") or "volume", value.get("source") or "", value.get("target")
    else:
        parts = value.split(":") if isinstance(value, str) else []
        source, target = (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0] if parts else None)
        kind = "bind" if source.startswith(_LOCAL) else "volume"
    if not isinstance(target, str) or not target.startswith("/") or kind not in {"bind", "volume", "tmpfs"}:
        raise UsageError(f"{where}: expected a mount such as ./folder:/inside, seen {value!r}")
    path = str((folder / Path(source).expanduser()).absolute()) if kind == "bind" else ""
    return Mount(kind, path, PurePosixPath(target))
