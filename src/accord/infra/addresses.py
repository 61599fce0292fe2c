"""Addresses of servers: read from URLs, shown without passwords, refused where others depend on them."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

_USER = r"(?P<before>^(?:[\w+.-]*://)?+[^/?#@:]*:)"
_PASSWORDS = (
    re.compile(_USER + r"[^/?#]*@"),
    re.compile(_USER + r".*@"),  # a password that should have been quoted
)
_SECRET = re.compile(
    r"(?P<before>\w*(?:passw(?:or)?d|passphrase|secret|token)\w*\s*=\s*)(?:'[^']*'|[^&;#\s]*)", re.IGNORECASE
)
_NO_HOST = re.compile(r"[\s='\"]")  # libpq's host=… user=…, and slips of the pen
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

    url: str = field(repr=False)  # a failing test prints the arguments of the functions it went through
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
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
    __tracebackhide__ = True  # pytest would print the arguments, password and all
    try:
        parts = urlsplit(full)
        host, port = parts.hostname, parts.port
    except ValueError:  # brackets that do not match, a port that is no number
        host = None
    if not host or _NO_HOST.search(host) or parts.scheme not in schemes:
        expected = " or ".join(f"{scheme}://host:port" for scheme in schemes)
        raise UsageError(f"{without_password(url)!r} is no URL of {title}; expected {expected}")
    usual, encrypted = schemes[parts.scheme]
    address = Address(
        url=full,
        host=host,
        port=port or usual,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        path=unquote(parts.path[1:]),
        encrypted=encrypted,
    )
    _refuse(address, refused_hosts)
    return address


def without_password(url: str) -> str:
    """The URL with ``***`` for its password, and for whatever a parameter calls a password, a secret or a token.

    Takes any text, for what is no URL is shown too, in the message that says so; also libpq's ``password=… host=…``.
    """
    for password in _PASSWORDS:
        shown, found = password.subn(r"\g<before>***@", url)
        if found:
            break
    return _SECRET.sub(r"\g<before>***", shown)


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
