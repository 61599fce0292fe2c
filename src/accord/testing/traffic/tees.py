"""Streams that pass each part on at once and keep, for a note, what went by: not more than a note may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from accord.contract.coverage.notes import LARGEST_BODY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    Over = Callable[[BaseException | None], None]

_PIECE = 4096  # of gzip and deflate this unpacks to a few megabytes at most; of br and zstd it may be far more


class Tee:
    """What is common to both kinds.

    Args:
        inner: the stream, sync or async.
        over: called when it has ended, with the error that broke it off, or was closed; perhaps more than once.
    """

    def __init__(self, inner: Any, over: Over = lambda _error: None) -> None:
        self.inner = inner
        self._over = over
        self._kept = bytearray()
        self._has_ended = False

    @property
    def body(self) -> bytes | None:
        """All that went by; None where it was more than a note holds, or has not come to its end."""
        return bytes(self._kept) if self._has_ended and len(self._kept) <= LARGEST_BODY else None

    def _begin(self) -> None:
        self._kept.clear()  # a transport that tries again reads a request again
        self._has_ended = False

    def _keep(self, part: bytes) -> None:
        self._kept += part[: LARGEST_BODY + 1 - len(self._kept)]  # one byte beyond tells that it is too long

    def _end(self) -> None:
        self._has_ended = True
        self._over(None)


class SyncTee(Tee, httpx.SyncByteStream):
    """Of a stream that is iterated."""

    def __iter__(self) -> Iterator[bytes]:
        """Pass each part on."""
        self._begin()
        parts = iter(self.inner)
        while True:
            try:
                part = next(parts)
            except StopIteration:
                break
            except BaseException as error:
                self._over(error)
                raise
            self._keep(part)
            yield part
        self._end()

    def close(self) -> None:
        """Close the stream."""
        try:
            if isinstance(self.inner, httpx.SyncByteStream):
                self.inner.close()
        finally:
            self._over(None)


class AsyncTee(Tee, httpx.AsyncByteStream):
    """Of a stream that is iterated asynchronously."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Pass each part on."""
        self._begin()
        parts = aiter(self.inner)
        while True:
            try:
                part = await anext(parts)
            except StopAsyncIteration:
                break
            except BaseException as error:
                self._over(error)
                raise
            self._keep(part)
            yield part
        self._end()

    async def aclose(self) -> None:
        """Close the stream."""
        try:
            if isinstance(self.inner, httpx.AsyncByteStream):
                await self.inner.aclose()
        finally:
            self._over(None)


def unpacked(body: bytes, headers: httpx.Headers) -> bytes | None:
    """A body as its reader sees it; None where its encoding is broken, or it is more than a note holds."""
    if "content-encoding" not in headers:
        return body
    pieces = (body[start : start + _PIECE] for start in range(0, len(body), _PIECE))
    found = bytearray()
    try:
        for part in httpx.Response(200, headers=headers, content=pieces).iter_bytes():
            found += part
            if len(found) > LARGEST_BODY:
                return None
    except httpx.DecodingError:
        return None
    return bytes(found)
