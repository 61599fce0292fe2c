"""Addresses of servers: read from URLs, shown without passwords, refused where others depend on them."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

_MARKS = re.compile(r"(?<![a-z0-9])(?:staging|stage|production|prod|live)(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """Where a server is, and how to get in.

    Attributes:
        url: as it was given, password and all: for connecting, not for logs.
        host: its name or number.
        port: its TCP port.
        user: who connects; empty where nobody is named.
        password: that user's.
        path: what comes after the host, without the slash: a database, a virtual host.
        encrypted: whether TLS is spoken.
    """

    url: str
    host: str
    port: int
    user: str = ""
    password: str = ""
    path: str = ""
    encrypted: bool = False

    @property
    def shown(self) -> str:
        """The URL without the password, for messages and logs."""
        return without_password(self.url)


def read(url: str, *, title: str, schemes: dict[str, tuple[int, bool]], refused_hosts: Collection[str] = ()) -> Address:
    """Read a URL, and refuse what tests must not touch.

    Args:
        url: ``scheme://user:password@host:port/path``; also ``host:port``.
        title: which server, for messages.
        schemes: the schemes it may have, each with its usual port and whether it is encrypted; the first where the URL
            has none.
        refused_hosts: hosts that must not be used, beside those that are called staging or production; ``*`` stands
            for any part of a name.

    Raises:
        UsageError: it is no such URL, or its server must not be used.
    """
    full = url if "://" in url else f"{next(iter(schemes))}://{url}"
    parts = urlsplit(full)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in schemes or not parts.hostname or port == -1:
        expected = " or ".join(f"{scheme}://host:port" for scheme in schemes)
        raise UsageError(f"{without_password(url)!r} is no URL of {title}; expected {expected}")
    usual, encrypted = schemes[parts.scheme]
    address = Address(
        url=full,
        host=parts.hostname,
        port=port or usual,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        path=unquote(parts.path[1:]),
        encrypted=encrypted,
    )
    _refuse(address, refused_hosts)
    return address


def without_password(url: str) -> str:
    """The URL with ``***`` for its password."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    user, _, host = parts.netloc.rpartition("@")
    name, separator, _ = user.partition(":")
    return urlunsplit(parts._replace(netloc=f"{name}{separator and ':***'}@{host}"))


def _refuse(address: Address, refused_hosts: Collection[str]) -> None:
    for name in (address.host, address.path):
        if found := _MARKS.search(name):
            raise UsageError(
                f"{address.shown} is refused for tests: {found[0]!r} in {name!r} marks a server that others depend on. "
                "Tests make and delete what they like; name a server that is there for them."
            )
    for pattern in refused_hosts:
        if fnmatch.fnmatchcase(address.host.lower(), pattern.lower()):
            raise UsageError(
                f"{address.shown} is refused for tests: the configuration lists {pattern!r} among refused_hosts. "
                "Name a server that is there for tests."
            )
