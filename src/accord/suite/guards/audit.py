"""What Python reports of itself (audit events, PEP 578): sockets, name look-ups, processes, database files.

Also what C libraries call is seen, as long as they go through Python; drivers that do not are in ``drivers``.
"""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING, Any

from accord.suite.guards.guard import GUARD

if TYPE_CHECKING:
    from collections.abc import Callable

_NETWORKS = {int(socket.AF_INET), int(socket.AF_INET6)}


def install() -> None:
    """Listen to audit events from now on; once per process, for a hook cannot be removed."""
    if not _INSTALLED:
        _INSTALLED.append(True)
        sys.addaudithook(_hook)


_INSTALLED: list[bool] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    forbidden = GUARD.forbidden
    if forbidden is None:
        return
    check = _CHECKS.get(event)
    if check is not None:
        check(arguments, forbidden)


def _is_outside(host: object) -> bool:
    """As ``hosts.is_outside``, which is loaded when a test first talks to somebody."""
    from accord.suite.guards import hosts  # noqa: PLC0415 - see above

    return hosts.is_outside(host)


def _new_socket(arguments: tuple[Any, ...], forbidden: frozenset[str]) -> None:
    _, family, _, _ = arguments
    # Unix sockets are left alone here: a pair of them is how asyncio wakes itself.
    if "network" in forbidden and int(family) in _NETWORKS:
        GUARD.breach("network", "opens a socket")


def _address(arguments: tuple[Any, ...], forbidden: frozenset[str], deed: str) -> None:
    _, address = arguments
    if "network" in forbidden:
        GUARD.breach("network", f"{deed} {_shown(address)}")
    elif "hosts" in forbidden and isinstance(address, tuple) and _is_outside(address[0]):
        GUARD.breach("hosts", f"{deed} {_shown(address)}, which is outside")


def _look_up(arguments: tuple[Any, ...], forbidden: frozenset[str]) -> None:
    host = arguments[0][0] if isinstance(arguments[0], tuple) else arguments[0]
    if "network" in forbidden:
        GUARD.breach("network", f"looks up the name {_text(host)!r}")
    elif "hosts" in forbidden and _is_outside(host):
        GUARD.breach("hosts", f"looks up the name {_text(host)!r}, which is outside")


def _process(deed: str) -> Callable[[tuple[Any, ...], frozenset[str]], None]:
    def check(arguments: tuple[Any, ...], forbidden: frozenset[str]) -> None:
        if "subprocess" in forbidden:
            program = f" {_text(arguments[0])!r}" if arguments and arguments[0] is not None else ""
            GUARD.breach("subprocess", f"{deed}{program}")

    return check


def _sqlite(arguments: tuple[Any, ...], forbidden: frozenset[str]) -> None:
    if "database" in forbidden:
        name = _text(arguments[0])
        if not (name in {":memory:", ""} or name.startswith("file::memory:") or "mode=memory" in name):
            GUARD.breach("database", f"opens the database file {name!r}")


def _connect(arguments: tuple[Any, ...], forbidden: frozenset[str]) -> None:
    _address(arguments, forbidden, "connects to")


def _bind(arguments: tuple[Any, ...], forbidden: frozenset[str]) -> None:
    if "network" in forbidden:
        _address(arguments, forbidden, "listens at")


def _send(arguments: tuple[Any, ...], forbidden: frozenset[str]) -> None:
    if arguments[1] is not None:  # else the socket is connected, and was judged then
        _address(arguments, forbidden, "sends to")


def _spawn(arguments: tuple[Any, ...], forbidden: frozenset[str]) -> None:
    _process("starts the process")(arguments[1:], forbidden)  # the first is the mode


_CHECKS: dict[str, Callable[[tuple[Any, ...], frozenset[str]], None]] = {
    "socket.__new__": _new_socket,
    "socket.connect": _connect,
    "socket.bind": _bind,
    "socket.sendto": _send,
    "socket.sendmsg": _send,
    "socket.getaddrinfo": _look_up,
    "socket.gethostbyname": _look_up,
    "socket.gethostbyaddr": _look_up,
    "socket.getnameinfo": _look_up,
    "subprocess.Popen": _process("starts the process"),
    "os.posix_spawn": _process("starts the process"),
    "os.spawn": _spawn,
    "os.exec": _process("becomes the process"),
    "os.system": _process("runs the shell command"),
    "os.startfile": _process("starts"),
    "os.fork": _process("forks"),
    "os.forkpty": _process("forks"),
    "pty.spawn": _process("starts the process"),
    "sqlite3.connect": _sqlite,
}


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return _text(value[0]) if value else ""
    return os.fsdecode(value) if isinstance(value, bytes | os.PathLike) else str(value)


def _shown(address: object) -> str:
    if isinstance(address, tuple):
        return ":".join(_text(part) for part in address[:2])
    return _text(address)
