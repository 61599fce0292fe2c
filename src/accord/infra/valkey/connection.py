"""The few commands of Valkey's protocol that Accord itself needs; a client library would take longer to import.

Protocol: Valkey documentation, "Serialization protocol specification" (RESP2).
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, BinaryIO

from accord.core.errors import ResourceError
from accord.infra.addresses import Address

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self, TypeAlias

    Answer: TypeAlias = "str | int | list[Answer] | None"

_TIMEOUT = 5.0  # seconds
_LONGEST_LINE = 64 * 1024  # bytes


class ValkeyConnection:
    """One connection, used by one thread at a time."""

    def __init__(self, address: Path | Address, *, password: str = "", timeout: float = _TIMEOUT) -> None:
        """Connect to a Unix socket (with the password, if it wants one), or to an address with its user and database.

        Raises:
            OSError: nothing answers there.
            ResourceError: it refuses the user or the database.
        """
        self._socket = _connect(address, timeout)
        self._stream: BinaryIO = self._socket.makefile("rb")
        try:
            self._identify(address, password)
        except BaseException:
            self.close()
            raise

    def _identify(self, address: Path | Address, password: str) -> None:
        if not isinstance(address, Address):
            if password:
                self.ask("AUTH", password)
            return
        if address.password:
            self.ask("AUTH", *([address.user] if address.user else []), address.password)
        self.ask("SELECT", address.path or "0")

    def ask(self, *words: str) -> Answer:
        """Send one command and return its answer.

        Raises:
            ResourceError: the server refuses it.
            OSError: it does not answer.
        """
        parts = [f"*{len(words)}\r\n".encode()]
        for word in words:
            data = word.encode()
            parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
        self._socket.sendall(b"".join(parts))
        return self._answer(words)

    def _answer(self, words: tuple[str, ...]) -> Answer:
        line = self._stream.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise ConnectionResetError("it closed the connection")
        kind, text = line[:1], line[1:].strip().decode("utf-8", "replace")
        if kind == b"-":
            raise ResourceError(f"Valkey refused {words[0]!r}: {text}")
        if kind == b"+":
            return text
        number = int(text)
        if kind == b"*":
            return [self._answer(words) for _ in range(number)]
        if kind == b"$":
            return None if number < 0 else self._stream.read(number + 2)[:-2].decode("utf-8", "replace")
        return number

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _connect(address: Path | Address, timeout: float) -> socket.socket:
    if isinstance(address, Address):
        plain = socket.create_connection((address.host, address.port), timeout=timeout)
        if not address.encrypted:
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=address.host)
        except BaseException:
            plain.close()
            raise
    local = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        local.settimeout(timeout)
        local.connect(str(address))
    except BaseException:
        local.close()
        raise
    return local
