"""Whether a host is part of the run: this machine, or one that a resource of the run lives on."""

from __future__ import annotations

import ipaddress
import os
import socket

from accord.suite.guards.guard import GUARD

_LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback", "0.0.0.0", "::", "")  # noqa: S104 - names that are compared, nothing listens
_seen: dict[str, bool] = {}


def is_outside(host: object) -> bool:
    """Whether a host is neither this machine nor allowed.

    Args:
        host: a name or an address as sockets take it; None means any address of this machine.
    """
    if host is None:
        return False
    name = (os.fsdecode(host) if isinstance(host, bytes) else str(host)).lower().rstrip(".")
    if name in GUARD.allowed_hosts or name in _LOCAL_NAMES or name.endswith(".localhost"):
        return False
    if name not in _seen:
        with GUARD.suspended():
            _seen[name] = not _is_this_machine(name)
    return _seen[name] and not _is_address_of_allowed(name)


def _is_this_machine(name: str) -> bool:
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return name in {socket.gethostname().lower(), socket.gethostname().lower().partition(".")[0]}
    if address.is_loopback:
        return True
    # An address can be bound exactly if it belongs to this machine; no list of interfaces is needed.
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IP's versions
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((name, 0))
        except OSError:
            return False
    return True


def _is_address_of_allowed(name: str) -> bool:
    """Whether it is the address that an allowed name stands for: connections are made to addresses."""
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    for allowed in GUARD.allowed_hosts:
        with GUARD.suspended():
            try:
                found = socket.getaddrinfo(allowed, None)
            except OSError:
                continue
        if any(entry[4][0] == name for entry in found):
            return True
    return False
