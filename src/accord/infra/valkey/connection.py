"""The few commands of Valkey's protocol that Accord itself needs; a client library would take longer to import.

Protocol: Valkey documentation, "Serialization protocol specification" (RESP2).
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, BinaryIO

from accord.core.errors import ResourceError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self, TypeAlias

    Answer: TypeAlias = "str | int | list[Answer] | None"

_TIMEOUT = 5.0  # seconds
_LONGEST_LINE = 64 * 1024  # bytes


class ValkeyConnection:
    """One connection, used by one thread at a time."""

    def __init__(self, address: Path | tuple[str, int], *, timeout: float = _TIMEOUT) -> None:
        """Connect to a Unix socket, or to a host and port.

        Raises:
            OSError: nothing answers there.
        """
        if isinstance(address, tuple):
            self._socket = socket.create_connection(address, timeout=timeout)
        else:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._socket.settimeout(timeout)
            try:
                self._socket.connect(str(address))
            except BaseException:
                self._socket.close()
                raise
        self._stream: BinaryIO = self._socket.makefile("rb")

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
