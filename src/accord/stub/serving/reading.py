"""A request as the parser finds it: pieces put together, and refused where they are too many or too large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httptools

if TYPE_CHECKING:
    from accord.stub.options import Limits

_NAMESPACE = b"x-accord-namespace"
_METHODS = {name.encode(): name for name in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")}


class RefusedError(Exception):
    """A request that is not served: the status, and why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Reading:
    """The half of a connection that the parser calls.

    Args:
        limits: of one request.
    """

    __slots__ = (
        "_body", "_continue", "_head_size", "_headers", "_in_body", "_limits", "_namespace", "_parser", "_size", "_url",
    )  # fmt: skip

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parser: Any = httptools.HttpRequestParser(self)
        self._namespace: bytes | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._size = self._head_size = 0
        self._in_body = self._continue = False
        self._url = b""

    def on_url(self, url: bytes) -> None:
        """Some of its target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self._headers.append((name, value))
        length = len(name)
        if length == 14 and len(value) > 6 and name.lower() == b"content-length" and int(value) > self._limits.body:  # noqa: PLR2004 - lengths cost less to compare than names
            raise RefusedError(413, self._too_large())
        if length == 18 and name.lower() == _NAMESPACE:  # noqa: PLR2004 - as above
            self._namespace = value.rstrip(b" \t")
        elif length == 6 and name.lower() == b"expect" and value.lower() == b"100-continue":  # noqa: PLR2004 - as above
            self._continue = True

    def on_body(self, data: bytes) -> None:
        """Some of its body."""
        self._size += len(data)
        if self._size > self._limits.body:
            raise RefusedError(413, self._too_large())
        self._body.append(data)

    def _begin(self) -> None:
        self._url = b""
        self._headers = []
        if self._size or self._in_body:
            self._body = []
            self._size = 0
            self._in_body = False
        self._namespace = None
        self._continue = False

    def _too_large(self) -> str:
        return f"More than {self._limits.body} bytes of body."


def method_of(method: bytes) -> str:
    """A method as text.

    Raises:
        RefusedError: CONNECT, which is not served.
    """
    return _METHODS.get(method) or _rare_method(method)


def target_of(url: bytes) -> str:
    """Path and query of a target, which may have scheme and host too."""
    target = url.decode("latin-1") if url.isascii() else url.decode("utf-8", "replace")
    return target if target[:1] in "/*" else _origin(target)


def _rare_method(method: bytes) -> str:
    if method == b"CONNECT":
        raise RefusedError(501, "Upgrades and CONNECT are not served here.")
    return method.decode("ascii", "replace")


def _origin(target: str) -> str:
    """The path and query of a target that has scheme and host too."""
    rest = target.partition("://")[2]
    return "/" + rest.partition("/")[2] if rest else "/" + target
