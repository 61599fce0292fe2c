"""Addresses as people write them: ``127.0.0.1:8001``, ``http://127.0.0.1:8001``, ``postgresql://…``."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from accord.core.errors import UsageError
from accord.faults.errors import FAILED, FaultProxyError

_PORTS = {"http": 80, "https": 443, "postgresql": 5432, "postgres": 5432, "nats": 4222, "redis": 6379, "valkey": 6379,
          "amqp": 5672, "amqps": 5671}  # fmt: skip
_LAST_PORT = 65_535


def split_address(address: str, what: str = "address") -> tuple[str, int]:
    """Host and port.

    Raises:
        FaultProxyError: it is no ``host:port``; status 500, as in Toxiproxy.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal() or not port.isascii():
        raise FaultProxyError(f"{what} {address[:100]!r} is not host:port", FAILED)
    if int(port) > _LAST_PORT:
        raise FaultProxyError(f"{what} {address[:100]!r}: invalid port", FAILED)
    return host.strip("[]"), int(port)


def joined(host: str, port: int) -> str:
    """``host:port``, with brackets around an IPv6 address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def upstream_of(target: str) -> str:
    """``host:port`` of a URL or an address.

    Raises:
        UsageError: there is none in it.
    """
    if "://" not in target:
        host, port = split_address(target, "the address")
        return joined(host or "127.0.0.1", port)
    parts = urlsplit(target)
    try:
        found = parts.port or _PORTS.get(parts.scheme.partition("+")[0])
    except ValueError:
        found = None
    if not parts.hostname or found is None:
        raise UsageError(
            f"A link needs an address with host and port; {_without_password(target)!r} has none. "
            "Write http://127.0.0.1:8001 or 127.0.0.1:8001."
        )
    return joined(parts.hostname, found)


def through(target: str, address: str) -> str:
    """The same URL, or address, by way of another host and port."""
    if "://" not in target:
        return address
    parts = urlsplit(target)
    account, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{account}{at}{address}"))


def _without_password(target: str) -> str:
    parts = urlsplit(target)
    account, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{account.partition(':')[0]}{at}{host}", query=""))
