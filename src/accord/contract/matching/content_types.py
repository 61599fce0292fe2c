"""What bytes are, by how they begin: for the rule ``contentType`` (specification V3, "a magic file check").

A table of our own: libraries that know more formats bring a database of megabytes or a C library, and a contract is
about the few that services exchange.
"""

from __future__ import annotations

import json

_AT_START: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x00\x00\x01\x00", "image/vnd.microsoft.icon"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"%PDF-", "application/pdf"),
    (b"%!PS", "application/postscript"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"\x00asm", "application/wasm"),
    (b"\x7fELF", "application/x-executable"),
    (b"Obj\x01", "application/avro"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/x-flac"),
    (b"MThd", "audio/midi"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"wOFF", "application/font-woff"),
    (b"wOF2", "font/woff2"),
    (b"\x00\x01\x00\x00\x00", "font/ttf"),
    (b"OTTO", "font/otf"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/x-wav", b"AVI ": "video/x-msvideo"}
_OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_SAME = (
    {"application/gzip", "application/x-gzip"},
    {"application/xml", "text/xml"},
    {"application/zip", "application/x-zip-compressed"},
    {"application/x-bzip2", "application/x-bzip"},
    {"application/vnd.rar", "application/x-rar-compressed", "application/x-rar"},
    {"image/vnd.microsoft.icon", "image/x-icon"},
    {"image/bmp", "image/x-ms-bmp"},
    {"audio/x-wav", "audio/wav", "audio/wave"},
    {"audio/x-flac", "audio/flac"},
    {"audio/mpeg", "audio/mp3"},
    {"audio/ogg", "video/ogg", "application/ogg"},
    {"video/webm", "video/x-matroska", "audio/webm"},
    {"application/font-woff", "font/woff"},
    {"font/ttf", "application/font-sfnt"},
    {"application/vnd.sqlite3", "application/x-sqlite3"},
    {"application/avro", "avro/binary"},
    {"application/rtf", "text/rtf"},
    {"application/javascript", "text/javascript"},
)
_FREE_TEXT = ("text/plain", "text/csv", "text/markdown", "text/css", "text/javascript", "application/javascript",
              "application/yaml", "application/x-yaml", "text/yaml", "text/tab-separated-values")  # fmt: skip
"""Text that nothing tells apart: all of them fit any text that is not clearly JSON, XML or HTML."""


def detect(data: bytes) -> str:
    """The media type of some bytes; ``application/octet-stream`` where nothing tells."""
    for start, media_type in _AT_START:
        if data.startswith(start):
            return media_type
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12], "application/octet-stream")
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip(data)
    if data[4:8] == b"ftyp":
        return "image/avif" if data[8:12] == b"avif" else "image/heic" if data[8:12] == b"heic" else "video/mp4"
    if data[257:262] == b"ustar":
        return "application/x-tar"
    return _text(data)


def has_content_type(data: bytes, wanted: str) -> str | None:
    """Whether bytes are of a media type.

    Returns:
        None when they are, else what they seem to be.
    """
    media_type = wanted.partition(";")[0].strip().lower()
    detected = detect(data)
    if media_type == detected or any({media_type, detected} <= names for names in _SAME):
        return None
    if media_type in _FREE_TEXT and detected == "text/plain":
        return None
    suffix = media_type.rpartition("+")[2] if "+" in media_type else ""
    if suffix and detected.endswith(f"/{suffix}"):  # application/hal+json is JSON, image/svg+xml is XML
        return None
    return detected


def _zip(data: bytes) -> str:
    if data[30:38] == b"mimetype":
        return data[38:110].partition(b"PK")[0].decode("ascii", "replace").strip()
    return next((media_type for folder, media_type in _OFFICE.items() if folder in data), "application/zip")


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return "application/octet-stream"
    if "\x00" in text:
        return "application/octet-stream"
    if text[:1] in ("{", "[", '"') or text in ("true", "false", "null"):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return "text/plain"
        return "application/json"
    start = text[:64].lower()
    if start.startswith(("<!doctype html", "<html")):
        return "text/html"
    if start.startswith("<?xml") or (start[:1] == "<" and text[-1:] == ">"):
        return "application/xml"
    return "text/plain"
