"""How many HTTP requests a stream of bytes has begun, without keeping any of it."""

from __future__ import annotations

import re

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"\r?\ncontent-length:[ \t]*(\d{1,18})", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r?\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,15})[^\n]*\n")
_MAX_HEAD = 256 * 1024


class RequestCounter:
    """Counts the requests of one connection; what is not HTTP counts as one."""

    def __init__(self) -> None:
        self._begun = 0
        self._buffer = b""
        self._body_left = 0
        self._is_chunked = False
        self._is_lost = False
        self._is_in_head = False

    def count(self, data: bytes) -> int:
        """Requests that have begun, with these bytes."""
        if self._is_lost:
            return self._begun
        self._buffer += data
        while self._buffer and self._step():
            pass
        return self._begun

    def _step(self) -> bool:
        """Pass over one more piece; False when more bytes are needed."""
        if self._body_left:
            passed = min(self._body_left, len(self._buffer))
            self._buffer = self._buffer[passed:]
            self._body_left -= passed
            return True
        if self._is_chunked:
            return self._chunk()
        if not self._buffer.strip(b"\r\n"):
            self._buffer = b""
            return False
        return self._head()

    def _head(self) -> bool:
        match = _HEAD_END.search(self._buffer)
        self._begun += 0 if self._is_in_head else 1
        self._is_in_head = match is None
        if match is None:
            if len(self._buffer) > _MAX_HEAD:
                self._is_lost, self._buffer = True, b""
            return False
        head, self._buffer = self._buffer[: match.end()], self._buffer[match.end() :]
        self._is_chunked = _CHUNKED.search(head) is not None
        length = _LENGTH.search(head)
        self._body_left = int(length.group(1)) if length and not self._is_chunked else 0
        return True

    def _chunk(self) -> bool:
        match = _CHUNK_SIZE.match(self._buffer)
        if match is None:
            if len(self._buffer) > _MAX_HEAD:
                self._is_lost, self._buffer = True, b""
            return False
        size = int(match.group(1), 16)
        self._buffer = self._buffer[match.end() :]
        if size:
            self._body_left = size + 2
        else:
            self._is_chunked = False
            self._trailer()
        return True

    def _trailer(self) -> None:
        """The empty line after the last chunk; trailers are rare enough to be taken for part of it."""
        if self._buffer.startswith(b"\r\n"):
            self._buffer = self._buffer[2:]
