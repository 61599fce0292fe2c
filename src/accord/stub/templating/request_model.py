"""``request`` as a template sees it."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_plus

from accord.stub.templating.values import Insensitive, MethodName, PathSegments, Several

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_STANDARD_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a multipart body."""

    name: str
    headers: Sequence[tuple[str, str]]
    body: bytes

    def template_member(self, key: str) -> Any:
        """What a template's path finds."""
        if key == "headers":
            return Insensitive.of(self.headers)
        text = self.body.decode("utf-8", "replace")
        found = {"name": self.name, "body": text, "bodyAsBase64": base64.b64encode(self.body).decode()}
        return {**found, "binary": "\0" in text}.get(key)


class RequestModel:
    """A request; what a template does not ask for is never taken apart."""

    __slots__ = ("_found", "_readers")

    def __init__(self, readers: Mapping[str, Callable[[], Any]]) -> None:
        self._readers = readers
        self._found: dict[str, Any] = {}

    def template_member(self, key: str) -> Any:
        """What a template's path finds."""
        if key == "requestLine":  # itself: a reader of it would be a circle, which only the garbage collector undoes
            return self
        found = self._found
        if key not in found:
            reader = self._readers.get(key)
            if reader is None:
                return None
            found[key] = reader()
        return found[key]

    def template_items(self) -> dict[str, Any]:
        """All members, for a loop over them."""
        return {key: self.template_member(key) for key in (*self._readers, "requestLine")}

    def __str__(self) -> str:
        return "request"


def request_model(
    *,
    method: str,
    url: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
    scheme: str = "http",
    client_ip: str = "127.0.0.1",
    request_id: str | None = None,
    parts: Sequence[Part] = (),
    path_parameters: Mapping[str, str] | None = None,
    default_host: tuple[str, int] = ("localhost", 80),
) -> RequestModel:
    """The model of one request.

    Args:
        method: as it came.
        url: path and query, as they came: ``/things/42?x=1``.
        headers: names and values, in order; a name may come again.
        body: the bytes.
        scheme: http or https.
        client_ip: who asks.
        request_id: its id in the journal; one is made up where there is none.
        parts: the parts of a multipart body.
        path_parameters: by name, where the stub has a path template; ``request.path.name`` finds them.
        default_host: host and port where there is no Host header.
    """
    pairs = list(headers)
    path, _, query = url.partition("?")
    readers: dict[str, Callable[[], Any]] = {
        "id": lambda: request_id or str(uuid.uuid4()),
        "url": lambda: url,
        "path": lambda: _path(path, path_parameters),
        "pathSegments": lambda: _path(path, path_parameters),
        "query": lambda: _several(_query(query)),
        "method": lambda: MethodName(method),
        "scheme": lambda: scheme,
        "host": lambda: _host(pairs, default_host, scheme)[0],
        "port": lambda: _host(pairs, default_host, scheme)[1],
        "baseUrl": lambda: _base_url(scheme, *_host(pairs, default_host, scheme)),
        "headers": lambda: Insensitive.of(pairs),
        "cookies": lambda: _several(_cookies(pairs)),
        "body": lambda: body.decode("utf-8", "replace"),
        "bodyAsBase64": lambda: base64.b64encode(body).decode(),
        "multipart": lambda: bool(parts),
        "isMultipart": lambda: bool(parts),
        "parts": lambda: {part.name: part for part in parts},
        "clientIp": lambda: client_ip,
    }
    return RequestModel(readers)


def _path(path: str, named: Mapping[str, str] | None) -> PathSegments | dict[str, Any]:
    decoded = unquote(path)
    segments = PathSegments([segment for segment in decoded.split("/") if segment], decoded)
    if not named:
        return segments
    return TemplatedPath(segments, named)


class TemplatedPath(dict[str, Any]):
    """Path parameters by name, segments by number; the text is the path."""

    __slots__ = ("_path",)

    def __init__(self, segments: PathSegments, named: Mapping[str, str]) -> None:
        super().__init__({str(index): segment for index, segment in enumerate(segments)} | dict(named))
        self._path = segments.path

    def __str__(self) -> str:
        return self._path


def _query(query: str) -> Iterable[tuple[str, str]]:
    for pair in query.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            yield unquote_plus(name), unquote_plus(value)


def _several(pairs: Iterable[tuple[str, str]]) -> dict[str, Several]:
    found: dict[str, Several] = {}
    for name, value in pairs:
        found.setdefault(name, Several()).append(value)
    return found


def _cookies(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    for name, value in headers:
        if name.lower() == "cookie":
            for cookie in value.split(";"):
                key, _, content = cookie.strip().partition("=")
                if key:
                    yield key, content.strip('"')


def _host(headers: Iterable[tuple[str, str]], default: tuple[str, int], scheme: str) -> tuple[str, int]:
    for name, value in headers:
        if name.lower() == "host" and value:
            host, colon, port = value.rpartition(":")
            if colon and port.isdecimal() and not value.endswith("]"):
                return host, int(port)
            return value, _STANDARD_PORTS.get(scheme, 80)
    return default


def _base_url(scheme: str, host: str, port: int) -> str:
    return f"{scheme}://{host}" + ("" if _STANDARD_PORTS.get(scheme) == port else f":{port}")
