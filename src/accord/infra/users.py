"""Which user a server runs as: PostgreSQL refuses to run as root, so root steps down to ``nobody``."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class ServerUser:
    """A user without rights, by the kernel's numbers."""

    name: str
    uid: int
    gid: int

    def may_pass(self, directory: Path) -> bool:
        """Whether this user, in no other group, gets into the directory and every one above it."""
        directory = directory.resolve()
        return all(self._may_enter(each) for each in (directory, *directory.parents))

    def _may_enter(self, directory: Path) -> bool:
        try:
            found = directory.stat()
        except OSError:
            return False
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        return bool(found.st_mode & (stat.S_IXGRP if found.st_gid == self.gid else stat.S_IXOTH))


def server_user() -> ServerUser | None:
    """Whom a server must run as: None for this process's own user, ``nobody`` when that is root.

    Raises:
        ResourceError: this is root, and there is no such user.
    """
    if os.getuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise ResourceError(
            "PostgreSQL does not run as root, and this machine has no user `nobody` to run it as. "
            "Add one (adduser -S nobody), or run the tests as another user."
        ) from None
    return ServerUser("nobody", nobody.pw_uid, nobody.pw_gid)
