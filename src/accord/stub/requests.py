"""A request as matchers see it: what is read out of it is read once, and only when a matcher asks."""

from __future__ import annotations

import gzip
import time
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, unquote_plus

from accord.core.documents import parse_json_body
from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.stub.multipart import Part

_GZIP = b"\x1f\x8b"
_NO_VALUES: dict[str, str] = {}  # of a path template; never changed, only replaced
_MOST_UNPACKED = 64 * 1024 * 1024  # bytes of a compressed body: what it unpacks to beyond that is not looked at
FORM = "application/x-www-form-urlencoded"


class StubRequest:
    """One request to the StubServer.

    Args:
        method: as sent.
        target: raw path and query.
        headers: name and value, in the order sent; bytes become texts when they are asked for.
        body: the whole body as sent.
        client: IP address of the client.
        scheme: ``http`` or ``https``.
        port: the port it came to, for requests without a host.
    """

    __slots__ = (
        "_cookies", "_form", "_headers", "_json", "_multi", "_parts", "_plain", "_query", "_text", "client", "method",
        "path_values", "port", "raw_body", "received", "scheme", "target",
    )  # fmt: skip
    _multi: dict[str, list[str]]
    _query: dict[str, list[str]]
    _cookies: dict[str, list[str]]
    _form: dict[str, list[str]]
    _plain: bytes
    _text: str
    _json: Any
    _parts: list[Part]

    def __init__(  # noqa: PLR0917 - by position, which costs less, and this is paid for every request
        self,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]] | Sequence[tuple[bytes, bytes]] = (),
        body: bytes = b"",
        client: str = "127.0.0.1",
        scheme: str = "http",
        port: int = 80,
    ) -> None:
        # Only what is there from the start: every request pays for each attribute that is set here.
        self.method = method
        self.target = target
        self._headers = headers
        self.raw_body = body
        self.client = client
        self.scheme = scheme
        self.port = port
        self.received = time.time()
        self.path_values = _NO_VALUES

    @property
    def path(self) -> str:
        """The raw path."""
        return self.target.partition("?")[0]

    @property
    def query_text(self) -> str:
        """The raw query, without its question mark."""
        return self.target.partition("?")[2]

    @property
    def headers(self) -> Sequence[tuple[str, str]]:
        """Name and value, in the order sent."""
        headers = self._headers
        if headers and isinstance(headers[0][0], bytes):
            headers = [(name.decode("latin-1"), _header_text(value)) for name, value in headers]  # type: ignore[union-attr, arg-type]  # all are bytes, if the first is
            self._headers = headers
        return headers  # type: ignore[return-value]  # none are bytes any more

    def header_values(self, name: str) -> list[str]:
        """The values of a header, whatever the case of its name."""
        return self.all_headers.get(name.lower(), [])

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        values = self.all_headers.get(name.lower())
        return values[0] if values else None

    @property
    def all_headers(self) -> dict[str, list[str]]:
        """Values by name in small letters."""
        if not hasattr(self, "_multi"):
            multi: dict[str, list[str]] = {}
            for name, value in self.headers:
                multi.setdefault(name.lower(), []).append(value)
            self._multi = multi
        return self._multi

    @property
    def query(self) -> dict[str, list[str]]:
        """Query parameters, decoded."""
        if not hasattr(self, "_query"):
            self._query = _grouped(parse_qsl(self.query_text, keep_blank_values=True))
        return self._query

    @property
    def cookies(self) -> dict[str, list[str]]:
        """Cookies by name."""
        if not hasattr(self, "_cookies"):
            pairs = [
                (name.strip(), value.strip().strip('"'))
                for line in self.header_values("cookie")
                for name, equals, value in (piece.partition("=") for piece in line.split(";"))
                if equals
            ]
            self._cookies = _grouped(pairs)
        return self._cookies

    @property
    def form(self) -> dict[str, list[str]]:
        """Fields of a form body; empty for a body of another kind."""
        if not hasattr(self, "_form"):
            is_form = (self.header("content-type") or "").lower().startswith(FORM)
            self._form = _grouped(parse_qsl(self.text, keep_blank_values=True)) if is_form else {}
        return self._form

    @property
    def body(self) -> bytes:
        """The body, unpacked where it is packed by gzip, whether a header says so or not, as WireMock has it."""
        if not hasattr(self, "_plain"):
            self._plain = _unpacked(self.raw_body) if self.raw_body[:2] == _GZIP else self.raw_body
        return self._plain

    @property
    def text(self) -> str:
        """The body as text, in the charset it names, else UTF-8."""
        if not hasattr(self, "_text"):
            self._text = decoded(self.body, self.header("content-type") if self.headers else None)
        return self._text

    @property
    def json(self) -> Any:
        """The body as a JSON value, or NO_JSON."""
        if not hasattr(self, "_json"):
            plain = not self.headers or is_utf_8(charset_of(self.header("content-type")))
            self._json = json_or_none(self.body if plain else self.text)
        return self._json

    @property
    def parts(self) -> list[Part]:
        """The parts of a multipart body; empty for another."""
        if not hasattr(self, "_parts"):
            from accord.stub.multipart import read_parts  # noqa: PLC0415 - few requests have parts

            self._parts = read_parts(self.body, self.header("content-type") or "")
        return self._parts

    @property
    def host(self) -> str:
        """The host it was sent to, without a port."""
        host = self.header("host") or "localhost"
        return host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() and ":" in host else host

    @property
    def host_port(self) -> int:
        """The port it was sent to, by its Host header."""
        after = (self.header("host") or "").rpartition(":")[2]
        return int(after) if after.isdecimal() and len(after) < 6 else (443 if self.scheme == "https" else 80)  # noqa: PLR2004 - digits of 65535

    @property
    def absolute_url(self) -> str:
        """The address with scheme and host."""
        if self.target.startswith(("http://", "https://")):
            return self.target
        return f"{self.scheme}://{self.header('host') or f'localhost:{self.port}'}{self.target}"

    def segments(self) -> list[str]:
        """The decoded segments of the path."""
        return [unquote(each) for each in self.path.split("/")[1:]]


class _NoJson:
    def __repr__(self) -> str:
        return "not JSON"


NO_JSON = _NoJson()
"""What a body is that is no JSON document; None is JSON's null."""


def json_or_none(data: bytes | str) -> Any:
    """A JSON value, or NO_JSON."""
    try:
        return parse_json_body(data.encode() if isinstance(data, str) else data)
    except (DocumentError, UnicodeEncodeError):
        return NO_JSON


def decoded(data: bytes, content_type: str | None) -> str:
    """A body as text: in the charset its type names, else UTF-8, what is neither replaced."""
    try:
        return data.decode(charset_of(content_type), "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def charset_of(content_type: str | None) -> str:
    """The charset that a content type names, in small letters; else UTF-8."""
    if not content_type or "charset=" not in content_type.lower():
        return "utf-8"
    return content_type.lower().partition("charset=")[2].partition(";")[0].strip(' "')


def is_utf_8(charset: str) -> bool:
    """Whether a charset's bytes can be read as UTF-8."""
    return charset in ("utf-8", "utf8", "us-ascii", "ascii", "")


def unquoted(text: str) -> str:
    """A query text decoded."""
    return unquote_plus(text)


def _header_text(value: bytes) -> str:
    value = value.rstrip(b" \t")  # the parser leaves it at the end, where it does not belong to the value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(data, _MOST_UNPACKED)  # 31: with gzip's header
    except (zlib.error, gzip.BadGzipFile):
        return data
