"""How requests and headers become bytes; the same for a socket and for an application in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from accord.core.http.messages import Headers, HttpRequest

_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_BODY_EXPECTED = frozenset({"POST", "PUT", "PATCH"})


def origin_form(target: str) -> str:
    """The path and query of a target: an absolute URL, as proxies get it, loses its authority (RFC 9112, 3.2)."""
    if target.startswith("/") or "://" not in target:
        return target
    rest = target.partition("://")[2]
    start = next((index for index, char in enumerate(rest) if char in "/?"), len(rest))
    path = rest[start:]
    return path if path.startswith("/") else f"/{path}"


def wire_target(target: str) -> str:
    """A target as it may be sent: it stays as it is, only what no request line can hold is percent-encoded."""
    if not target.startswith("/") and target != "*":
        raise UsageError(
            f"A request target starts with a slash, such as /orders?page=2; seen: {target!r}. Put the slash before it."
        )
    if target.isascii() and target.isprintable() and " " not in target:
        return target
    return quote(target, safe=_PRINTABLE)


def encode_value(value: str) -> bytes:
    """A header value as bytes: Latin-1 as HTTP says, UTF-8 for what Latin-1 cannot hold."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def framed_headers(request: HttpRequest, host: str) -> list[tuple[str, str]]:
    """The given headers and what HTTP cannot do without: ``Host`` and the true ``Content-Length``.

    Args:
        request: the request to send.
        host: the value of ``Host`` where the request names none.
    """
    headers: list[tuple[str, str]] = []
    size = str(len(request.body))
    has_host = False
    sized_at: int | None = None
    coded = False
    for header in request.headers:
        name = header[0].lower()
        if name == "content-length":
            if sized_at is None:  # servers refuse a second one
                sized_at = len(headers)
                headers.append((header[0], size))
            continue
        has_host = has_host or name == "host"
        coded = coded or name == "transfer-encoding"
        headers.append(header)
    if coded and sized_at is not None:  # both at once is how requests are smuggled: servers refuse it
        del headers[sized_at]
    elif not coded and sized_at is None and (request.body or request.method in _BODY_EXPECTED):
        headers.append(("Content-Length", size))
    if not has_host:
        headers.insert(0, ("Host", host))
    return headers


def header_values(headers: Headers, name: str) -> list[str]:
    """Every comma-separated value of a header, stripped and in lower case, empty ones left out."""
    values: list[str] = []
    for key, value in headers:
        if key.lower() == name:
            values += [part for item in value.split(",") if (part := item.strip().lower())]
    return values
