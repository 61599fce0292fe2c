"""The parts of a multipart body."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message

_MOST_PARTS = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """One part.

    Attributes:
        name: of its content disposition, or None.
        file_name: the same.
        headers: values by name in small letters.
        body: its bytes.
    """

    name: str | None
    file_name: str | None
    headers: dict[str, list[str]]
    body: bytes


def read_parts(body: bytes, content_type: str) -> list[Part]:
    """The parts of a body; none where the type is not multipart or names no boundary."""
    if not content_type.lower().startswith("multipart/"):
        return []
    boundary = _parameter(content_type, "Content-Type", "boundary")
    if not boundary:
        return []
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1", "replace"))[1:_MOST_PARTS]
    return [_part(piece) for piece in pieces if not piece.startswith(b"--")]


def _part(piece: bytes) -> Part:
    head, _, body = piece.lstrip(b" \t").removeprefix(b"\r\n").partition(b"\r\n\r\n")
    if piece.startswith(b"\r\n\r\n"):
        head, body = b"", piece[4:]
    headers: dict[str, list[str]] = {}
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), []).append(value.strip())
    disposition = headers.get("content-disposition", [""])[0]
    return Part(
        _parameter(disposition, "Content-Disposition", "name"),
        _parameter(disposition, "Content-Disposition", "filename"),
        headers,
        body,
    )


def _parameter(value: str, header: str, name: str) -> str | None:
    message = Message()
    message[header] = value.replace("\n", " ").replace("\r", " ")
    found = message.get_param(name, header=header)
    if isinstance(found, tuple):
        return found[2]
    return found
