"""Packed bodies."""

from __future__ import annotations

import gzip
import zlib

import pytest

from accord.core.errors import AnswerError
from accord.core.http.content_encoding import decoded
from accord.core.http.messages import HttpResponse

TEXT = b"a text worth packing, " * 50


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)  # without the time, so that every worker names the cases alike


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def packed(encoding: str, body: bytes) -> HttpResponse:
    return HttpResponse(200, (("content-Encoding", encoding),), body)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzipped(TEXT)),
        ("X-GZIP", gzipped(TEXT)),
        ("gzip", gzipped(TEXT[:30]) + gzipped(TEXT[30:]) + b"\0\0"),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("deflate, gzip", gzipped(zlib.compress(TEXT))),
        ("identity", TEXT),
        ("br", TEXT),
        ("gzip, br", TEXT),
        ("", TEXT),
    ],
)
def test_what_is_known_is_unpacked_and_the_headers_stay(encoding: str, body: bytes) -> None:
    response = decoded(packed(encoding, body), limit=len(TEXT))
    assert response.body == TEXT
    assert response.headers == (("content-Encoding", encoding),)


def test_an_empty_body_needs_no_unpacking() -> None:
    assert decoded(packed("gzip", b""), limit=10).body == b""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"no gzip at all", "14 bytes is not gzip"),
        (gzipped(TEXT)[:-9], "ends before its end"),
        (gzipped(b"x" * 100_000_000), "unpacks .gzip. to more than 2000 bytes"),
        (gzipped(TEXT) * 2, "more than 2000 bytes"),
    ],
)
def test_what_cannot_be_unpacked_is_explained(body: bytes, message: str) -> None:
    with pytest.raises(AnswerError, match=message):
        decoded(packed("gzip", body), limit=2000)
