"""What goes past Python's audit events: drivers in C that open connections themselves, processes that spawn.

Each is a function that gets the module it is about and returns what to put in place of some of its names.
Not seen, because nothing of them is Python: librdkafka (confluent-kafka) and pycurl.
"""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any

from accord.suite.guards.guard import GUARD
from accord.suite.guards.hosts import is_outside

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

_CONNINFO_HOST = re.compile(r"(?:^|\s)host(?:addr)?\s*=\s*('(?:[^'\\]|\\.)*'|\S+)")


def psycopg(module: ModuleType) -> dict[str, Any]:
    """``psycopg.generators``: the one place where connections begin, sync and async."""
    return {"connect": _before(module.connect, lambda conninfo, *_, **__: _database(str(conninfo)))}


def psycopg2(module: ModuleType) -> dict[str, Any]:
    """``psycopg2``: its ``connect`` calls this."""
    return {"_connect": _before(module._connect, lambda dsn, *_, **__: _database(str(dsn)))}  # noqa: SLF001 - there is no public place


def grpc(module: ModuleType) -> dict[str, Any]:
    """``grpc._channel``: every channel is one of these."""
    channel = module.Channel
    channel.__init__ = _before(channel.__init__, lambda _, target, *__, **___: _connection(_text(target)))
    return {}


def multiprocessing(module: ModuleType) -> dict[str, Any]:
    """``multiprocessing.process``: a process that is spawned is not reported, one that is forked is."""
    process = module.BaseProcess
    process.start = _before(process.start, lambda self: _process(f"starts a process of its own ({self.name})"))
    return {}


def dbm(module: ModuleType) -> dict[str, Any]:
    """``dbm``, and so ``shelve``."""

    def check(file: Any, *_: Any, **__: Any) -> None:
        if GUARD.forbidden is not None and "database" in GUARD.forbidden:
            GUARD.breach("database", f"opens the database file {_text(file)!r}")

    return {"open": _before(module.open, check)}


def uvloop(module: ModuleType) -> dict[str, Any]:
    """``uvloop``, whose sockets are libuv's."""
    loop = module.Loop

    def to_host(_: Any, __: Any = None, host: Any = None, *___: Any, **named: Any) -> None:
        _connection(_text(named.get("host", host) or ""))

    def to_anything(_: Any, *__: Any, **___: Any) -> None:
        _connection("localhost")

    def process(_: Any, __: Any = None, program: Any = "", *___: Any, **____: Any) -> None:
        _process(f"starts the process {_text(program)!r}")

    loop.create_connection = _before(loop.create_connection, to_host)
    loop.create_server = _before(loop.create_server, to_anything)
    loop.create_datagram_endpoint = _before(loop.create_datagram_endpoint, to_anything)
    loop.create_unix_connection = _before(loop.create_unix_connection, to_anything)
    loop.getaddrinfo = _before(loop.getaddrinfo, lambda _, host=None, *__, **___: _connection(_text(host or "")))
    loop.subprocess_exec = _before(loop.subprocess_exec, process)
    loop.subprocess_shell = _before(loop.subprocess_shell, process)
    return {}


def _before(function: Callable[..., Any], check: Callable[..., None]) -> Callable[..., Any]:
    @wraps(function)
    def checked(*arguments: Any, **named: Any) -> Any:
        if GUARD.forbidden is not None:
            check(*arguments, **named)
        return function(*arguments, **named)

    return checked


def _database(conninfo: str) -> None:
    """A connection by libpq: ``host=… port=…`` or a URL. Without a host it is a Unix socket of this machine."""
    found = _CONNINFO_HOST.search(conninfo)
    hosts = found[1].strip("'").split(",") if found else ["localhost"]
    for host in hosts:
        _connection("localhost" if host.startswith(("/", "@")) else host)


def _connection(target: str) -> None:
    """A connection to ``host``, ``host:port`` or a target of gRPC such as ``dns:///host:port``."""
    forbidden = GUARD.forbidden or frozenset()
    host = target.rpartition("/")[2] if "//" in target else target.removeprefix("ipv4:").removeprefix("dns:")
    if "network" in forbidden:
        GUARD.breach("network", f"connects to {host or 'this machine'}")
    name = (
        host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0] if host.count(":") == 1 else host
    )
    if "hosts" in forbidden and not target.startswith("unix:") and is_outside(name):
        GUARD.breach("hosts", f"connects to {host}, which is outside")


def _process(deed: str) -> None:
    if GUARD.forbidden is not None and "subprocess" in GUARD.forbidden:
        GUARD.breach("subprocess", deed)


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
