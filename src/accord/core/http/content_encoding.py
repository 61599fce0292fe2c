"""Content-Encoding: unpacks gzip and deflate within a limit (RFC 9110, 8.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from accord.core.errors import AnswerError
from accord.core.http.framing import header_values

if TYPE_CHECKING:
    from accord.core.http.messages import HttpResponse

_GZIP = 16 + 15  # zlib's window bits for the gzip format
_ZLIB = 15
_RAW = -15


def decoded(response: HttpResponse, limit: int) -> HttpResponse:
    """The response with its body unpacked; its headers stay as sent.

    A body in an encoding not known here (``br``, ``zstd``) stays packed.

    Args:
        response: as it came.
        limit: the largest unpacked body, in bytes.

    Raises:
        AnswerError: the body is not what its header says, or grows above the limit.
    """
    if not response.body:
        return response
    encodings = header_values(response.headers, "content-encoding")
    if not encodings:
        return response
    body = response.body
    for encoding in reversed(encodings):
        if encoding in {"gzip", "x-gzip"}:
            body = _unpack(body, _GZIP, encoding, limit)
        elif encoding == "deflate":
            body = _unpack(body, _ZLIB if _has_zlib_header(body) else _RAW, encoding, limit)
        elif encoding != "identity":
            break
    return replace(response, body=body)


def _has_zlib_header(body: bytes) -> bool:
    """Servers send deflate with and without the zlib wrapper that RFC 9110 asks for."""
    return len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0  # noqa: PLR2004 - RFC 1950, 2.2


def _unpack(body: bytes, window_bits: int, encoding: str, limit: int) -> bytes:
    import zlib  # noqa: PLC0415 - most responses are not packed

    parts: list[bytes] = []
    room = limit
    while body:
        unpacker = zlib.decompressobj(window_bits)
        try:
            part = unpacker.decompress(body, room + 1)
        except zlib.error as error:
            raise AnswerError(
                f"The response says Content-Encoding: {encoding}, but its body of {len(body)} bytes is not {encoding} "
                f"({error}). Correct the header, or pack the body."
            ) from error
        room -= len(part)
        parts.append(part)
        if room < 0:
            raise AnswerError(
                f"The response unpacks ({encoding}) to more than {limit} bytes. Answer with less, or raise the limit."
            )
        if not unpacker.eof:
            raise AnswerError(f"The response's {encoding} body ends before its end. Send all of it.")
        # A gzip body may be several members in a row; what follows a deflate stream is padding.
        body = unpacker.unused_data.lstrip(b"\0") if window_bits == _GZIP else b""
    return b"".join(parts)
