"""Bodies of every kind, each with one that differs: what the scenarios send and are answered."""

from __future__ import annotations

from dataclasses import dataclass

JPEG = bytes.fromhex("ffd8ffe000104a46494600010101004800480000") + bytes(range(256)) + b"\xff\xd9"
OTHER_JPEG = JPEG[:40] + b"another picture" + JPEG[40:]
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@dataclass(frozen=True)
class Kind:
    """One kind of body.

    Attributes:
        name: for people.
        content_type: as it stands in the header.
        content: what is expected.
        other: what differs.
    """

    name: str
    content_type: str
    content: bytes
    other: bytes


def _multipart(second: bytes) -> bytes:
    """Parts without names, as mail has them, with bare line feeds."""
    head = b"\n--frontier\nContent-Type: text/plain\n\nThe text.\n--frontier\nContent-Type: application/octet-stream\n"
    return head + b"Content-Transfer-Encoding: base64\n\n" + second + b"\n--frontier--\n"


def _form_data(text: bytes) -> bytes:
    head = (
        b'--frontier\r\nContent-Disposition: form-data; name="note"; filename="n.txt"\r\nContent-Type: text/plain\r\n'
    )
    return head + b"\r\n" + text + b"\r\n--frontier--\r\n"


KINDS = (
    Kind("JSON", "application/json", b'{"one": "a", "two": "b"}', b'{"one": "a"}'),
    Kind("text", "text/plain", b"Good day, world", b"Good day, Mars"),
    Kind("XML", "application/xml", b"<values><one>A</one><two>B</two></values>", b"<values><one>A</one></values>"),
    Kind("binary", "image/jpeg", JPEG, OTHER_JPEG),
    Kind("form", "application/x-www-form-urlencoded", b"a=1&b=2&c=3", b"a=1&b=2&c=33"),
    Kind("multipart", "multipart/mixed; boundary=frontier", _multipart(b"PGI+aGk8L2I+"), _multipart(b"eyJhIjogMX0=")),
    Kind("form data", "multipart/form-data; boundary=frontier", _form_data(b"one"), _form_data(b"two")),
)
